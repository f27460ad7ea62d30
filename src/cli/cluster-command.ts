/** A command about topics or records: it opens the cluster, and closes it when it ends. */
import { CoreError, isCoreError } from '../core/errors.js';
import type { Cluster, ClusterRequest } from '../core/index.js';
import { createCluster, openCluster } from '../core/index.js';
import { BaseCommand } from './base-command.js';
import { invalidArgument, quoted } from './grammar/invalid-argument.js';
import { parseTopicArgument } from './grammar/topic-argument.js';

/** A lock is held for milliseconds; whoever holds one for so long is stopped or stuck. */
const LOCK_TIMEOUT_MS = 30_000;

export abstract class ClusterCommand extends BaseCommand {
  /** DATA_DIR_NOT_FOUND if there is no data directory. */
  protected async openCluster(): Promise<Cluster> {
    return this.#closeAtEnd(await openCluster(this.#request()));
  }

  /** The same; where there is no data directory it is made. */
  protected async createCluster(): Promise<Cluster> {
    const cluster = await createCluster(this.#request(), (text) => this.warn(text));
    return this.#closeAtEnd(cluster);
  }

  /**
   * The topics that the words name, each once: a name stands for itself (whether it exists is seen
   * when it is used), a glob for all that match. A word that names nothing, or a partition where whole
   * topics are meant, is reported as a failed target. No words: all topics.
   */
  protected async topicsNamed(cluster: Cluster, words: readonly string[]): Promise<string[]> {
    const existing = await cluster.topicNames();
    const visible = existing.filter((name) => !name.startsWith('__'));
    if (words.length === 0) return visible;
    const names = await this.forEachTarget(words, (word) => wholeTopics(word, visible));
    return [...new Set(names.flat())];
  }

  /**
   * Acts on each topic that the words name. Where all topics are meant, one that is deleted meanwhile
   * is no failure.
   */
  protected async forEachTopic<T>(
    cluster: Cluster,
    words: readonly string[],
    act: (topic: string) => Promise<T>,
  ): Promise<T[]> {
    const names = await this.topicsNamed(cluster, words);
    if (words.length > 0) return this.forEachTarget(names, act);
    const results = await this.forEachTarget(names, async (name) => {
      try {
        return [await act(name)];
      } catch (error) {
        if ((await cluster.topicNames()).includes(name)) throw error;
        return [];
      }
    });
    return results.flat();
  }

  /** Somebody who left out the topic is told which ones there are. */
  protected override async hintForMissing(argument: string): Promise<string | undefined> {
    if (argument !== 'topic') return undefined;
    try {
      const names = await (await this.openCluster()).topicNames();
      return names.length === 0 ? undefined : `topics: ${names.slice(0, 20).join(' ')}`;
    } catch (error) {
      if (isCoreError(error)) return undefined;
      throw error;
    }
  }

  #request(): ClusterRequest {
    return {
      path: this.dataDirectory(),
      command: (this.id ?? '').replaceAll(':', ' '),
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      now: () => this.now(),
      random: Math.random,
      stop: this.stop,
    };
  }

  #closeAtEnd(cluster: Cluster): Cluster {
    this.onEnd(() => {
      cluster.close();
    });
    return cluster;
  }
}

/** A topic of one partition, unless there is one of that name, or another process is just as quick. */
export async function createIfMissing(cluster: Cluster, name: string): Promise<void> {
  if ((await cluster.topicNames()).includes(name)) return;
  try {
    await cluster.createTopic({ name, partitions: 1, replicationFactor: 1, config: {} });
  } catch (error) {
    if (!isCoreError(error, 'TOPIC_ALREADY_EXISTS')) throw error;
  }
}

function wholeTopics(word: string, existing: readonly string[]): readonly string[] {
  const { topic, isGlob, partition, matches } = parseTopicArgument(word);
  if (partition !== undefined) {
    throw invalidArgument(`${quoted(word)} names a partition; this is for whole topics`);
  }
  if (!isGlob) return [topic];
  const found = existing.filter(matches);
  if (found.length > 0) return found;
  throw new CoreError('UNKNOWN_TOPIC_OR_PARTITION', `no topic matches ${word}`, {
    details: { pattern: word, topics: existing },
  });
}
