/** The engine of this machine: a data directory, and nothing that must run. */
import { CoreError, isCoreError } from '../errors.js';
import { Consumer, type ConsumePlan } from '../consumer/consumer.js';
import { type Position, keptRange, resolvePosition } from '../consumer/position.js';
import { openLocks } from '../fs/choose-locks.js';
import { CombinedLocks } from '../fs/combined-lock.js';
import { createFileDurably } from '../fs/durable.js';
import type { Environment } from '../fs/environment.js';
import type { LockableFile, LockProvider } from '../fs/lock.js';
import type { LockWait } from '../log/log-lock.js';
import { planRetention, segmentFacts } from '../log/retention.js';
import { Producer } from '../producer/producer.js';
import type { DataDirectory } from '../topic/data-directory.js';
import { OpenTopic } from '../topic/open-topic.js';
import { OwnedLock } from '../topic/owned-lock.js';
import { TOPICS_BEING_CHANGED } from '../topic/registry-lock.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import { type ConfigChange, TopicRegistry } from '../topic/topic-registry.js';
import type {
  Cluster,
  PartitionRetention,
  ProduceRequest,
  RecordProducer,
  TopicDescription,
  TopicRequest,
  TopicSummary,
  TrimResult,
} from './cluster.js';
import { attempt } from './attempt.js';
import type { GroupPositions } from './group-positions.js';
import type { Groups } from './groups.js';
import type { ConsumeTarget, RecordConsumer } from './record-consumer.js';
import { describeTopic, summarizeTopic } from './topic-description.js';

export interface DirectoryClusterOptions {
  /** How long to wait for a lock, in ms. */
  readonly lockTimeoutMs: number;
  readonly stop: AbortSignal;
  /** In [0, 1). */
  readonly random: () => number;
}

const LAST_WAIT_MS = 500;

export class DirectoryCluster implements Cluster {
  readonly env: Environment;
  readonly directory: DataDirectory;
  readonly #options: DirectoryClusterOptions;
  readonly #registry: TopicRegistry;
  #brokerLock: LockableFile | undefined;

