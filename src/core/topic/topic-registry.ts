/**
 * The topics of a data directory. Reading takes no lock and writes nothing. Every change is made under
 * the registry lock, begins by clearing away what interrupted changes left, and takes effect in one
 * atomic step:
 *
 * - create: folders and control files first (partition-folder.ts), durably; then the topic file is
 *   renamed into place. A crash before that leaves no topic, only debris that nobody reads.
 * - add partitions: the same, then the topic file is replaced. A crash before: the old number.
 * - alter: the topic file is replaced. Old config or new.
 * - delete: the topic file is renamed away first (topic-deletion.ts). A crash before: the whole topic.
 *
 * A change is durable when its call returns.
 */
import { assert } from '../assert.js';
import { CoreError, isCoreError } from '../errors.js';
import { readWholeFile, replaceFileDurably } from '../fs/durable.js';
import type { FileSystem } from '../fs/file-system.js';
import { damagedFile } from '../log/damaged-file.js';
import { canonicalOverrides, configRow } from '../log/log-config.js';
import type { ConfigOverrides } from '../log/log-config.js';
import { nearest } from '../nearest.js';
import type { DataDirectory } from './data-directory.js';
import { topicOfFileName } from './data-directory-paths.js';
import { randomNonce } from './nonce.js';
import { clearDebris, createPartitions, sweepBuilds } from './partition-folder.js';
import type { NewPartitions } from './partition-folder.js';
import { withRegistryLock } from './registry-lock.js';
import type { RegistryLockOptions } from './registry-lock.js';
import { sweepTemporaryFiles } from './temporary-files.js';
import { deleteTopicFiles, emptyTrash, finishDeletions } from './topic-deletion.js';
import {
  checkPartitionCount,
  formatTopicFile,
  parseTopicFile,
  TOPIC_FILE_LIMIT_BYTES,
} from './topic-file.js';
import type { PartitionState, Topic } from './topic-file.js';
import { checkNewTopicName, checkTopicName, isTopicName } from './topic-name.js';
import { randomUuid } from './uuid.js';

export interface TopicRegistryOptions extends RegistryLockOptions {
  readonly fs: FileSystem;
  readonly directory: DataDirectory;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** As people write it; stored in canonical form. */
  readonly config: ConfigOverrides;
  /** Whether the program itself makes the topic: only then its name may begin with `__`. */
  readonly isInternal: boolean;
}

export interface ConfigChange {
  readonly set: ConfigOverrides;
  readonly unset: readonly string[];
}

export class TopicRegistry {
  readonly #options: TopicRegistryOptions;

  constructor(options: TopicRegistryOptions) {
    this.#options = options;
  }

  /** All names, internal ones too, sorted by code units. */
  listTopics(): string[] {
    const { fs, directory } = this.#options;
    return fs
      .list(directory.paths.topics)
      .map(topicOfFileName)
      .filter((name): name is string => name !== undefined && isTopicName(name))
      .sort();
  }

  /**
   * UNKNOWN_TOPIC_OR_PARTITION, with the nearest name as its suggestion and all names in its details,
   * if there is no such topic; DATA_DIR_DAMAGED if its file does not say what it must.
   */
  readTopic(name: string): Topic {
    const { fs, directory } = this.#options;
    const path = directory.paths.topicFile(name);
    let bytes: Uint8Array;
    try {
      bytes = readWholeFile(fs, path, TOPIC_FILE_LIMIT_BYTES);
    } catch (error) {
      throw isCoreError(error, 'FILE_NOT_FOUND') ? unknownTopic(name, this.listTopics()) : error;
    }
    const topic = parseTopicFile(bytes, path);
    if (topic.topic !== name) throw damagedFile(path, `it describes topic ${topic.topic}`);
    return topic;
  }

