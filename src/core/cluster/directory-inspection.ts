/**
 * Looking at the files of a data directory: verify them, list them, show what is in them. Nothing is
 * locked and nothing is written, so it works on a read-only mount and while others write.
 */
import { CoreError, isCoreError } from '../errors.js';
import { readWholeFile } from '../fs/durable.js';
import type { FileSystem } from '../fs/file-system.js';
import { NodeFileSystem } from '../fs/node-fs.js';
import { type SegmentDescription, describeSegments } from '../log/segment-files.js';
import { FileFindings, type Finding } from '../log/verify-finding.js';
import { type LogVerification, verifyLog } from '../log/verify-log.js';
import type { DumpEntry } from '../segment/dump-entry.js';
import { type DumpOptions, dumpFile, hasDumpedSuffix } from '../segment/dump-file.js';
import { LOG_SUFFIX, baseOffsetsOf, segmentPath } from '../segment/file-names.js';
import type { OpenTopic } from '../topic/open-topic.js';
import { PARTITION_METADATA, parsePartitionMetadata } from '../topic/partition-metadata.js';
import type { Cluster } from './cluster.js';
import { DirectoryCluster } from './directory-cluster.js';
import type { ConsumeTarget } from './record-consumer.js';

export interface PartitionVerification extends LogVerification {
  readonly partition: number;
}

export interface TopicVerification {
  readonly topic: string;
  readonly partitions: readonly PartitionVerification[];
}

export interface PartitionSegments {
  readonly topic: string;
  readonly partition: number;
  readonly segments: readonly SegmentDescription[];
}

export interface VerifyRequest {
  /** Called often, with the bytes since the last call. */
  readonly onVerified: (bytes: number) => void;
  readonly stop: AbortSignal;
}

const PARTITION_METADATA_LIMIT_BYTES = 4096;

export class DirectoryInspection {
  readonly #cluster: DirectoryCluster;
  readonly #fs: FileSystem;

  /** INVALID_ARGUMENT for a cluster that is no directory of this machine. */
  constructor(cluster: Cluster) {
    if (!(cluster instanceof DirectoryCluster)) {
      throw new CoreError('INVALID_ARGUMENT', 'only files of this machine can be looked at');
    }
    this.#cluster = cluster;
    this.#fs = cluster.env.fs;
  }

  /** Bytes of the `.log` files of these topics, as far as they can be seen. */
  logBytes(names: readonly string[]): number {
    let bytes = 0;
    for (const topic of names) {
      try {
        const paths = this.logFiles({ topic, partitions: undefined });
        for (const path of paths) bytes += this.#fs.stat(path)?.sizeBytes ?? 0;
      } catch (error) {
        // Whoever goes on to use the topic meets the same error, and says so.
        if (!isCoreError(error)) throw error;
      }
    }
    return bytes;
  }

  /** The `.log` files of the partitions, oldest first. */
  logFiles(target: ConsumeTarget): string[] {
    return this.#partitionsOf(target).flatMap(({ topic, partition }) => {
      const { directory } = topic.location(partition);
      if (this.#fs.stat(directory) === undefined) return [];
      const baseOffsets = baseOffsetsOf(this.#fs.list(directory));
      return baseOffsets.map((baseOffset) => segmentPath(directory, baseOffset, LOG_SUFFIX));
    });
  }

