/**
 * A topic that is being written to or read: what its file said, and whether that is still so. The
 * file is replaced, never changed in place, so one stat tells whether it must be read again.
 */
import { CoreError, isCoreError } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import type { FileStat } from '../fs/file-system.js';
import { type LogConfig, logConfigOf } from '../log/log-config.js';
import type { LogLocation } from '../log/log-location.js';
import { LogReader } from '../log/log-reader.js';
import { LogWriter } from '../log/log-writer.js';
import type { DataDirectory } from './data-directory.js';
import type { Topic } from './topic-file.js';
import type { TopicRegistry } from './topic-registry.js';

export class OpenTopic {
  readonly #env: Environment;
  readonly #directory: DataDirectory;
  readonly #registry: TopicRegistry;
  #topic: Topic;
  #config: LogConfig;
  #stat: FileStat | undefined;

  /** UNKNOWN_TOPIC_OR_PARTITION if there is none of that name. */
  constructor(
    env: Environment,
    directory: DataDirectory,
    registry: TopicRegistry,
    topicName: string,
  ) {
    this.#env = env;
    this.#directory = directory;
    this.#registry = registry;
    this.#stat = env.fs.stat(directory.paths.topicFile(topicName));
    this.#topic = registry.readTopic(topicName);
    this.#config = logConfigOf(this.#topic.config);
  }

  get topic(): Topic {
    return this.#topic;
  }

  get name(): string {
    return this.#topic.topic;
  }

  get config(): LogConfig {
    return this.#config;
  }

  get partitionCount(): number {
    return this.#topic.partitions.length;
  }

  /** Throws UNKNOWN_TOPIC_ID once the topic was deleted, or deleted and made anew. */
  checkStillOurs(): void {
    const stat = this.#env.fs.stat(this.#directory.paths.topicFile(this.name));
    if (isSameFile(stat, this.#stat)) return;
    const topic = this.#readAgain();
    if (topic?.topicId !== this.#topic.topicId) {
      throw new CoreError('UNKNOWN_TOPIC_ID', `topic ${this.name} was deleted meanwhile`, {
        details: { topic: this.name, topicId: this.#topic.topicId },
      });
    }
    this.#stat = stat;
    this.#topic = topic;
    this.#config = logConfigOf(topic.config);
  }

  #readAgain(): Topic | undefined {
    try {
      return this.#registry.readTopic(this.name);
    } catch (error) {
      if (isCoreError(error, 'UNKNOWN_TOPIC_OR_PARTITION')) return undefined;
      throw error;
    }
  }

  location(partition: number): LogLocation {
    this.checkPartition(partition);
    const topicPartition = { topic: this.name, partition };
    const { paths, filePermissions } = this.#directory;
    return {
      directory: paths.partition(topicPartition),
      controlPath: paths.controlFile(topicPartition),
      filePermissions,
    };
  }

  /** UNKNOWN_TOPIC_OR_PARTITION unless the topic has that partition. */
  checkPartition(partition: number): void {
    if (partition >= 0 && partition < this.partitionCount) return;
    const last = this.partitionCount - 1;
    throw new CoreError(
      'UNKNOWN_TOPIC_OR_PARTITION',
      `topic ${this.name} has no partition ${partition}`,
      {
        details: { topic: this.name, partition, partitionCount: this.partitionCount },
        suggestion: last === 0 ? 'it has one: 0' : `it has 0 to ${last}`,
      },
    );
  }

  /** UNKNOWN_TOPIC_ID if it was deleted meanwhile. */
  openWriter(partition: number, env: Environment = this.#env): LogWriter {
    try {
      return this.#newWriter(partition, env);
    } catch (error) {
      if (isCoreError(error, 'FILE_NOT_FOUND')) this.checkStillOurs();
      throw error;
    }
  }

  #newWriter(partition: number, env: Environment): LogWriter {
    return new LogWriter(env, {
      location: this.location(partition),
      leaderEpoch: this.#topic.partitions[partition]?.leaderEpoch ?? 0,
      config: () => this.#config,
      confirmCreated: () => {
        this.#registry.confirmTopics();
      },
      checkStillOurs: () => {
        this.checkStillOurs();
      },
    });
  }

  openReader(partition: number, { skipDamaged = false } = {}): LogReader {
    const allowGaps = this.#topic.config['cleanup.policy']?.includes('compact') ?? false;
    return new LogReader(this.#env, this.location(partition), {
      allowGaps,
      skipDamaged,
      checkStillOurs: () => {
        this.checkStillOurs();
      },
    });
  }
}

function isSameFile(a: FileStat | undefined, b: FileStat | undefined): boolean {
  return (
    a !== undefined &&
    a.inode === b?.inode &&
    a.device === b.device &&
    a.modifiedMs === b.modifiedMs
  );
}