  constructor(env: Environment, directory: DataDirectory, options: DirectoryClusterOptions) {
    this.env = env;
    this.directory = directory;
    this.#options = options;
    this.#registry = new TopicRegistry({
      fs: env.fs,
      directory,
      now: () => env.now(),
      lockTimeoutMs: options.lockTimeoutMs,
      signal: options.stop,
      openLock: (path) => {
        this.#shareLogDirectory();
        const lock = this.#rareLocks(false).open(path);
        return new OwnedLock(lock, { user: env, what: TOPICS_BEING_CHANGED });
      },
    });
  }

  /** After a stop was requested what is at hand is still finished, if that takes no waiting. */
  get #wait(): LockWait {
    const { stop, lockTimeoutMs } = this.#options;
    return stop.aborted ? { timeoutMs: LAST_WAIT_MS } : { timeoutMs: lockTimeoutMs, signal: stop };
  }

  /** For what is rare and changes much: both locks at once, where the protocol is `kernel`. */
  #rareLocks(ignoreFullDisk: boolean): LockProvider {
    if (this.env.locks.protocol === 'lockfile') return this.env.locks;
    openLocks(this.env.locks.protocol);
    return new CombinedLocks({ ignoreFullDisk });
  }

  /** A running Kafka broker holds this lock alone; all our writers share it. */
  #shareLogDirectory(): void {
    if (this.#brokerLock !== undefined) return;
    const { log, brokerLock } = this.directory.paths;
    const lock = this.#openBrokerLock(brokerLock);
    if (!lock.tryLockShared()) {
      lock.close();
      throw new CoreError('BUSY', `a Kafka broker is running on ${log}`, {
        details: { path: brokerLock },
        suggestion: 'stop the broker before writing here; reading works meanwhile',
      });
    }
    this.#brokerLock = lock;
  }

  /** A broker removes its lock file when it stops. */
  #openBrokerLock(path: string): LockableFile {
    const { fs, locks } = this.env;
    try {
      return locks.open(path);
    } catch (error) {
      if (!isCoreError(error, 'FILE_NOT_FOUND')) throw error;
    }
    try {
      createFileDurably(fs, path, new Uint8Array(0), this.directory.filePermissions);
    } catch (error) {
      // Another writer of ours was quicker.
      if (!isCoreError(error, 'FILE_EXISTS')) throw error;
    }
    return locks.open(path);
  }

  /** For what rewrites the files of a partition: locks of both kinds, and no broker on the directory. */
  rareEnvironment(): { readonly env: Environment; readonly wait: LockWait } {
    this.#shareLogDirectory();
    return { env: { ...this.env, locks: this.#rareLocks(false) }, wait: this.#wait };
  }

  openTopic(name: string): OpenTopic {
    return new OpenTopic(this.env, this.directory, this.#registry, name);
  }

  topicNames(): Promise<string[]> {
    return attempt(() => this.#registry.listTopics());
  }

  summarizeTopic(name: string): Promise<TopicSummary> {
    return attempt(() => summarizeTopic(this.env, this.openTopic(name)));
  }

  describeTopic(name: string): Promise<TopicDescription> {
    return attempt(() => describeTopic(this.env, this.openTopic(name)));
  }

  async createTopic(request: TopicRequest): Promise<TopicDescription> {
    const { topic } = await this.#registry.createTopic({ ...request, isInternal: false });
    return this.describeTopic(topic);
  }

  async alterTopic(name: string, change: ConfigChange): Promise<TopicDescription> {
    await this.#registry.alterConfig(name, change);
    return this.describeTopic(name);
  }

  async addPartitions(name: string, total: number): Promise<TopicDescription> {
    await this.#registry.addPartitions(name, total);
    return this.describeTopic(name);
  }

  async deleteTopic(name: string): Promise<void> {
    await this.#registry.deleteTopic(name);
  }

  async planTrim(target: ConsumeTarget, before: Position): Promise<TrimResult[]> {
    const groups = await this.#groupPositions(before);
    return attempt(() =>
      this.#partitionsOf(target).map(({ topic, partition }) => {
        const reader = topic.openReader(partition);
        const kept = keptRange(reader);
        const newStartOffset =
          groups?.offsetOf(before, placeOf(topic, partition)) ??
          resolvePosition(before, reader, kept);
        if (newStartOffset > kept.end.offset) {
          throw new CoreError(
            'OFFSET_OUT_OF_RANGE',
            `${topic.name}:${partition} ends at offset ${kept.end.offset}, before ${newStartOffset}`,
            { details: { topic: topic.name, partition, offset: newStartOffset } },
          );
        }
        const facts = segmentFacts(this.env.fs, reader.location.directory, kept.end.offset);
        const freed = facts.filter(
          ({ isActive, endOffset }) => !isActive && endOffset <= newStartOffset,
        );
        return {
          topic: topic.name,
          partition,
          oldStartOffset: kept.startOffset,
          newStartOffset: Math.max(kept.startOffset, newStartOffset),
          freedBytes: freed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        };
      }),
    );
  }

  async trimTopic(target: ConsumeTarget, before: Position): Promise<TrimResult[]> {
    this.#shareLogDirectory();
    const env = { ...this.env, locks: this.#rareLocks(true) };
    const results: TrimResult[] = [];
    for (const plan of await this.planTrim(target, before)) {
      const writer = this.openTopic(plan.topic).openWriter(plan.partition, env);
      try {
        const { removals, newLogStartOffset } = await writer.trim(plan.newStartOffset, this.#wait);
        const freedBytes = removals.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        results.push({ ...plan, newStartOffset: newLogStartOffset, freedBytes });
      } finally {
        writer.close();
      }
    }
    return results;
  }

  openProducer(name: string, request: ProduceRequest): Promise<RecordProducer> {
    return attempt(() => {
      const topic = this.openTopic(name);
      this.#shareLogDirectory();
      const { random } = this.#options;
      return new Producer(this.env, topic, { ...request, wait: () => this.#wait, random });
    });
  }

  async openConsumer(
    targets: readonly ConsumeTarget[],
    request: ConsumePlan,
  ): Promise<RecordConsumer> {
    const groups = await this.#groupPositions(request.from, request.until);
    return attempt(() => {
      const partitions = targets.flatMap((target) =>
        this.#partitionsOf(target).map(({ topic, partition }) => {
          const place = placeOf(topic, partition);
          return {
            topic: topic.name,
            partition,
            reader: topic.openReader(partition, request),
            fromOffset: groups?.offsetOf(request.from, place),
            untilOffset: groups?.offsetOf(request.until, place),
          };
        }),
      );
      return new Consumer(partitions, { ...request, now: () => this.env.now() });
    });
  }

  /** undefined if none of the positions names a group. */
  async #groupPositions(
    ...positions: (Position | undefined)[]
  ): Promise<GroupPositions | undefined> {
    if (!positions.some((position) => position?.kind === 'group')) return undefined;
    const { GroupPositions: Positions } = await import('./group-positions.js');
    return new Positions(this.env, this.directory);
  }

  planRetention(name: string): Promise<PartitionRetention[]> {
    return attempt(() => {
      const nowMs = this.env.now();
      return this.#partitionsOf({ topic: name, partitions: undefined }).map(
        ({ topic, partition }) => {
          const reader = topic.openReader(partition);
          const kept = keptRange(reader);
          const plan = planRetention({
            segments: segmentFacts(this.env.fs, reader.location.directory, kept.end.offset),
            logStartOffset: kept.startOffset,
            config: topic.config,
            nowMs,
          });
          return { topic: topic.name, partition, ...plan };
        },
      );
    });
  }

  async applyRetention(name: string): Promise<PartitionRetention[]> {
    const topic = this.openTopic(name);
    this.#shareLogDirectory();
    const env = { ...this.env, locks: this.#rareLocks(true) };
    const results: PartitionRetention[] = [];
    for (let partition = 0; partition < topic.partitionCount; partition++) {
      const writer = topic.openWriter(partition, env);
      try {
        results.push({ topic: name, partition, ...(await writer.prune(this.#wait)) });
      } finally {
        writer.close();
      }
    }
    return results;
  }

  async openGroups(): Promise<Groups> {
    const { DirectoryGroups } = await import('./directory-groups.js');
    return new DirectoryGroups(this.env, this.directory, {
      openTopic: (name) => this.openTopic(name),
      wait: () => this.#wait,
      stop: this.#options.stop,
    });
  }

  #partitionsOf({
    topic: name,
    partitions,
  }: ConsumeTarget): { readonly topic: OpenTopic; readonly partition: number }[] {
    const topic = this.openTopic(name);
    const all = Array.from({ length: topic.partitionCount }, (_, partition) => partition);
    for (const partition of partitions ?? []) topic.checkPartition(partition);
    return [...(partitions ?? all)].map((partition) => ({ topic, partition }));
  }

  close(): void {
    this.#brokerLock?.close();
    this.#brokerLock = undefined;
  }
}

function placeOf(
  { name, topic }: OpenTopic,
  partition: number,
): TopicPartition & { readonly topicId: string } {
  return { topic: name, partition, topicId: topic.topicId };
}
