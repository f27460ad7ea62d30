import { assert } from '../assert.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import { type GroupState, partitionKey } from './group-state.js';
import { listOwners, listPendingPartitions, requireMember, withOwned } from './ownership.js';
import { SubscribedPartitions } from './subscribed-partitions.js';

export interface Claim {
  /**
   * All partitions that exist and that the run subscribes to, those first that it would rather have: a
   * run that finds everything free, as the one before it has ended, gets the first ones again.
   */
  readonly wanted: readonly TopicPartition[];
  /** Among how many runs they are to be shared. */
  readonly memberCount: number;
}

/**
 * A batch run takes its share of what is free: of what nobody owns, is no following member's target and
 * is in no pending batch. What is free is divided by the runs that have nothing yet, rounded up, so where
 * each run gets at most ceil(wanted / memberCount), the last ones do not find the plate empty. What the
 * run owns already is part of its share. The same object if it takes nothing.
 */
export function claimFree(
  state: GroupState,
  memberId: string,
  { wanted, memberCount }: Claim,
): GroupState {
  const member = requireMember(state, memberId);
  assert(member.kind === 'batch', 'a following member gets what the assignor gives it');
  const subscribed = new SubscribedPartitions(member.subscriptions);
  assert(
    wanted.every((each) => subscribed.has(each)),
    'a claim beyond the subscription',
  );

  const places = [...new Map(wanted.map((each) => [partitionKey(each), each])).values()];
  const owners = listOwners(state);
  const closed = new Set([
    ...owners.keys(),
    ...listPendingPartitions(state),
    ...state.members.flatMap(({ target }) => target.map(partitionKey)),
  ]);
  const free = places.filter((each) => !closed.has(partitionKey(each)));
  const ownedCount = places.filter((each) => owners.get(partitionKey(each)) === memberId).length;
  const missingCount = Math.max(1, memberCount - countRivals(state, memberId, places));
  const share = Math.min(
    Math.ceil((free.length + ownedCount) / missingCount),
    Math.ceil(places.length / memberCount),
  );
  const taken = free.slice(0, Math.max(0, share - ownedCount));
  return withOwned(state, memberId, {
    owned: [...member.owned, ...taken],
    generation: state.generation + 1,
  });
}

/** Other batch runs that own some of it, and so have had their turn. */
function countRivals(
  { members }: GroupState,
  memberId: string,
  places: readonly TopicPartition[],
): number {
  const keys = new Set(places.map(partitionKey));
  return members.filter(
    (each) =>
      each.kind === 'batch' &&
      each.memberId !== memberId &&
      each.owned.some((partition) => keys.has(partitionKey(partition))),
  ).length;
}
