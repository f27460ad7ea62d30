import { assert } from '../assert.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import type { AssignorMember } from './assignor-member.js';
import type { AssignorName } from './assignor-name.js';
import { compareMemberIds } from './assignor-member.js';
import type { Holders, PartitionTable } from './assignor-partitions.js';
import { listPartitions, tabulatePartitions } from './assignor-partitions.js';
import { assignCooperativeSticky } from './cooperative-sticky-assignor.js';
import { assignRange } from './range-assignor.js';
import { assignRoundrobin } from './roundrobin-assignor.js';
import { assignSticky } from './sticky-assignor.js';

/** Member id to its partitions, both in order; a member that gets nothing is in it. */
export type Assignment = ReadonlyMap<string, readonly TopicPartition[]>;

type Assignor = (table: PartitionTable, members: readonly AssignorMember[]) => Holders;

const ASSIGNORS: Readonly<Record<AssignorName, Assignor>> = {
  range: assignRange,
  roundrobin: assignRoundrobin,
  sticky: assignSticky,
  'cooperative-sticky': assignCooperativeSticky,
};

/**
 * Shares the partitions of the subscribed topics among the members, as Kafka's assignor of that name
 * does. `partitions` is topic to partition count; topics that are not in it do not exist. The result does
 * not depend on the order of `members` or `partitions`. Racks are not known here.
 */
export function assign(
  name: AssignorName,
  partitions: ReadonlyMap<string, number>,
  members: readonly AssignorMember[],
): Assignment {
  const sorted = members.toSorted(compareMemberIds);
  const assignment = new Map(sorted.map(({ memberId }) => [memberId, [] as TopicPartition[]]));
  assert(assignment.size === members.length, 'two members of one id');
  const table = tabulatePartitions(partitions, sorted);
  const holders = ASSIGNORS[name](table, sorted);
  for (const partition of listPartitions(table)) {
    const holder = holders.get(partition);
    if (holder !== undefined) assignment.get(holder)?.push(partition);
  }
  return assignment;
}