  listSegments(target: ConsumeTarget): PartitionSegments[] {
    return this.#partitionsOf(target).map(({ topic, partition }) => ({
      topic: topic.name,
      partition,
      segments: describeSegments(topic.openReader(partition)),
    }));
  }

  /** UNKNOWN_TOPIC_ID if the topic is deleted meanwhile. Damage is a finding, never an error. */
  async verifyTopic(name: string, request: VerifyRequest): Promise<TopicVerification> {
    const topic = this.#cluster.openTopic(name);
    const partitions: PartitionVerification[] = [];
    for (let partition = 0; partition < topic.partitionCount; partition++) {
      const log = await this.#verifyPartition(topic, partition, request);
      partitions.push({ partition, ...log });
    }
    return { topic: name, partitions };
  }

  async #verifyPartition(
    topic: OpenTopic,
    partition: number,
    { onVerified, stop }: VerifyRequest,
  ): Promise<LogVerification> {
    const location = topic.location(partition);
    const { allowGaps } = topic.openReader(partition);
    const steps = verifyLog(this.#cluster.env, location, { allowGaps });
    try {
      const ofMetadata = this.#verifyMetadata(location.directory, topic.topic.topicId);
      for (;;) {
        const step = steps.next();
        if (step.done === true) {
          return { ...step.value, findings: [...ofMetadata, ...step.value.findings] };
        }
        onVerified(step.value.verifiedBytes);
        await pause(step.value.pauseMs);
        stop.throwIfAborted();
      }
    } catch (error) {
      if (!isCoreError(error)) throw error;
      const isGone = ['FILE_NOT_FOUND', 'NOT_A_REGULAR_FILE'].includes(error.code);
      if (!isGone || this.#fs.stat(location.directory)?.kind === 'directory') throw error;
      topic.checkStillOurs();
      return withoutFolder(location.directory);
    }
  }

  #verifyMetadata(directory: string, topicId: string): readonly Finding[] {
    const findings = new FileFindings(`${directory}/${PARTITION_METADATA}`);
    const condition = examineMetadata(this.#fs, directory);
    if (condition.kind === 'damaged') findings.damage(condition.reason);
    else if (condition.kind === 'missing') {
      if (this.#fs.stat(directory) !== undefined) findings.damage('missing');
    } else if (condition.topicId !== topicId) {
      findings.damage(`belongs to topic id ${condition.topicId}; the topic has ${topicId}`);
    }
    return findings.list;
  }

  #partitionsOf({
    topic: name,
    partitions,
  }: ConsumeTarget): { readonly topic: OpenTopic; readonly partition: number }[] {
    const topic = this.#cluster.openTopic(name);
    for (const partition of partitions ?? []) topic.checkPartition(partition);
    const all = Array.from({ length: topic.partitionCount }, (_, partition) => partition);
    return (partitions ?? all).map((partition) => ({ topic, partition }));
  }
}

export type MetadataCondition =
  | { readonly kind: 'sound'; readonly topicId: string }
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'missing' };

/** What the partition folder says of itself. */
export function examineMetadata(fs: FileSystem, directory: string): MetadataCondition {
  const path = `${directory}/${PARTITION_METADATA}`;
  try {
    const bytes = readWholeFile(fs, path, PARTITION_METADATA_LIMIT_BYTES);
    return { kind: 'sound', topicId: parsePartitionMetadata(bytes, path) };
  } catch (error) {
    if (isCoreError(error, 'DATA_DIR_DAMAGED')) return { kind: 'damaged', reason: error.message };
    if (isCoreError(error, 'FILE_NOT_FOUND')) return { kind: 'missing' };
    throw error;
  }
}

/** Whether a word on the command line means a file, and not a topic. */
export function isSegmentPath(word: string): boolean {
  if (word.includes('/') || hasDumpedSuffix(word)) return true;
  return new NodeFileSystem().stat(word)?.kind === 'file';
}

/** What a file anywhere on this machine says. See dump-file.ts. */
export function dumpSegmentFile(path: string, options: DumpOptions): Generator<DumpEntry, void> {
  return dumpFile(new NodeFileSystem(), path, options);
}

function withoutFolder(directory: string): LogVerification {
  const findings = new FileFindings(directory);
  findings.damage('the folder of the partition is missing');
  return { segments: 0, batches: 0, records: 0, sizeBytes: 0, findings: findings.list };
}

/** Gives others their turn: signals, the status line. */
async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => (ms === 0 ? setImmediate(resolve) : setTimeout(resolve, ms)));
}