  /**
   * TOPIC_ALREADY_EXISTS, INVALID_TOPIC, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_CONFIG
   * or POLICY_VIOLATION before anything is made; DATA_DIR_DAMAGED if a folder of that name holds
   * records of no topic.
   */
  async createTopic(newTopic: NewTopic): Promise<Topic> {
    const { now } = this.#options;
    const { name, partitions, isInternal } = newTopic;
    const config = checkNewTopic(newTopic);
    return this.#change((checkLock) => {
      checkNewTopicName({ name, existing: this.listTopics(), isInternal });
      const topic: Topic = {
        topic: name,
        topicId: randomUuid(),
        createdMs: now(),
        config,
        partitions: this.#newPartitionStates(partitions),
      };
      const { topicId } = topic;
      this.#makePartitions({ topic: name, topicId, from: 0, to: partitions }, checkLock);
      checkLock();
      this.#writeTopic(topic);
      return topic;
    });
  }

  /** INVALID_PARTITIONS unless `total` is more than there are: partitions are never removed. */
  async addPartitions(name: string, total: number): Promise<Topic> {
    checkTopicName(name);
    checkPartitionCount(name, total);
    return this.#change((checkLock) => {
      const topic = this.readTopic(name);
      const from = topic.partitions.length;
      if (total <= from) throw notMorePartitions(name, from, total);
      this.#makePartitions({ topic: name, topicId: topic.topicId, from, to: total }, checkLock);
      const added = this.#newPartitionStates(total - from);
      const altered = { ...topic, partitions: [...topic.partitions, ...added] };
      checkLock();
      this.#writeTopic(altered);
      return altered;
    });
  }

  /**
   * The topic with its new config. A name that is both set and unset is set; what is not set may be
   * unset. INVALID_CONFIG or POLICY_VIOLATION before anything is written.
   */
  async alterConfig(name: string, { set, unset }: ConfigChange): Promise<Topic> {
    checkTopicName(name);
    for (const key of unset) configRow(key);
    return this.#change((checkLock) => {
      const topic = this.readTopic(name);
      const kept = Object.entries(topic.config).filter(([key]) => !unset.includes(key));
      const config = canonicalOverrides({ ...Object.fromEntries(kept), ...set });
      const altered = { ...topic, config };
      checkLock();
      this.#writeTopic(altered);
      return altered;
    });
  }

  /**
   * The topic as it was. When the call returns it is gone and its bytes are free; if only the latter
   * fails, that error is thrown and the next deletion tries again.
   */
  async deleteTopic(name: string): Promise<Topic> {
    const { fs, directory } = this.#options;
    checkTopicName(name);
    const deleted = await this.#change((checkLock) => {
      const topic = this.readTopic(name);
      checkLock();
      deleteTopicFiles(fs, directory, topic);
      return topic;
    });
    this.sweepTrash();
    return deleted;
  }

  /**
   * Makes what `readTopic` says durable. A creator that was killed between its rename and its sync
   * leaves a topic that everyone sees and a power cut may still take back: whoever is the first to
   * write records into a partition calls this before it acknowledges them.
   */
  confirmTopics(): void {
    const { fs, directory } = this.#options;
    fs.syncDirectory(directory.paths.root);
    fs.syncDirectory(directory.paths.topics);
  }

  /** Frees what deleted topics left. Needs no lock; any writer may call it at any time. */
  sweepTrash(): void {
    emptyTrash(this.#options.fs, this.#options.directory);
  }

  /** Runs `apply` under the registry lock, with the debris of killed writers out of the way. */
  async #change<T>(apply: (checkLock: () => void) => T): Promise<T> {
    const { fs, directory } = this.#options;
    try {
      return await withRegistryLock(directory.paths.registryLock, this.#options, (checkLock) => {
        finishDeletions(fs, directory);
        sweepTemporaryFiles(fs, directory.paths.topics);
        sweepBuilds(fs, directory);
        this.confirmTopics();
        return apply(checkLock);
      });
    } finally {
      // Others' trash is no reason for this change to fail.
      quietly(() => this.sweepTrash());
    }
  }

  /** On failure what was made is cleared away again, as far as it can be: the disk may be full. */
  #makePartitions(partitions: NewPartitions, checkLock: () => void): void {
    const { fs, directory } = this.#options;
    clearDebris(fs, directory, partitions);
    try {
      createPartitions(fs, directory, partitions, checkLock);
    } catch (error) {
      quietly(() => {
        sweepBuilds(fs, directory);
        clearDebris(fs, directory, partitions);
      });
      throw error;
    }
  }

  #writeTopic(topic: Topic): void {
    const { fs, directory } = this.#options;
    const path = directory.paths.topicFile(topic.topic);
    const bytes = formatTopicFile(topic);
    replaceFileDurably(fs, path, bytes, directory.filePermissions, randomNonce());
  }

  #newPartitionStates(count: number): PartitionState[] {
    const leader = this.#options.directory.brokers[0]?.id;
    assert(leader !== undefined, 'a data directory has a broker');
    return Array.from({ length: count }, () => ({ replicas: [leader], leader, leaderEpoch: 0 }));
  }
}

function quietly(tidy: () => void): void {
  try {
    tidy();
  } catch {
    // A later writer tries again.
  }
}

function unknownTopic(name: string, topics: readonly string[]): CoreError {
  const guess = nearest(name, topics);
  return new CoreError('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic ${name}`, {
    details: { topic: name, nearest: guess ?? null, topics },
    suggestion:
      guess === undefined ? `Create it: spool topic create ${name}` : `Did you mean ${guess}?`,
  });
}

/** What can be said of a new topic without looking at the others; its config in canonical form. */
export function checkNewTopic(newTopic: NewTopic): ConfigOverrides {
  const { name, partitions, replicationFactor, isInternal } = newTopic;
  checkNewTopicName({ name, existing: [], isInternal });
  checkPartitionCount(name, partitions);
  checkReplicationFactor(replicationFactor);
  return canonicalOverrides(newTopic.config);
}

function checkReplicationFactor(replicationFactor: number): void {
  if (replicationFactor === 1) return;
  throw new CoreError(
    'INVALID_REPLICATION_FACTOR',
    `the replication factor cannot be ${replicationFactor}: replicas are not built yet`,
    { details: { replicationFactor }, suggestion: 'Use 1.' },
  );
}

function notMorePartitions(topic: string, count: number, total: number): CoreError {
  const message =
    total === count
      ? `topic ${topic} has ${count} partitions already`
      : `topic ${topic} has ${count} partitions and cannot get fewer (${total})`;
  return new CoreError('INVALID_PARTITIONS', message, {
    details: { topic, partitions: count, requested: total },
  });
}
