/**
 * The port of consumer groups: where they stand, who takes part, how they are moved, and taking part.
 * Records are read by the consumers that a membership opens; a position moves by `commit` and `finish`
 * alone.
 */
import type { CoreError } from '../errors.js';
import type { ConsumePlan, ReadPosition } from '../consumer/consumer.js';
import type { Position } from '../consumer/position.js';
import type { AssignorName } from '../group/assignor-name.js';
import type { BatchRange, MovedOffset, PendingBatch } from '../group/group-state.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import type { ConsumeTarget, RecordConsumer } from './record-consumer.js';

export interface GroupPartition extends TopicPartition {
  readonly topicId: string;
  readonly committedOffset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly committedMs: number;
  /** null: there is no such topic or partition any more, and so for the rest. */
  readonly logStartOffset: number | null;
  /** Exclusive. */
  readonly logEndOffset: number | null;
  /** Offsets yet to be read, of those that are kept. */
  readonly lag: number | null;
  /** Age of the oldest record yet to be read, in ms; 0: everything was read. */
  readonly lagMs: number | null;
  /** The member that has the partition now. */
  readonly memberId: string | null;
  /**
   * Why the position does not mean what it says: the topic is gone, or another of the same name; the
   * position lies below what is kept, or above the end. null: all is well.
   */
  readonly problem: 'topic-deleted' | 'topic-recreated' | 'below-start' | 'above-end' | null;
}

export interface MemberDescription {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly kind: 'batch' | 'follow';
  readonly assignor: AssignorName;
  readonly pid: number;
  /** What the process is ("consume"); never its arguments. */
  readonly command: string;
  /** The command that the member runs for a batch; null: none. It may outlive the member. */
  readonly childPid: number | null;
  readonly sinceMs: number;
  readonly heartbeatMs: number;
  readonly isAlive: boolean;
  readonly generation: number;
  readonly partitions: readonly TopicPartition[];
}

export interface PendingDescription {
  readonly id: string;
  readonly attempt: number;
  readonly ranges: readonly BatchRange[];
  readonly createdMs: number;
  /** Who works on it; null: it waits to be repeated. */
  readonly memberId: string | null;
}

export interface GroupDescription {
  readonly group: string;
  /** Kafka's words: `stable` with members, `empty` without. */
  readonly state: 'stable' | 'empty';
  readonly generation: number;
  /** The last commit or the last time that a member left, whichever is later; 0: never. */
  readonly lastActiveMs: number;
  readonly partitions: readonly GroupPartition[];
  readonly members: readonly MemberDescription[];
  readonly pending: readonly PendingDescription[];
}

/** Where partitions are to stand. */
export type GroupMove =
  /** `targets` empty: all partitions that the group has a position in. Clamped into what is kept. */
  | { readonly kind: 'seek'; readonly targets: readonly ConsumeTarget[]; readonly to: Position }
  /** Relative to the committed offset; clamped. */
  | { readonly kind: 'shift'; readonly targets: readonly ConsumeTarget[]; readonly by: number }
  /** Exactly these; clamped if `clamp`, else OFFSET_OUT_OF_RANGE outside of [start, end]. */
  | {
      readonly kind: 'offsets';
      readonly offsets: readonly (TopicPartition & { readonly offset: number })[];
      readonly clamp: boolean;
    }
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  | { readonly kind: 'undo' };

/** What a move does, or would do. */
export interface GroupMovePlan {
  readonly group: string;
  readonly reason: 'commit' | 'seek' | 'undo';
  /** One for every partition in question, also where nothing changes. */
  readonly offsets: readonly (MovedOffset & {
    /** What was asked for, where it lay outside of what is kept; null: it is as asked. */
    readonly clampedFrom: number | null;
  })[];
  /** Batches that are given up with it: they will not be repeated. */
  readonly clearedPending: readonly PendingDescription[];
}

/** What one run read, to be committed later by `group commit --receipt`. */
export interface Receipt {
  readonly clusterId: string;
  readonly group: string;
  readonly createdMs: number;
  readonly records: number;
  readonly ranges: readonly BatchRange[];
}

export interface JoinRequest {
  readonly group: string;
  readonly targets: readonly ConsumeTarget[];
  /** Where a new group begins, in every partition of the topics. A partition added later: at its start. */
  readonly initial: Position;
  /** For positions outside of what is kept. */
  readonly onGap: 'earliest' | 'latest' | 'fail';
  readonly kind: 'batch' | 'follow';
  /** How many members a batch run leaves room for. */
  readonly members: number;
  /** A static member's own name. */
  readonly instanceId: string | undefined;
  readonly assignor: AssignorName;
  readonly sessionTimeoutMs: number;
  /** Batches whose run failed or died are repeated; else they are given up when the run commits. */
  readonly repeatsBatches: boolean;
  /** How long to wait where others hold all, in ms; then BUSY, which names one of them. */
  readonly busyWaitMs: number;
  /** Positions outside of what is kept, before anything is read. */
  warnOfGap(gap: PositionGap): void;
  /**
   * A batch that waits to be repeated keeps partitions from this following member, who is not subscribed
   * to all of them. Once for each.
   */
  warnOfWaiting(batch: PendingBatch): void;
}

