import type { TopicPartition } from '../topic/topic-partition.js';
import type { AssignorMember } from './assignor-member.js';

/**
 * The partitions to assign, by topic and number: of the topics that somebody subscribes to, in order of
 * name. Each partition is one object here, so that it can be the key of a Map.
 */
export type PartitionTable = ReadonlyMap<string, readonly TopicPartition[]>;

/** Partition (an object of the table) to member id. */
export type Holders = Map<TopicPartition, string>;

/** `partitions` is topic to partition count; subscribed topics that it lacks do not exist (yet). */
export function tabulatePartitions(
  partitions: ReadonlyMap<string, number>,
  members: readonly AssignorMember[],
): PartitionTable {
  const table = new Map<string, TopicPartition[]>();
  for (const topic of [...new Set(members.flatMap(({ topics }) => topics))].sort()) {
    const length = partitions.get(topic) ?? 0;
    if (length > 0)
      table.set(
        topic,
        Array.from({ length }, (_, partition) => ({ topic, partition })),
      );
  }
  return table;
}

/** Every partition of the table: by topic, then by number. */
export function listPartitions(table: PartitionTable): TopicPartition[] {
  return [...table.values()].flat();
}
