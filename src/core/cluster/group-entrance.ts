/**
 * How a process comes into a group, as one change of its state: whoever is gone is taken out, a new
 * group gets its first positions, and the member gets what it may have.
 */
import { assert } from '../assert.js';
import { CoreError } from '../errors.js';
import { resolvePosition } from '../consumer/position.js';
import type { Environment } from '../fs/environment.js';
import {
  type CommittedOffset,
  type GroupState,
  type PendingBatch,
  committedAt,
  committedOffset,
  findMember,
  partitionKey,
  sharesPartition,
  withOffsets,
} from '../group/group-state.js';
import { claimFree } from '../group/claim.js';
import {
  type JoiningMember,
  replaceStaticMember,
  withMember,
  withoutMembers,
} from '../group/membership.js';
import { takePending, withoutAttempt } from '../group/pending-takeover.js';
import { reconcile } from '../group/reconciliation.js';
import { type TopicTable, withTargets } from '../group/targets.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import type { GroupLiveness } from './group-liveness.js';
import type { GroupLogs } from './group-logs.js';
import type { JoinRequest } from './groups.js';

export interface EntranceSources {
  readonly env: Environment;
  readonly logs: GroupLogs;
  readonly liveness: GroupLiveness;
}

export interface Entrance {
  readonly state: GroupState;
  /** Batches of members that are gone, which are this member's now. */
  readonly taken: readonly PendingBatch[];
}

/** BUSY, naming one of those who hold all; UNRELEASED_INSTANCE_ID; UNKNOWN_TOPIC_ID; see there. */
export function enterGroup(
  found: GroupState,
  request: JoinRequest,
  memberId: string,
  sources: EntranceSources,
): Entrance {
  const { env, logs } = sources;
  const present = withoutLost(withFirstPositions(found, request, sources), sources);
  const member: JoiningMember = {
    memberId,
    instanceId: request.instanceId ?? null,
    kind: request.kind,
    assignor: request.assignor,
    sessionTimeoutMs: request.sessionTimeoutMs,
    subscriptions: request.targets.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions === undefined ? null : [...partitions],
    })),
    sinceMs: env.now(),
  };
  const table = tableOf(present, logs, request);
  const joined = joinedBy(present, member, sources, table);
  if (request.kind === 'follow') {
    return { state: reconcile(withTargets(joined, table), memberId, table), taken: [] };
  }
  return claim(joined, request, { memberId, table }, sources);
}

/** Takes out whoever is gone, but never `memberId` itself; the same object if nobody is. */
export function withoutLost(
  state: GroupState,
  { env, logs, liveness }: EntranceSources,
  memberId?: string,
): GroupState {
  const lost = liveness.lostMembers(state).filter((each) => each !== memberId);
  if (lost.length === 0) return state;
  return withoutMembers(state, lost, { atMs: env.now(), table: tableOf(state, logs) });
}

/** Partition counts of every topic that a member has subscribed, and of the request's. */
export function tableOf(
  state: GroupState,
  logs: GroupLogs,
  request?: JoinRequest,
): Map<string, number> {
  const names = new Set(request?.targets.map(({ topic }) => topic));
  for (const { subscriptions } of state.members) {
    for (const { topic } of subscriptions) names.add(topic);
  }
  return logs.partitionTable(names);
}

function joinedBy(
  state: GroupState,
  member: JoiningMember,
  { liveness }: EntranceSources,
  table: TopicTable,
): GroupState {
  const before = state.members.find(
    ({ instanceId }) => instanceId !== null && instanceId === member.instanceId,
  );
  if (before === undefined || liveness.isAlive(before.memberId)) {
    // A living one of that name is refused there.
    return withMember(state, member, table);
  }
  return replaceStaticMember(state, before.memberId, member, table);
}

function claim(
  joined: GroupState,
  request: JoinRequest,
  { memberId, table }: { readonly memberId: string; readonly table: TopicTable },
  { logs, liveness }: EntranceSources,
): Entrance {
  const wanted = placesOf(request, logs);
  const taken: PendingBatch[] = [];
  let state = joined;
  for (;;) {
    const step = takePending(state, memberId, table);
    if (step === undefined) break;
    if (request.repeatsBatches) {
      // The next one when it has finished this.
      state = step.state;
      taken.push(step.batch);
      break;
    }
    state = withoutAttempt(step);
  }
  const waiting = longestWaitingFirst(state, wanted, logs);
  state = claimFree(state, memberId, { wanted: waiting, memberCount: request.members });
  if (ownedBy(state, memberId).length > 0) return { state, taken };
  const others = withoutMember(state, memberId);
  throw liveness.busyError('BUSY', others, wanted) ?? waitingBatch(others, wanted);
}

