/**
 * Where everything is in a data directory. The only place where names that users chose become paths:
 * every topic name is checked first (INVALID_TOPIC), so no path leads out of the directory.
 */
import { join } from 'node:path';
import { META_PROPERTIES } from './meta-properties.js';
import { SPOOL_FILE } from './spool-file.js';
import { checkTopicName } from './topic-name.js';
import { formatTopicPartition } from './topic-partition.js';
import type { TopicPartition } from './topic-partition.js';

const TOPIC_FILE_SUFFIX = '.json';

export class DataDirectoryPaths {
  readonly root: string;
  readonly spoolFile: string;
  readonly topics: string;
  readonly groups: string;
  /** Control files. */
  readonly partitions: string;
  readonly locks: string;
  readonly groupLocks: string;
  /** The permanent file that all changes of topics and brokers lock. */
  readonly registryLock: string;
  /** The broker's home. */
  readonly broker: string;
  /** A Kafka log directory; nothing may be in it that a broker would refuse. */
  readonly log: string;
  readonly metaProperties: string;
  /** What a running Kafka broker locks exclusively, and our writers share. */
  readonly brokerLock: string;
  /** Folders in the making, and deleted ones: on the same file system as `log`. */
  readonly tmp: string;
  readonly trash: string;
  /** All of them but the root, the outer ones first. */
  readonly directories: readonly string[];

  /** `broker` is the broker's place, relative to `root`. */
  constructor({ root, broker }: { readonly root: string; readonly broker: string }) {
    this.root = root;
    // Not normalised: a root behind a link ends in `/.`, and so must what is beside this file.
    this.spoolFile = `${root}/${SPOOL_FILE}`;
    this.topics = join(root, 'topics');
    this.groups = join(root, 'groups');
    this.partitions = join(root, 'partitions');
    this.locks = join(root, 'locks');
    this.groupLocks = join(this.locks, 'groups');
    this.registryLock = join(this.locks, 'registry');
    this.broker = join(root, broker);
    this.log = join(this.broker, 'log');
    this.metaProperties = join(this.log, META_PROPERTIES);
    this.brokerLock = join(this.log, '.lock');
    this.tmp = join(this.broker, 'tmp');
    this.trash = join(this.broker, 'trash');
    const names = broker.split('/');
    const around = names.map((_, at) => join(root, ...names.slice(0, at + 1)));
    const { topics, groups, partitions, locks, groupLocks, log, tmp, trash } = this;
    this.directories = [topics, groups, partitions, locks, groupLocks, ...around, log, tmp, trash];
  }

  topicFile(topic: string): string {
    checkTopicName(topic);
    return join(this.topics, topic + TOPIC_FILE_SUFFIX);
  }

  /** The folder of a partition's segments. */
  partition(topicPartition: TopicPartition): string {
    checkTopicName(topicPartition.topic);
    return join(this.log, formatTopicPartition(topicPartition));
  }

  controlFile(topicPartition: TopicPartition): string {
    checkTopicName(topicPartition.topic);
    return join(this.partitions, formatTopicPartition(topicPartition));
  }
}

/** The topic whose file has this name, if the ending is right; the name is yet to be checked. */
export function topicOfFileName(name: string): string | undefined {
  if (!name.endsWith(TOPIC_FILE_SUFFIX)) return undefined;
  return name.slice(0, -TOPIC_FILE_SUFFIX.length);
}
