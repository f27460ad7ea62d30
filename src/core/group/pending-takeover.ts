import {
  type GroupMember,
  type GroupState,
  type PendingBatch,
  isOrphan,
  partitionKey,
} from './group-state.js';
import { listOwners, requireMember, withOwned } from './ownership.js';
import { SubscribedPartitions } from './subscribed-partitions.js';
import { type TopicTable, withTargets } from './targets.js';

/** A pending batch and the state in which a member has it. */
export interface PendingTakeover {
  readonly state: GroupState;
  readonly batch: PendingBatch;
}

/**
 * Makes the oldest pending batch that nobody works on the member's, with one attempt more. The member
 * must be subscribed to all of its partitions, and nobody else may own one of them. A batch is
 * indivisible, so all of them become its own, targets and limits or not; a following member gives back
 * at `reconcile`, once the batch is done, what is not its target. undefined: there is no such batch.
 */
export function takePending(
  state: GroupState,
  memberId: string,
  table: TopicTable,
): PendingTakeover | undefined {
  const member = requireMember(state, memberId);
  const found = findTakeable(state, member);
  if (found === undefined) return undefined;

  const batch: PendingBatch = { ...found, memberId, attempt: found.attempt + 1 };
  const pending = state.pending.map((each) => (each === found ? batch : each));
  const partitions = batch.ranges.map(({ topic, partition }) => ({ topic, partition }));
  const mine = new Set(member.owned.map(partitionKey));
  const owned = [...member.owned, ...partitions.filter((each) => !mine.has(partitionKey(each)))];
  const generation = state.generation + 1;
  const taken = withOwned({ ...state, pending }, memberId, { owned, generation });
  return { state: withTargets(taken, table), batch };
}

/** For a member that does not repeat the batch but reads on over it: no attempt was made. */
export function withoutAttempt({ state, batch }: PendingTakeover): GroupState {
  const uncounted = { ...batch, attempt: batch.attempt - 1 };
  return { ...state, pending: state.pending.map((each) => (each === batch ? uncounted : each)) };
}

/** The one that `takePending` would take. */
export function findTakeable(
  state: GroupState,
  { memberId, subscriptions }: GroupMember,
): PendingBatch | undefined {
  const orphans = state.pending.filter((batch) => isOrphan(state, batch));
  if (orphans.length === 0) return undefined;
  const owners = listOwners(state);
  const subscribed = new SubscribedPartitions(subscriptions);
  return orphans
    .toSorted((left, right) => left.createdMs - right.createdMs)
    .find((batch) =>
      batch.ranges.every(
        (range) =>
          subscribed.has(range) && (owners.get(partitionKey(range)) ?? memberId) === memberId,
      ),
    );
}
