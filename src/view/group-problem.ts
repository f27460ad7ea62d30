/** What is wrong with a position, in words. */
import type { GroupPartitionDocument } from './group-document.js';
import { formatCounted } from './numbers.js';

export function problemText(place: GroupPartitionDocument): string | undefined {
  const { topic, partition, committedOffset, logStartOffset, logEndOffset, problem } = place;
  const name = `${topic}:${partition}`;
  switch (problem) {
    case null:
      return undefined;
    case 'topic-deleted':
      return `${name} is not there any more: the topic was deleted`;
    case 'topic-recreated':
      return `${name} is not what was read: the topic was deleted and made anew`;
    case 'below-start': {
      const lost = formatCounted((logStartOffset ?? 0) - committedOffset, 'record');
      return `${name} is at ${committedOffset}, but its records begin at ${logStartOffset ?? '?'}: ${lost} lost`;
    }
    case 'above-end':
      return `${name} is at ${committedOffset}, but its records end at ${logEndOffset ?? '?'}`;
  }
}