/** A position that nothing is kept at, and where reading goes on. */
export interface PositionGap extends TopicPartition {
  readonly position: number;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly newPosition: number;
}

export interface GroupBatch {
  readonly id: string;
  readonly attempt: number;
  readonly ranges: readonly BatchRange[];
}

/** Of the topics that the group stands in. */
export interface BatchRanges {
  readonly ranges: readonly Omit<BatchRange, 'topicId'>[];
}

/** One process that takes part in a group. */
export interface GroupMembership {
  readonly memberId: string;
  readonly generation: number;
  /** What it holds now. Changes in `rebalance` and `nextPending` alone. */
  readonly partitions: readonly TopicPartition[];
  /**
   * Aborted when partitions are to be given up or can be taken: commit, then call `rebalance`. A new one
   * after each call of it.
   */
  readonly mustRebalance: AbortSignal;
  /** Hands the member's lock on to a child process that gets it as an open file; undefined: it cannot. */
  readonly lockDescriptor: number | undefined;
  /** The child that works on the batch, for others to name. */
  noteChild(pid: number | undefined): void;
  /** Gives up what is another's, takes what is free. False: it was left out and has joined anew. */
  rebalance(): Promise<boolean>;
  /** A batch whose run failed or died and that nobody works on: this member's now, attempt + 1. */
  nextPending(): Promise<GroupBatch | undefined>;
  /** From the committed positions on; `plan.from` is not looked at. */
  openConsumer(plan: ConsumePlan): Promise<RecordConsumer>;
  /** Exactly these records, as far as they are still kept: the rest are its gaps. */
  openBatch(batch: BatchRanges, plan: ConsumePlan): Promise<RecordConsumer>;
  /** Writes down a new batch, before anybody is given it. Its records are synced first. */
  begin(positions: readonly ReadPosition[]): Promise<GroupBatch>;
  /** Writes down that it is tried once more. */
  retry(batch: GroupBatch): Promise<GroupBatch>;
  /** ILLEGAL_GENERATION if the batch is another's by now, or done. */
  confirm(batch: GroupBatch): Promise<void>;
  /** The attempt does not count: its command could not even be started. */
  uncount(batch: GroupBatch): Promise<void>;
  /** The batch has succeeded: its end is the position now. Durable on return. */
  finish(batch: GroupBatch): Promise<MovedOffset[]>;
  /** Positions of what was read without a batch. ILLEGAL_GENERATION if a partition is another's now. */
  commit(positions: readonly ReadPosition[]): Promise<MovedOffset[]>;
  /** Leaves the group. Batches that were not finished wait to be repeated. */
  leave(): Promise<void>;
}

/** Reading on from where a group stands without taking part. */
export interface ReadRequest extends Pick<
  JoinRequest,
  'group' | 'targets' | 'initial' | 'onGap' | 'warnOfGap'
> {
  /** A new group keeps the place where it begins, so that the next reading begins there too. */
  readonly keepsFirstPositions: boolean;
}

export interface GroupReading {
  readonly consumer: RecordConsumer;
  /** What was read so far, to be committed later. */
  receipt(records: number): Receipt;
}

export interface GroupList {
  /** Sorted. */
  readonly names: readonly string[];
  /** DATA_DIR_DAMAGED and its like, one a group. */
  readonly failures: readonly CoreError[];
}

export interface Groups {
  /** One that cannot be read does not hide the others. */
  list(): Promise<GroupList>;
  /** GROUP_ID_NOT_FOUND if there is none. */
  describe(group: string): Promise<GroupDescription>;
  /** What `move` would do. */
  planMove(group: string, move: GroupMove): Promise<GroupMovePlan>;
  /** NON_EMPTY_GROUP, naming one, while members hold what it is about. A new group is made. */
  move(group: string, move: GroupMove): Promise<GroupMovePlan>;
  /** Removes all that is known of it. NON_EMPTY_GROUP while it has members. */
  delete(group: string): Promise<GroupDescription>;
  join(request: JoinRequest): Promise<GroupMembership>;
  read(request: ReadRequest, plan: ConsumePlan): Promise<GroupReading>;
  /** Names of the groups of which offsets of this topic have expired, with the partitions. */
  expireOffsets(
    topic: string,
    options: { readonly dryRun: boolean },
  ): Promise<readonly ExpiredOffsets[]>;
}

export interface ExpiredOffsets {
  readonly group: string;
  readonly topic: string;
  readonly partitions: readonly number[];
}
