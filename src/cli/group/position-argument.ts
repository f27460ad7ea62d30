/** `orders=120`, `orders:2=120`: a partition, and the offset at which a group is to stand. */
import type { Cluster, TopicPartition } from '../../core/index.js';
import { invalidArgument, quoted } from '../grammar/invalid-argument.js';
import { parseTopicArgument } from '../grammar/topic-argument.js';

export interface PositionArgument {
  readonly topic: string;
  /** undefined: the only one that the topic has. */
  readonly partition: number | undefined;
  readonly offset: number;
}

export function parsePositionArgument(text: string): PositionArgument {
  const equalsAt = text.lastIndexOf('=');
  if (equalsAt === -1) {
    throw invalidArgument(
      `${quoted(text)} says no offset`,
      `write it like ${text}=120; spool group seek takes start, end and times`,
    );
  }
  const { topic, partition, isGlob } = parseTopicArgument(text.slice(0, equalsAt));
  if (isGlob) throw invalidArgument(`${quoted(text)}: a pattern cannot have one offset`);
  const digits = text.slice(equalsAt + 1);
  const offset = Number(digits);
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(offset)) {
    throw invalidArgument(
      `${quoted(text)}: ${quoted(digits)} is not an offset`,
      'spool group seek takes start, end and times',
    );
  }
  return { topic, partition, offset };
}

/** Each partition at most once. INVALID_ARGUMENT where it is not clear which one is meant. */
export async function resolvePositions(
  words: readonly string[],
  cluster: Cluster,
): Promise<(TopicPartition & { readonly offset: number })[]> {
  const offsets = new Map<string, TopicPartition & { readonly offset: number }>();
  for (const argument of words.map(parsePositionArgument)) {
    const { topic, offset } = argument;
    const partition = argument.partition ?? (await onlyPartition(cluster, topic, offset));
    const name = `${topic}:${partition}`;
    if (offsets.has(name)) throw invalidArgument(`${name} is given two offsets`);
    offsets.set(name, { topic, partition, offset });
  }
  return [...offsets.values()];
}

async function onlyPartition(cluster: Cluster, topic: string, offset: number): Promise<number> {
  const { partitions } = await cluster.describeTopic(topic);
  const [only, ...others] = partitions;
  if (only !== undefined && others.length === 0) return only.partition;
  throw invalidArgument(
    `${topic} has ${partitions.length} partitions: say which one`,
    `write it like ${topic}:0=${offset}`,
  );
}
