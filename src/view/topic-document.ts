/**
 * Topics as `--json` shows them: exact numbers, times in RFC 3339 UTC, config values in Kafka's own
 * texts. These types are a contract: fields are only ever added.
 */
import type { PartitionDescription, TopicDescription } from '../core/index.js';

export interface PartitionDocument {
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly logStartOffset: number;
  /** Exclusive. */
  readonly logEndOffset: number;
  /** Offsets from start to end. */
  readonly records: number;
  readonly sizeBytes: number;
  readonly segments: number;
  /** Of the newest record; null if there is none, or if no calendar has that time. */
  readonly newestTimestamp: string | null;
  /** Who holds the partition's lock right now. */
  readonly writer: {
    readonly pid: number;
    readonly command: string;
    readonly since: string | null;
  } | null;
}

export interface TopicDocument {
  readonly topic: string;
  readonly topicId: string;
  readonly createdAt: string | null;
  readonly records: number;
  readonly sizeBytes: number;
  readonly partitions: readonly PartitionDocument[];
  /** What was set for this topic. */
  readonly config: Readonly<Record<string, string>>;
  /** Those of `config` that change nothing here, each with the reason. */
  readonly ignoredConfig: Readonly<Record<string, string>>;
  /** What was not set. Only where all configs were asked for. */
  readonly defaultConfig?: Readonly<Record<string, string>>;
}

export function topicDocument(
  description: TopicDescription,
  { all = false }: { readonly all?: boolean } = {},
): TopicDocument {
  const { topic, topicId, createdMs } = description;
  const partitions = description.partitions.map(partitionDocument);
  const set = description.config.filter(({ isOverride }) => isOverride);
  const unset = description.config.filter(({ isOverride }) => !isOverride);
  return {
    topic,
    topicId,
    createdAt: utcTime(createdMs),
    records: sum(partitions.map(({ records }) => records)),
    sizeBytes: sum(partitions.map(({ sizeBytes }) => sizeBytes)),
    partitions,
    config: valuesOf(set),
    ignoredConfig: Object.fromEntries(
      set.flatMap(({ name, ignored }) => (ignored === null ? [] : [[name, ignored]])),
    ),
    ...(all ? { defaultConfig: valuesOf(unset) } : {}),
  };
}

function partitionDocument(described: PartitionDescription): PartitionDocument {
  const { partition, leader, replicas, logStartOffset, logEndOffset } = described;
  const { sizeBytes, segments, newestTimestamp, writer } = described;
  return {
    partition,
    leader,
    replicas,
    logStartOffset,
    logEndOffset,
    records: logEndOffset - logStartOffset,
    sizeBytes,
    segments,
    newestTimestamp: utcTime(newestTimestamp),
    writer:
      writer === null
        ? null
        : { pid: writer.pid, command: writer.command, since: utcTime(writer.sinceMs) },
  };
}

function valuesOf(
  configs: readonly { readonly name: string; readonly value: string }[],
): Record<string, string> {
  return Object.fromEntries(configs.map(({ name, value }) => [name, value]));
}

/** The end of the year 9999, the last that RFC 3339 can write. A timestamp is any 64-bit number. */
const LAST_TIMESTAMP_MS = 253_402_300_799_999;

function utcTime(timestampMs: number): string | null {
  if (timestampMs < 0 || timestampMs > LAST_TIMESTAMP_MS) return null;
  return new Date(timestampMs).toISOString();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
