/** What is to be known of a group: its positions beside the logs', its members and batches. */
import { join } from 'node:path';
import type { Environment } from '../fs/environment.js';
import {
  type CommittedOffset,
  type GroupMember,
  type GroupState,
  type PendingBatch,
  isOrphan,
  partitionKey,
} from '../group/group-state.js';
import { isMemberAlive, readMemberFile } from '../group/member-file.js';
import type { GroupLogs } from './group-logs.js';
import type {
  GroupDescription,
  GroupPartition,
  MemberDescription,
  PendingDescription,
} from './groups.js';

export interface DescriptionSources {
  readonly env: Environment;
  readonly logs: GroupLogs;
  /** The folder of the group's member files. */
  readonly membersFolder: string;
}

export function describeGroup(state: GroupState, sources: DescriptionSources): GroupDescription {
  const members = state.members.map((member) => describeMember(member, sources));
  const owners = new Map<string, string>();
  for (const { memberId, owned, isAlive } of withLife(state, members)) {
    if (isAlive) for (const place of owned) owners.set(partitionKey(place), memberId);
  }
  const newestCommitMs = Math.max(0, ...state.offsets.map(({ committedMs }) => committedMs));
  return {
    group: state.group,
    state: members.some(({ isAlive }) => isAlive) ? 'stable' : 'empty',
    generation: state.generation,
    lastActiveMs: Math.max(state.lastActiveMs, newestCommitMs),
    partitions: state.offsets.map((entry) =>
      describePartition(entry, owners.get(partitionKey(entry)) ?? null, sources),
    ),
    members,
    pending: state.pending.map((batch) => describePending(state, batch, members)),
  };
}

function withLife(
  state: GroupState,
  members: readonly MemberDescription[],
): (GroupMember & { readonly isAlive: boolean })[] {
  return state.members.map((member, at) => ({
    ...member,
    isAlive: members[at]?.isAlive ?? false,
  }));
}

function describeMember(member: GroupMember, sources: DescriptionSources): MemberDescription {
  const { env, membersFolder } = sources;
  const path = join(membersFolder, member.memberId);
  const found = readMemberFile(env.fs, path);
  return {
    memberId: member.memberId,
    instanceId: member.instanceId,
    kind: member.kind,
    assignor: member.assignor,
    pid: found?.pid ?? 0,
    command: found?.command ?? '',
    childPid: found?.child?.pid ?? null,
    sinceMs: member.sinceMs,
    heartbeatMs: found?.heartbeatMs ?? member.sinceMs,
    isAlive: isMemberAlive(env, path),
    generation: member.generation,
    partitions: member.owned,
  };
}

function describePending(
  state: GroupState,
  batch: PendingBatch,
  members: readonly MemberDescription[],
): PendingDescription {
  const { id, attempt, ranges, createdMs, memberId } = batch;
  const isAlive = members.some((member) => member.memberId === memberId && member.isAlive);
  const holder = isOrphan(state, batch) || !isAlive ? null : memberId;
  return { id, attempt, ranges, createdMs, memberId: holder };
}

function describePartition(
  entry: CommittedOffset,
  memberId: string | null,
  { env, logs }: DescriptionSources,
): GroupPartition {
  const { offset: committedOffset, ...rest } = entry;
  const topic = logs.find(entry.topic);
  if (topic === undefined || !logs.has(entry)) {
    return { ...rest, committedOffset, ...NOT_THERE, memberId, problem: 'topic-deleted' };
  }
  if (topic.topic.topicId !== entry.topicId) {
    return { ...rest, committedOffset, ...NOT_THERE, memberId, problem: 'topic-recreated' };
  }
  const { startOffset, end } = logs.kept(entry);
  const firstUnread = Math.max(committedOffset, startOffset);
  const lag = Math.max(0, end.offset - firstUnread);
  const timestamp = lag === 0 ? undefined : logs.timestampAt(entry, firstUnread);
  return {
    ...rest,
    committedOffset,
    logStartOffset: startOffset,
    logEndOffset: end.offset,
    lag,
    lagMs: timestamp === undefined ? 0 : Math.max(0, env.now() - timestamp),
    memberId,
    problem:
      committedOffset < startOffset
        ? 'below-start'
        : committedOffset > end.offset
          ? 'above-end'
          : null,
  };
}

const NOT_THERE = { logStartOffset: null, logEndOffset: null, lag: null, lagMs: null };
