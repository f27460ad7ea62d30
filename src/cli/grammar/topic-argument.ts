import { compileGlob, isGlob } from './glob.js';
import { invalidArgument, quoted } from './invalid-argument.js';

export interface TopicArgument {
  /** A topic's name, or a pattern. */
  readonly topic: string;
  readonly isGlob: boolean;
  /** undefined: all of them. */
  readonly partition: number | undefined;
  /** Whether a topic of that name is meant. */
  readonly matches: (topic: string) => boolean;
}

/** `orders`, `'orders-*'`, `orders:2`. Whether the name is legal or exists is for the core to say. */
export function parseTopicArgument(text: string): TopicArgument {
  const colonAt = text.lastIndexOf(':');
  const topic = colonAt === -1 ? text : text.slice(0, colonAt);
  if (topic === '') throw invalidArgument(`${quoted(text)} names no topic`);
  return {
    topic,
    isGlob: isGlob(topic),
    partition: colonAt === -1 ? undefined : parsePartition(text, text.slice(colonAt + 1)),
    matches: isGlob(topic) ? compileGlob(topic) : (other) => other === topic,
  };
}

function parsePartition(text: string, digits: string): number {
  const partition = Number(digits);
  if (/^\d+$/.test(digits) && partition < 2 ** 31) return partition;
  throw invalidArgument(
    `${quoted(text)}: ${quoted(digits)} is not a partition number`,
    'one partition is written like orders:2, several like orders -p 0,2',
  );
}
