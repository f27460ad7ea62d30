import type { TopicPartition } from '../topic/topic-partition.js';
import { type GroupMember, type GroupState, findMember, partitionKey } from './group-state.js';
import { listOwners, listPendingPartitions, requireMember, withOwned } from './ownership.js';
import { findTakeable } from './pending-takeover.js';
import { type TopicTable, withTargets } from './targets.js';

/**
 * What a following member does between two batches, when it has no record in hand: it gives up what is
 * not its target, then takes of its target what nobody owns. Partitions of pending batches stay where
 * they are. At most one new generation; the same object if there was nothing to do. Afterwards nothing is
 * left to do for this member until something else changes. A batch run keeps what it has until it ends.
 *
 * The targets must be those of `table` (`withTargets`), or it may give up what it is given back at once.
 */
export function reconcile(state: GroupState, memberId: string, table: TopicTable): GroupState {
  if (requireMember(state, memberId).kind === 'batch') return state;
  const generation = state.generation + 1;
  let next = state;
  // What is given up may change the targets, so that more is to be given up: until nothing is, for what
  // is owned only shrinks. Taking what is a target already changes no target.
  for (;;) {
    const member = requireMember(next, memberId);
    const surplus = listSurplus(next, member);
    if (surplus.length === 0) break;
    const owned = member.owned.filter((partition) => !surplus.includes(partition));
    next = withTargets(withOwned(next, memberId, { owned, generation }), table);
  }
  const member = requireMember(next, memberId);
  const owned = [...member.owned, ...listVacancies(next, member)];
  return withOwned(next, memberId, { owned, generation });
}

/**
 * True if `reconcile` would change something for the member, or a pending batch waits that it could take,
 * or it is not in the group any more. Changes of topics are not seen here but by `withTargets`.
 */
export function mustReconcile(state: GroupState, memberId: string): boolean {
  const member = findMember(state, memberId);
  if (member === undefined) return true;
  if (findTakeable(state, member) !== undefined) return true;
  if (member.kind === 'batch') return false;
  return listSurplus(state, member).length > 0 || listVacancies(state, member).length > 0;
}

/** What the member is to give up. */
function listSurplus(state: GroupState, { owned, target }: GroupMember): readonly TopicPartition[] {
  const kept = new Set([...target.map(partitionKey), ...listPendingPartitions(state)]);
  return owned.filter((partition) => !kept.has(partitionKey(partition)));
}

/** What the member is to take. */
function listVacancies(state: GroupState, { target }: GroupMember): readonly TopicPartition[] {
  const owners = listOwners(state);
  const pending = listPendingPartitions(state);
  return target.filter((partition) => {
    const key = partitionKey(partition);
    return !owners.has(key) && !pending.has(key);
  });
}
