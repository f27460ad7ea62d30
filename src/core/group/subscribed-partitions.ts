import type { TopicPartition } from '../topic/topic-partition.js';
import type { Subscription } from './group-state.js';

/** What a member subscribes to, to be asked about many partitions. The topics need not exist. */
export class SubscribedPartitions {
  /** Topic to partitions; null: all. */
  readonly #partitions = new Map<string, Set<number> | null>();

  /** A topic may be named more than once: the member wants all that is named. */
  constructor(subscriptions: readonly Subscription[]) {
    for (const { topic, partitions } of subscriptions) {
      const earlier = this.#partitions.get(topic);
      const isWhole = partitions === null || earlier === null;
      this.#partitions.set(topic, isWhole ? null : new Set([...(earlier ?? []), ...partitions]));
    }
  }

  get topics(): readonly string[] {
    return [...this.#partitions.keys()];
  }

  has({ topic, partition }: TopicPartition): boolean {
    const partitions = this.#partitions.get(topic);
    return partitions === null || (partitions?.has(partition) ?? false);
  }
}
