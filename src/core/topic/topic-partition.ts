import { assert } from '../assert.js';
import { isTopicName } from './topic-name.js';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

const NAME = /^(.+)-(0|[1-9]\d{0,9})$/s;
/** Partitions are int32 in Kafka. */
const PARTITION_MAX = 2147483647;

/** `orders-0`: the name of the partition's folder. The topic's name has been checked. */
export function formatTopicPartition({ topic, partition }: TopicPartition): string {
  assert(isTopicName(topic), 'a topic name that was never checked');
  assert(isPartition(partition), 'a partition number out of range');
  return `${topic}-${partition}`;
}

/**
 * The reverse, split at the last dash; undefined for what `formatTopicPartition` never makes, such as
 * `orders`, `orders-00` or `orders-0-delete`.
 */
export function parseTopicPartition(name: string): TopicPartition | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [, topic = '', digits] = match;
  const partition = Number(digits);
  return isTopicName(topic) && isPartition(partition) ? { topic, partition } : undefined;
}

/** The order in which locks are taken: by topic (code units), then by number. */
export function compareTopicPartitions(left: TopicPartition, right: TopicPartition): number {
  if (left.topic !== right.topic) return left.topic < right.topic ? -1 : 1;
  return left.partition - right.partition;
}

function isPartition(partition: number): boolean {
  return Number.isInteger(partition) && partition >= 0 && partition <= PARTITION_MAX;
}
