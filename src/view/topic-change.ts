/** What is said of a change to a topic: sentences for standard error. */
import { formatCount, formatCounted } from './numbers.js';
import type { TopicDocument } from './topic-document.js';

export function createdText({ topic, partitions }: TopicDocument): string {
  return `created ${topic}: ${formatCounted(partitions.length, 'partition')}`;
}

export function alteredText({ topic, config }: TopicDocument): string {
  const pairs = Object.entries(config).map(([name, value]) => `${name}=${value}`);
  return `${topic}: ${pairs.length === 0 ? 'all configs have their defaults' : pairs.join(' ')}`;
}

export function addedPartitionsText({ topic, partitions }: TopicDocument): string {
  return `${topic} has ${formatCount(partitions.length)} partitions`;
}

export function movedKeysWarning({ topic }: TopicDocument): string {
  return `${topic}: from now on a key may go to another partition than its older records`;
}

/** One for each of the named configs that is kept but changes nothing; the same for all topics. */
export function ignoredConfigNotes(
  topics: readonly TopicDocument[],
  names: readonly string[],
): string[] {
  const reasons = topics[0]?.ignoredConfig ?? {};
  return [...new Set(names)].flatMap((name) => {
    const reason = reasons[name];
    return reason === undefined ? [] : [`note: ${name} is kept, but changes nothing: ${reason}`];
  });
}
