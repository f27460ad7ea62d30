import type { AssignorMember } from './assignor-member.js';
import { compareMembers } from './assignor-member.js';
import type { Holders, PartitionTable } from './assignor-partitions.js';

/**
 * Kafka's range assignor: every topic by itself is cut into one run of neighbours for each subscriber,
 * and the first subscribers get the longer runs. Topics of equal count and equal subscribers are cut
 * alike, so partition 3 of one meets partition 3 of the other, at the price of balance over many topics.
 */
export function assignRange(table: PartitionTable, members: readonly AssignorMember[]): Holders {
  const holders: Holders = new Map();
  const sorted = members.toSorted(compareMembers);
  for (const [topic, partitions] of table) {
    const subscribers = sorted.filter(({ topics }) => topics.includes(topic));
    const quota = Math.floor(partitions.length / subscribers.length);
    const longerCount = partitions.length % subscribers.length;
    let start = 0;
    for (const [place, { memberId }] of subscribers.entries()) {
      const end = start + quota + (place < longerCount ? 1 : 0);
      for (const partition of partitions.slice(start, end)) holders.set(partition, memberId);
      start = end;
    }
  }
  return holders;
}
