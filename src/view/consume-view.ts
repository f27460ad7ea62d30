/** What `consume` says about its output on stderr. */
import type { Gap } from '../core/index.js';
import { formatCount, formatCounted } from './numbers.js';

export function ambiguityText(count: number): string {
  const verb = count === 1 ? 'contains' : 'contain';
  return `${formatCounted(count, 'record')} ${verb} the delimiter; -0 or -F json keeps them apart`;
}

export function gapText({ topic, partition, firstOffset, endOffset }: Gap): string {
  const count = formatCount(endOffset - firstOffset);
  return `${topic}:${partition}: offsets ${firstOffset} to ${endOffset - 1} (${count}) were pruned before they could be read`;
}
