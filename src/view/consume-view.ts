/** What `consume` says about its output on stderr. */
import type { Gap, PendingDescription, PositionGap } from '../core/index.js';
import { formatCount, formatCounted } from './numbers.js';

export function ambiguityText(count: number): string {
  const verb = count === 1 ? 'contains' : 'contain';
  return `${formatCounted(count, 'record')} ${verb} the delimiter; -0 or -F json keeps them apart`;
}

export function gapText({ topic, partition, firstOffset, endOffset }: Gap): string {
  const count = formatCount(endOffset - firstOffset);
  return `${topic}:${partition}: offsets ${firstOffset} to ${endOffset - 1} (${count}) were pruned before they could be read`;
}

/** A group's position that nothing is kept at. */
export function positionGapText(group: string, gap: PositionGap): string {
  const { topic, partition, position, logStartOffset, logEndOffset, newPosition } = gap;
  const place = `${topic}:${partition}`;
  if (position < logStartOffset) {
    const lost = logStartOffset - position;
    const gone = `${formatCounted(lost, 'record')} (offsets ${position} to ${logStartOffset - 1}) are gone`;
    return `${place}: ${gone} that group ${group} had not read; it goes on at ${newPosition}`;
  }
  return `${place}: group ${group} stood at ${position}, past the end (${logEndOffset}); it goes on at ${newPosition}`;
}

/** A batch that only a run over all of its partitions can repeat. */
export function waitingText(
  group: string,
  { id, ranges }: Pick<PendingDescription, 'id' | 'ranges'>,
): string {
  const places = ranges.map(({ topic, partition }) => `${topic}:${partition}`).join(' ');
  return `batch ${id} of ${places} waits to be repeated by a run over all of these; until then they are not read. To give it up: spool group seek ${group} --to group`;
}
