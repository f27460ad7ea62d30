/** What a move of a group's positions comes to, partition by partition, before anything is written. */
import { CoreError } from '../errors.js';
import { nearest } from '../nearest.js';
import { type Position, resolvePosition } from '../consumer/position.js';
import { planUndo } from '../group/group-moves.js';
import {
  type GroupState,
  type PendingBatch,
  committedOffset,
  partitionKey,
  sharesPartition,
} from '../group/group-state.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import type { ConsumeTarget } from './record-consumer.js';
import type { GroupLogs } from './group-logs.js';
import type { GroupMove, GroupMovePlan, Receipt } from './groups.js';

export type PlannedOffset = GroupMovePlan['offsets'][number];

export interface PlanSources {
  readonly logs: GroupLogs;
  readonly clusterId: string;
  /** Another group's state; undefined: there is none of that name. */
  readState(group: string): GroupState | undefined;
  groupNames(): readonly string[];
}

/** OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, CHECK_FAILED: as the move is. */
export function planOffsets(
  state: GroupState,
  move: GroupMove,
  sources: PlanSources,
): PlannedOffset[] {
  switch (move.kind) {
    case 'seek':
      return placesOf(state, move.targets, sources.logs).map((place) =>
        plannedAt(state, place, soughtOffset(state, place, move.to, sources), sources.logs),
      );
    case 'shift':
      return placesOf(state, move.targets, sources.logs).map((place) =>
        plannedAt(state, place, knownOffset(state, place, sources.logs) + move.by, sources.logs),
      );
    case 'offsets':
      return move.offsets.map(({ topic, partition, offset }) => {
        const planned = plannedAt(state, { topic, partition }, offset, sources.logs);
        if (planned.clampedFrom !== null && !move.clamp) throw outOfRange(planned, sources.logs);
        return planned;
      });
    case 'receipt':
      return planReceipt(state, move.receipt, sources);
    case 'undo':
      return (planUndo(state)?.offsets ?? []).map((moved) => ({
        ...moved,
        fromOffset: moved.toOffset,
        toOffset: moved.fromOffset,
        clampedFrom: null,
      }));
  }
}

/** All partitions of the targets; without any, those that the group has a position in. */
function placesOf(
  state: GroupState,
  targets: readonly ConsumeTarget[],
  logs: GroupLogs,
): TopicPartition[] {
  if (targets.length === 0) return state.offsets.filter((entry) => logs.has(entry));
  return targets.flatMap(({ topic, partitions }) => {
    const count = logs.topic(topic).partitionCount;
    const all = Array.from({ length: count }, (_, partition) => partition);
    return (partitions ?? all).map((partition) => ({ topic, partition }));
  });
}

function soughtOffset(
  state: GroupState,
  place: TopicPartition,
  to: Position,
  { logs, ...sources }: PlanSources,
): number {
  if (to.kind !== 'group') return resolvePosition(to, logs.reader(place), logs.kept(place));
  if (to.group === undefined) return knownOffset(state, place, logs);
  const other = sources.readState(to.group);
  if (other === undefined) throw unknownGroup(to.group, sources.groupNames());
  return knownOffset(other, place, logs);
}

/** A position in a topic that was deleted since is none. */
function knownOffset(state: GroupState, place: TopicPartition, logs: GroupLogs): number {
  const found = committedOffset(state, place);
  if (found?.topicId === logs.topic(place.topic).topic.topicId) return found.offset;
  throw noPosition(state.group, place);
}

export function noPosition(group: string, { topic, partition }: TopicPartition): CoreError {
  return new CoreError(
    'OFFSET_OUT_OF_RANGE',
    `group ${group} has no position in ${topic}:${partition}`,
    {
      details: { group, topic, partition },
      suggestion: `spool group describe ${group} shows where it stands`,
    },
  );
}

function plannedAt(
  state: GroupState,
  { topic, partition }: TopicPartition,
  wanted: number,
  logs: GroupLogs,
): PlannedOffset {
  const place = { topic, partition };
  const { topicId } = logs.topic(topic).topic;
  const { startOffset, end } = logs.kept(place);
  const toOffset = Math.min(Math.max(wanted, startOffset), end.offset);
  const known = committedOffset(state, place);
  return {
    ...place,
    topicId,
    // The position in a topic that was deleted is none in this one.
    fromOffset: known?.topicId === topicId ? known.offset : null,
    toOffset,
    clampedFrom: toOffset === wanted ? null : wanted,
  };
}

function outOfRange(planned: PlannedOffset, logs: GroupLogs): CoreError {
  const { topic, partition, clampedFrom } = planned;
  const { startOffset, end } = logs.kept(planned);
  return new CoreError(
    'OFFSET_OUT_OF_RANGE',
    `${topic}:${partition} cannot stand at ${clampedFrom}: positions go from ${startOffset} to ${end.offset}`,
    {
      details: {
        topic,
        partition,
        offset: clampedFrom,
        logStartOffset: startOffset,
        logEndOffset: end.offset,
      },
    },
  );
}

/** Refused if the group does not stand where the receipt's run began, unless it is there already. */
function planReceipt(state: GroupState, receipt: Receipt, sources: PlanSources): PlannedOffset[] {
  const refuse = (reason: string, details: object = {}): never => {
    throw new CoreError('CHECK_FAILED', `the receipt is not for this: ${reason}`, {
      details: { group: state.group, ...details },
      suggestion: 'nothing was moved; read again with --receipt to get a new one',
    });
  };
  if (receipt.clusterId !== sources.clusterId) refuse('it was written for another data directory');
  if (receipt.group !== state.group) refuse(`it was written for group ${receipt.group}`);
  const planned = receipt.ranges.map(({ topic, topicId, partition, endOffset }) => {
    const found = sources.logs.find(topic);
    if (found?.topic.topicId !== topicId) refuse(`topic ${topic} was deleted meanwhile`, { topic });
    return plannedAt(state, { topic, partition }, endOffset, sources.logs);
  });
  if (planned.every(({ fromOffset, toOffset }) => fromOffset === toOffset)) return planned;
  for (const { topic, partition, firstOffset } of receipt.ranges) {
    const now = committedOffset(state, { topic, partition })?.offset ?? firstOffset;
    if (now === firstOffset) continue;
    const details = { topic, partition, expectedOffset: firstOffset, committedOffset: now };
    refuse(`${topic}:${partition} has moved from ${firstOffset} to ${now} meanwhile`, details);
  }
  return planned;
}

/** The pending batches that a move of these partitions gives up. */
export function pendingOf(
  state: GroupState,
  places: readonly TopicPartition[],
): readonly PendingBatch[] {
  const keys = new Set(places.map(partitionKey));
  return state.pending.filter((batch) => sharesPartition(batch, keys));
}

export function unknownGroup(group: string, groups: readonly string[]): CoreError {
  const guess = nearest(group, groups);
  return new CoreError('GROUP_ID_NOT_FOUND', `there is no group ${group}`, {
    details: { group, nearest: guess ?? null, groups },
    ...(guess === undefined ? {} : { suggestion: `Did you mean ${guess}?` }),
  });
}
