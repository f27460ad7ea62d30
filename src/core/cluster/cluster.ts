/**
 * The port that the commands talk to: topics, records and retention, wherever they are. The engine of
 * this machine is directory-cluster.ts; another one can stand behind the same words.
 */
import type { CompressionType } from '../batch/compression.js';
import type { ConsumePlan } from '../consumer/consumer.js';
import type { Position } from '../consumer/position.js';
import type { ConfigOverrides } from '../log/log-config.js';
import type { RetentionPlan } from '../log/retention.js';
import type { AcknowledgedBatch } from '../producer/acknowledged-batch.js';
import type { NewRecord } from '../producer/producer.js';
import type { ConfigChange } from '../topic/topic-registry.js';
import type { Groups } from './groups.js';
import type { ConsumeTarget, RecordConsumer } from './record-consumer.js';

export interface TopicRequest {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: ConfigOverrides;
}

export interface TopicSummary {
  readonly topic: string;
  readonly topicId: string;
  readonly partitions: number;
  /** Offsets between start and end, over all partitions. */
  readonly records: number;
  readonly sizeBytes: number;
  /** Overrides only. */
  readonly config: ConfigOverrides;
}

export interface PartitionDescription {
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly logStartOffset: number;
  /** Exclusive. */
  readonly logEndOffset: number;
  readonly sizeBytes: number;
  readonly segments: number;
  /** Of the newest record, in ms; -1 if there is none. */
  readonly newestTimestamp: number;
  /** The process that holds the partition's lock right now. */
  readonly writer: {
    readonly pid: number;
    readonly command: string;
    readonly sinceMs: number;
  } | null;
}

export interface ConfigDescription {
  readonly name: string;
  readonly value: string;
  readonly isOverride: boolean;
  /** Why it changes nothing here; null if it does. */
  readonly ignored: string | null;
}

export interface TopicDescription {
  readonly topic: string;
  readonly topicId: string;
  readonly createdMs: number;
  readonly partitions: readonly PartitionDescription[];
  readonly config: readonly ConfigDescription[];
}

/** What retention did, or would do, in one partition. */
export interface PartitionRetention extends RetentionPlan {
  readonly topic: string;
  readonly partition: number;
}

export interface TrimResult {
  readonly topic: string;
  readonly partition: number;
  readonly oldStartOffset: number;
  readonly newStartOffset: number;
  /** Bytes of whole segments that went with it. */
  readonly freedBytes: number;
}

export interface ProduceRequest {
  readonly compression: CompressionType;
  readonly sync: 'batch' | 'never';
  /** All records go here; undefined: by key, or sticky. */
  readonly partition: number | undefined;
  onAcknowledged(batch: AcknowledgedBatch): void;
}

/** Adding is synchronous and does no I/O; `flush` and `settle` do. See producer.ts. */
export interface RecordProducer {
  readonly addedCount: number;
  readonly addedBytes: number;
  readonly isUnsettled: boolean;
  readonly maxRecordBytes: number;
  refreshClock(): void;
  add(record: NewRecord): void;
  addRange(
    bytes: Buffer,
    keyAt: number,
    keyLength: number,
    valueAt: number,
    valueLength: number,
  ): void;
  flush(options: { readonly all: boolean }): Promise<void>;
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface Cluster {
  /** All names, internal ones too, sorted. */
  topicNames(): Promise<string[]>;
  summarizeTopic(name: string): Promise<TopicSummary>;
  describeTopic(name: string): Promise<TopicDescription>;
  createTopic(request: TopicRequest): Promise<TopicDescription>;
  alterTopic(name: string, change: ConfigChange): Promise<TopicDescription>;
  addPartitions(name: string, total: number): Promise<TopicDescription>;
  deleteTopic(name: string): Promise<void>;
  /** What `trimTopic` would do. */
  planTrim(target: ConsumeTarget, before: Position): Promise<TrimResult[]>;
  /** Makes `before` the start of the partitions (Kafka: DeleteRecords). */
  trimTopic(target: ConsumeTarget, before: Position): Promise<TrimResult[]>;
  openProducer(topic: string, request: ProduceRequest): Promise<RecordProducer>;
  openConsumer(targets: readonly ConsumeTarget[], request: ConsumePlan): Promise<RecordConsumer>;
  /** What the topic's policy would let go of now. */
  planRetention(name: string): Promise<PartitionRetention[]>;
  applyRetention(name: string): Promise<PartitionRetention[]>;
  openGroups(): Promise<Groups>;
  close(): void;
}
