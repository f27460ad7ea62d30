import { assert } from '../assert.js';
import { type TopicPartition, compareTopicPartitions } from '../topic/topic-partition.js';
import { type GroupMember, type GroupState, findMember, partitionKey } from './group-state.js';

/** By `partitionKey`: the id of the member that owns the partition. */
export function listOwners(state: GroupState): ReadonlyMap<string, string> {
  return new Map(
    state.members.flatMap(({ memberId, owned }) =>
      owned.map((partition) => [partitionKey(partition), memberId] as const),
    ),
  );
}

/**
 * By `partitionKey`: the partitions of all pending batches. A batch is repeated as a whole, so these
 * change hands with their batch alone, never one by one.
 */
export function listPendingPartitions(state: GroupState): ReadonlySet<string> {
  return new Set(state.pending.flatMap(({ ranges }) => ranges.map(partitionKey)));
}

export function requireMember(state: GroupState, memberId: string): GroupMember {
  const member = findMember(state, memberId);
  assert(member !== undefined, 'a member that is not in the group');
  return member;
}

/** The same state if that is what the member owns already. `generation` is that of the change. */
export function withOwned(
  state: GroupState,
  memberId: string,
  { owned, generation }: Pick<GroupMember, 'owned' | 'generation'>,
): GroupState {
  const member = requireMember(state, memberId);
  const sorted = owned.toSorted(compareTopicPartitions);
  if (isSameList(member.owned, sorted)) return state;
  const changed: GroupMember = { ...member, owned: sorted, generation };
  return {
    ...state,
    generation,
    members: state.members.map((each) => (each === member ? changed : each)),
  };
}

/** True for the same partitions in the same order. */
export function isSameList(
  left: readonly TopicPartition[],
  right: readonly TopicPartition[],
): boolean {
  return (
    left.length === right.length &&
    left.every((partition, at) => {
      const other = right[at];
      return other !== undefined && compareTopicPartitions(partition, other) === 0;
    })
  );
}
