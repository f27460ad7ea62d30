/**
 * What is known of a consumer group, in one file that is replaced as a whole: its committed offsets, the
 * batches that are being worked on, its members and its last moves. So there is no moment at which an
 * offset has moved and the batch that it belongs to is still pending, or the other way round.
 *
 *     group          its name
 *     revision       grows by one with every replacement
 *     generation     grows whenever a partition changes hands
 *     lastActiveMs   when a member last left or was found dead; 0: never
 *     offsets        committed offsets, sorted by topic and partition
 *     pending        batches that were given out and whose success is not known
 *     members        who takes part
 *     moves          the last ones, oldest first, for `group undo`
 *
 * A committed offset is the next one to read (Kafka: OffsetCommitValue). `topicId` tells a topic from
 * one of the same name that was made after it was deleted.
 *
 * Invariants: a partition is owned by at most one member; no two pending batches share a partition; the
 * first offset of a pending range is the committed offset of its partition.
 */
import { damagedFile } from '../log/damaged-file.js';
import { formatStateFile, parseStateFile } from '../topic/state-file.js';
import { type TopicPartition, compareTopicPartitions } from '../topic/topic-partition.js';
import type { AssignorName } from './assignor-name.js';
import { hasGroupStateShape } from './group-state-shape.js';

const FORMAT_VERSION = 1;
/** Thousands of partitions, with metadata. */
export const GROUP_STATE_LIMIT_BYTES = 64 * 1024 * 1024;

export interface CommittedOffset extends TopicPartition {
  readonly topicId: string;
  /** The next one to read. */
  readonly offset: number;
  /** Of the last record before it; -1: not known. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly committedMs: number;
}

export interface BatchRange extends TopicPartition {
  readonly topicId: string;
  readonly firstOffset: number;
  /** Exclusive. */
  readonly endOffset: number;
}

/** A batch that was given out and whose success is not known. Its ranges never change. */
export interface PendingBatch {
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly ranges: readonly BatchRange[];
  readonly createdMs: number;
  /** Who works on it. Once that member has left, the batch is to be repeated. */
  readonly memberId: string;
}

export interface Subscription {
  readonly topic: string;
  /** Only these; null: all. */
  readonly partitions: readonly number[] | null;
}

export interface GroupMember {
  /** Unique; names the member's file. */
  readonly memberId: string;
  /** The name that a static member keeps over restarts (Kafka: group.instance.id); null without. */
  readonly instanceId: string | null;
  /** A batch run takes what is free; a following member gets what the assignor gives it. */
  readonly kind: 'batch' | 'follow';
  readonly assignor: AssignorName;
  readonly sessionTimeoutMs: number;
  readonly subscriptions: readonly Subscription[];
  /** What a following member is to have; a batch run has none. */
  readonly target: readonly TopicPartition[];
  /** What it has, and may commit. */
  readonly owned: readonly TopicPartition[];
  /** Of the group when `owned` last changed. */
  readonly generation: number;
  readonly sinceMs: number;
}

export type MoveReason = 'start' | 'consume' | 'commit' | 'seek' | 'undo' | 'gap';

export interface MovedOffset extends TopicPartition {
  readonly topicId: string;
  /** null: there was none. */
  readonly fromOffset: number | null;
  /** null: there is none any more. */
  readonly toOffset: number | null;
}

/** The commits of one run that follow each other are one move. */
export interface Move {
  readonly atMs: number;
  readonly reason: MoveReason;
  /** Who moved it; null for a command of a person. */
  readonly memberId: string | null;
  readonly offsets: readonly MovedOffset[];
}

export interface GroupState {
  readonly group: string;
  readonly revision: number;
  readonly generation: number;
  readonly lastActiveMs: number;
  readonly offsets: readonly CommittedOffset[];
  readonly pending: readonly PendingBatch[];
  readonly members: readonly GroupMember[];
  readonly moves: readonly Move[];
}

export function emptyGroup(group: string): GroupState {
  return {
    group,
    revision: 0,
    generation: 0,
    lastActiveMs: 0,
    offsets: [],
    pending: [],
    members: [],
    moves: [],
  };
}

export function formatGroupState(state: GroupState): Uint8Array {
  return formatStateFile(FORMAT_VERSION, state);
}

/** DATA_DIR_DAMAGED or DATA_DIR_UNKNOWN_FORMAT, naming `path`. */
export function parseGroupState(bytes: Uint8Array, path: string): GroupState {
  const fields = parseStateFile(bytes, { path, formatVersion: FORMAT_VERSION });
  if (!hasGroupStateShape(fields)) throw damagedFile(path, 'a field is missing or cannot be right');
  const { group, revision, generation, lastActiveMs, offsets, pending, members, moves } =
    fields as unknown as GroupState;
  return { group, revision, generation, lastActiveMs, offsets, pending, members, moves };
}

export function committedOffset(
  state: GroupState,
  { topic, partition }: TopicPartition,
): CommittedOffset | undefined {
  return state.offsets.find((entry) => entry.topic === topic && entry.partition === partition);
}

export function findMember(state: GroupState, memberId: string): GroupMember | undefined {
  return state.members.find((member) => member.memberId === memberId);
}

/** True if nobody works on it: its member has left, or was found dead. */
export function isOrphan(state: GroupState, batch: PendingBatch): boolean {
  return findMember(state, batch.memberId) === undefined;
}

/** A key for sets and maps. No topic name has a blank. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic} ${partition}`;
}

/** That the group stands at `offset` there. The epoch of the record before it is not known, mostly. */
export function committedAt(
  { topic, topicId, partition }: TopicPartition & { readonly topicId: string },
  {
    offset,
    committedMs,
    leaderEpoch = -1,
  }: Pick<CommittedOffset, 'offset' | 'committedMs'> & {
    readonly leaderEpoch?: number;
  },
): CommittedOffset {
  return { topic, topicId, partition, offset, leaderEpoch, metadata: '', committedMs };
}

/** Whether one of the partitions, by their keys, is in the batch. */
export function sharesPartition(
  { ranges }: Pick<PendingBatch, 'ranges'>,
  keys: ReadonlySet<string>,
): boolean {
  return ranges.some((range) => keys.has(partitionKey(range)));
}

/** `state` with these offsets in place of what stood for the same partitions. */
export function withOffsets(state: GroupState, offsets: readonly CommittedOffset[]): GroupState {
  const merged = new Map(state.offsets.map((entry) => [partitionKey(entry), entry]));
  for (const entry of offsets) merged.set(partitionKey(entry), entry);
  return { ...state, offsets: [...merged.values()].sort(compareTopicPartitions) };
}
