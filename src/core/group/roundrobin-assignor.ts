import { assert } from '../assert.js';
import type { AssignorMember } from './assignor-member.js';
import { compareMembers } from './assignor-member.js';
import type { Holders, PartitionTable } from './assignor-partitions.js';

/**
 * Kafka's round-robin assignor: all partitions of all topics are dealt one by one to the members in a
 * circle, which goes on from topic to topic; members that do not subscribe to the topic are passed over.
 */
export function assignRoundrobin(
  table: PartitionTable,
  members: readonly AssignorMember[],
): Holders {
  const holders: Holders = new Map();
  const circle = members
    .toSorted(compareMembers)
    .map(({ memberId, topics }, seat) => ({ memberId, seat, topics: new Set(topics) }));
  let nextSeat = 0;
  for (const [topic, partitions] of table) {
    const subscribers = circle.filter(({ topics }) => topics.has(topic));
    for (const partition of partitions) {
      const taker = subscribers.find(({ seat }) => seat >= nextSeat) ?? subscribers[0];
      assert(taker !== undefined, 'a topic in the table that nobody subscribes to');
      holders.set(partition, taker.memberId);
      nextSeat = taker.seat + 1;
    }
  }
  return holders;
}
