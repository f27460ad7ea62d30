import { settleClaims } from './assignor-claims.js';
import type { AssignorMember } from './assignor-member.js';
import type { Holders, PartitionTable } from './assignor-partitions.js';
import { assignSticky } from './sticky-assignor.js';

/**
 * Kafka's cooperative sticky assignor: the sticky assignment, but a partition that someone may still be
 * reading is given to nobody else in this round. Its owner sees that it is gone, stops, and joins again;
 * the next round hands it out. So nobody has to stop reading what it keeps.
 */
export function assignCooperativeSticky(
  table: PartitionTable,
  members: readonly AssignorMember[],
): Holders {
  const { owners, contested } = settleClaims(table, members);
  const holders = assignSticky(table, members);
  for (const [partition, memberId] of holders) {
    const owner = owners.get(partition) ?? memberId;
    if (owner !== memberId || contested.has(partition)) holders.delete(partition);
  }
  return holders;
}
