import { assert } from '../assert.js';
import { CoreError } from '../errors.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import { type GroupMember, type GroupState, findMember, partitionKey } from './group-state.js';
import { listOwners, requireMember } from './ownership.js';
import { type TopicTable, withTargets } from './targets.js';

/** What a process tells the group when it joins. */
export type JoiningMember = Omit<GroupMember, 'owned' | 'target' | 'generation'>;

/**
 * The member joins, with nothing owned yet. INCONSISTENT_GROUP_PROTOCOL if it follows by another assignor
 * than those who follow already; UNRELEASED_INSTANCE_ID if its instance id is a member's.
 */
export function withMember(
  state: GroupState,
  member: JoiningMember,
  table: TopicTable,
): GroupState {
  const { memberId, instanceId } = member;
  assert(findMember(state, memberId) === undefined, 'two members of one id');
  const namesake = state.members.find((each) => each.instanceId === instanceId);
  if (instanceId !== null && namesake !== undefined) {
    throw new CoreError(
      'UNRELEASED_INSTANCE_ID',
      `group ${state.group} has a living member ${instanceId} already`,
      {
        details: { group: state.group, instanceId, member: namesake.memberId },
        suggestion: 'stop that process first, or give each process a --member-id of its own',
      },
    );
  }
  checkAssignor(state, member);
  const generation = state.generation + 1;
  const joined: GroupMember = { ...member, owned: [], target: [], generation };
  return withTargets({ ...state, generation, members: [...state.members, joined] }, table);
}

/**
 * A static member that died is back under a new member id, and goes on with all that was the old one's,
 * so that the others notice nothing. The old one's pending batches wait to be repeated, and only the new
 * one can take them. If it came back as something else (kind, assignor, subscriptions), it has left and
 * joined instead. Errors are those of `withMember`.
 */
export function replaceStaticMember(
  state: GroupState,
  oldMemberId: string,
  member: JoiningMember,
  table: TopicTable,
): GroupState {
  const old = requireMember(state, oldMemberId);
  assert(old.instanceId !== null && old.instanceId === member.instanceId, 'not a static member');
  if (!isSameRole(old, member)) {
    const members = state.members.filter((each) => each !== old);
    return withMember({ ...state, members }, member, table);
  }
  assert(findMember(state, member.memberId) === undefined, 'two members of one id');
  const generation = state.generation + 1;
  const back: GroupMember = { ...member, owned: old.owned, target: old.target, generation };
  return {
    ...state,
    generation,
    members: state.members.map((each) => (each === old ? back : each)),
  };
}

/**
 * Without members that left, died or are silent: what they owned is free, and their pending batches wait
 * to be repeated. The same object if none of them is there.
 */
export function withoutMembers(
  state: GroupState,
  memberIds: readonly string[],
  { atMs, table }: { readonly atMs: number; readonly table: TopicTable },
): GroupState {
  const members = state.members.filter(({ memberId }) => !memberIds.includes(memberId));
  if (members.length === state.members.length) return state;
  const generation = state.generation + 1;
  return withTargets({ ...state, generation, lastActiveMs: atMs, members }, table);
}

/** ILLEGAL_GENERATION if the member is not in the group any more, or one of `partitions` is not its own. */
export function checkOwned(
  state: GroupState,
  memberId: string,
  partitions: readonly TopicPartition[],
): void {
  const owners = listOwners(state);
  const lost = partitions.find((partition) => owners.get(partitionKey(partition)) !== memberId);
  const isMember = findMember(state, memberId) !== undefined;
  if (isMember && lost === undefined) return;
  const owner = lost === undefined ? undefined : owners.get(partitionKey(lost));
  const name = lost === undefined ? '' : `${lost.topic}:${lost.partition}`;
  const message = isMember
    ? `this consumer does not own ${name} of group ${state.group} any more`
    : `group ${state.group} left this consumer out: it was silent for too long, or taken for dead`;
  throw new CoreError(
    'ILLEGAL_GENERATION',
    owner === undefined ? message : `${message}; member ${owner} has ${isMember ? 'it' : name} now`,
    {
      details: {
        group: state.group,
        member: memberId,
        topic: lost?.topic ?? null,
        partition: lost?.partition ?? null,
        owner: owner ?? null,
      },
      suggestion:
        'nothing was committed: what was read since the last commit is given out again; a longer --session-timeout allows for longer silence',
    },
  );
}

function checkAssignor({ group, members }: GroupState, { kind, assignor }: JoiningMember): void {
  if (kind !== 'follow') return;
  const other = members.find((each) => each.kind === 'follow' && each.assignor !== assignor);
  if (other === undefined) return;
  throw new CoreError(
    'INCONSISTENT_GROUP_PROTOCOL',
    `the members of group ${group} share by ${other.assignor}, not by ${assignor}`,
    {
      details: { group, assignor, member: other.memberId, memberAssignor: other.assignor },
      suggestion: `join with --assignor ${other.assignor}, or stop the others first`,
    },
  );
}

function isSameRole(old: GroupMember, member: JoiningMember): boolean {
  return (
    old.kind === member.kind &&
    old.assignor === member.assignor &&
    JSON.stringify(old.subscriptions) === JSON.stringify(member.subscriptions)
  );
}
