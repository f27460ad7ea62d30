/**
 * What retention lets go of, as `--json` shows it: of `retention status`, of `retention prune`, and of
 * its dry run. A contract: fields are only ever added.
 */
import type { ExpiredOffsets, PartitionRetention, TopicDescription } from '../core/index.js';

type Removal = PartitionRetention['removals'][number];
export type RetentionReason = Removal['reason'];

/** The configs that decide, in Kafka's own texts. */
export interface RetentionPolicy {
  readonly 'cleanup.policy': string;
  readonly 'retention.ms': string;
  readonly 'retention.bytes': string;
}

export interface RetainedPartition {
  readonly topic: string;
  readonly partition: number;
  /** That go; the start offset is above them. */
  readonly records: number;
  /** Size of the `.log` files that go. */
  readonly freedBytes: number;
  /** And of those that stay. */
  readonly keptBytes: number;
  readonly logStartOffset: number;
  readonly newLogStartOffset: number;
  /** The segments that go, oldest first. */
  readonly removals: readonly Removal[];
  /** Of the topic. Only in `retention status`. */
  readonly policy?: RetentionPolicy;
}

export interface RetentionDocument {
  /** Whether nothing was done; in `retention status` always. */
  readonly dryRun: boolean;
  readonly records: number;
  readonly freedBytes: number;
  readonly partitions: readonly RetainedPartition[];
  /** Positions of groups that nobody uses any more; where offsets.retention.minutes is set. */
  readonly expiredOffsets: readonly ExpiredOffsets[];
}

export function retentionDocument(
  partitions: readonly RetainedPartition[],
  {
    dryRun,
    expiredOffsets = [],
  }: { readonly dryRun: boolean; readonly expiredOffsets?: readonly ExpiredOffsets[] },
): RetentionDocument {
  return {
    dryRun,
    records: partitions.reduce((sum, { records }) => sum + records, 0),
    freedBytes: partitions.reduce((sum, { freedBytes }) => sum + freedBytes, 0),
    partitions,
    expiredOffsets,
  };
}

export function retainedPartition(
  retention: PartitionRetention,
  policy?: RetentionPolicy,
): RetainedPartition {
  const { topic, partition, removals, keptBytes, logStartOffset, newLogStartOffset } = retention;
  return {
    topic,
    partition,
    records: newLogStartOffset - logStartOffset,
    freedBytes: removals.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    keptBytes,
    logStartOffset,
    newLogStartOffset,
    removals,
    ...(policy === undefined ? {} : { policy }),
  };
}

export function retentionPolicy({ config }: TopicDescription): RetentionPolicy {
  const valueOf = (name: string): string => config.find((each) => each.name === name)?.value ?? '';
  return {
    'cleanup.policy': valueOf('cleanup.policy'),
    'retention.ms': valueOf('retention.ms'),
    'retention.bytes': valueOf('retention.bytes'),
  };
}
