/** What there is to say about a topic, from its files. */
import type { Environment } from '../fs/environment.js';
import { LOG_CONFIG_TABLE } from '../log/log-config-table.js';
import type { LogReader } from '../log/log-reader.js';
import { ignoredReason } from '../log/log-config.js';
import { lastTimestamp } from '../log/segment-timestamps.js';
import {
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  segmentPath,
} from '../segment/file-names.js';
import type { OpenTopic } from '../topic/open-topic.js';
import type {
  ConfigDescription,
  PartitionDescription,
  TopicDescription,
  TopicSummary,
} from './cluster.js';

export function summarizeTopic(env: Environment, topic: OpenTopic): TopicSummary {
  let records = 0;
  let sizeBytes = 0;
  for (let partition = 0; partition < topic.partitionCount; partition++) {
    const reader = topic.openReader(partition);
    records += reader.findEnd().offset - reader.logStartOffset;
    sizeBytes += filesSizeBytes(env, reader);
  }
  const { topicId, config } = topic.topic;
  const partitions = topic.partitionCount;
  return { topic: topic.name, topicId, partitions, records, sizeBytes, config };
}

export function describeTopic(env: Environment, topic: OpenTopic): TopicDescription {
  const { topicId, createdMs, partitions } = topic.topic;
  return {
    topic: topic.name,
    topicId,
    createdMs,
    partitions: partitions.map((_, partition) => describePartition(env, topic, partition)),
    config: describeConfig(topic),
  };
}

function describePartition(
  env: Environment,
  topic: OpenTopic,
  partition: number,
): PartitionDescription {
  const reader = topic.openReader(partition);
  const baseOffsets = reader.baseOffsets();
  const { leader, replicas } = topic.topic.partitions[partition] ?? { leader: 0, replicas: [0] };
  return {
    partition,
    leader,
    replicas,
    logStartOffset: reader.logStartOffset,
    logEndOffset: reader.findEnd().offset,
    sizeBytes: filesSizeBytes(env, reader),
    segments: baseOffsets.length,
    newestTimestamp: newestTimestamp(env, reader, baseOffsets),
    writer: currentWriter(env, reader),
  };
}

/** The newest segments may be empty, as after everything was pruned. */
function newestTimestamp(
  env: Environment,
  reader: LogReader,
  baseOffsets: readonly number[],
): number {
  const active = baseOffsets.at(-1);
  const newest = baseOffsets.findLast((baseOffset) => {
    const path = segmentPath(reader.location.directory, baseOffset, LOG_SUFFIX);
    return (env.fs.stat(path)?.sizeBytes ?? 0) > 0;
  });
  if (newest === undefined) return -1;
  return lastTimestamp(env.fs, reader.location.directory, newest, newest !== active).timestamp;
}

function filesSizeBytes(env: Environment, reader: LogReader): number {
  let sizeBytes = 0;
  for (const baseOffset of reader.baseOffsets()) {
    for (const suffix of [LOG_SUFFIX, OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX]) {
      const path = segmentPath(reader.location.directory, baseOffset, suffix);
      sizeBytes += env.fs.stat(path)?.sizeBytes ?? 0;
    }
  }
  return sizeBytes;
}

function currentWriter(env: Environment, reader: LogReader): PartitionDescription['writer'] {
  const control = reader.control();
  // A holder that was killed, or a copied directory, leaves its name there; the lock itself is free.
  if (control?.isHeld !== true || !env.locks.isLocked(reader.location.controlPath)) return null;
  const { pid, command, sinceMs } = control.owner;
  return { pid, command, sinceMs };
}

function describeConfig(topic: OpenTopic): ConfigDescription[] {
  const overrides = topic.topic.config;
  return LOG_CONFIG_TABLE.map((row) => {
    const override = overrides[row.name];
    return {
      name: row.name,
      value: override ?? row.default ?? '',
      isOverride: override !== undefined,
      ignored: ignoredReason(row.name) ?? null,
    };
  });
}