/**
 * Where a run takes only a part of what is free, it takes those with something to read, and of these
 * the ones whose turn was the longest ago: else the same half would be read by every run.
 */
function longestWaitingFirst(
  state: GroupState,
  wanted: readonly TopicPartition[],
  logs: GroupLogs,
): TopicPartition[] {
  const rank = (place: TopicPartition): [number, number] => {
    const { offset = 0, committedMs = 0 } = committedOffset(state, place) ?? {};
    return [offset < logs.kept(place).end.offset ? 0 : 1, committedMs];
  };
  return wanted
    .map((place) => ({ place, rank: rank(place) }))
    .sort((left, right) => left.rank[0] - right.rank[0] || left.rank[1] - right.rank[1])
    .map(({ place }) => place);
}

/** What nobody holds is in a batch that also has partitions which the run is not about. */
function waitingBatch(state: GroupState, wanted: readonly TopicPartition[]): CoreError {
  const keys = new Set(wanted.map(partitionKey));
  const batch = state.pending.find((each) => sharesPartition(each, keys));
  assert(batch !== undefined, 'what nobody holds is free, or in a batch');
  const { group } = state;
  const places = batch.ranges.map(({ topic, partition }) => `${topic}:${partition}`).join(' ');
  return new CoreError(
    'BUSY',
    `group ${group} has batch ${batch.id} of ${places} to repeat first`,
    {
      details: { group, batch: batch.id, ranges: batch.ranges },
      suggestion: `repeat it by a run over all of them, or give it up: spool group seek ${group} --to group`,
    },
  );
}

function ownedBy(state: GroupState, memberId: string): readonly TopicPartition[] {
  return findMember(state, memberId)?.owned ?? [];
}

function withoutMember(state: GroupState, memberId: string): GroupState {
  return { ...state, members: state.members.filter((member) => member.memberId !== memberId) };
}

/** What the request is about: every partition that is there now. */
export function placesOf(request: Pick<JoinRequest, 'targets'>, logs: GroupLogs): TopicPartition[] {
  return request.targets.flatMap(({ topic, partitions }) => {
    const open = logs.topic(topic);
    for (const partition of partitions ?? []) open.checkPartition(partition);
    const all = Array.from({ length: open.partitionCount }, (_, partition) => partition);
    return (partitions ?? all).map((partition) => ({ topic, partition }));
  });
}

/**
 * A group that has no position in a topic gets one in each of its partitions, so one that is missing
 * later was added later, and begins at its start: none of its records is passed over. UNKNOWN_TOPIC_ID
 * if the positions are those of a topic that was deleted since.
 */
export function withFirstPositions(
  state: GroupState,
  request: Pick<JoinRequest, 'targets' | 'initial'>,
  { env, logs }: Pick<EntranceSources, 'env' | 'logs'>,
): GroupState {
  const missing: CommittedOffset[] = [];
  for (const { topic } of request.targets) {
    const open = logs.topic(topic);
    const { topicId } = open.topic;
    const known = state.offsets.filter((entry) => entry.topic === topic);
    // Where the group was put into the new topic, what is left of a larger one before it says nothing.
    const isKnown = known.some((entry) => entry.topicId === topicId);
    const stale = known.find(
      (entry) => entry.topicId !== topicId && !(isKnown && !logs.has(entry)),
    );
    if (stale !== undefined) throw anotherTopic(state.group, stale);
    const have = new Set(known.map(({ partition }) => partition));
    for (let partition = 0; partition < open.partitionCount; partition++) {
      if (have.has(partition)) continue;
      const place = { topic, partition };
      const offset =
        known.length > 0 ? logs.kept(place).startOffset : firstOffset(place, request, logs);
      // "end" may lie behind records that their writer has not synced yet.
      logs.syncBefore(place, offset);
      missing.push(committedAt({ ...place, topicId }, { offset, committedMs: env.now() }));
    }
  }
  return missing.length === 0 ? state : withOffsets(state, missing);
}

function firstOffset(
  place: TopicPartition,
  { initial }: Pick<JoinRequest, 'initial'>,
  logs: GroupLogs,
): number {
  const { startOffset, end } = logs.kept(place);
  const wanted = resolvePosition(initial, logs.reader(place), logs.kept(place));
  return Math.min(Math.max(wanted, startOffset), end.offset);
}

export function anotherTopic(group: string, stale: CommittedOffset): CoreError {
  const { topic, topicId, offset, partition } = stale;
  return new CoreError(
    'UNKNOWN_TOPIC_ID',
    `topic ${topic} was deleted and made anew since group ${group} stood at offset ${offset} of ${topic}:${partition}`,
    {
      details: { group, topic, topicId, partition, offset },
      suggestion: `say where it is to begin: spool group seek ${group} ${topic} --to start`,
    },
  );
}
