/** What `consume` says about its output on stderr. */
import type { Gap, PendingDescription, PositionGap } from '../core/index.js';
import { formatCount, formatCounted } from './numbers.js';

export function ambiguityText(count: number): string {
  const verb = count === 1 ? 'contains' : 'contain';
  return `${formatCounted(count, 'record')} ${verb} the delimiter; -0 or -F json keeps them apart`;
}

const GAP_REASONS: Readonly<Record<Gap['reason'], string>> = {
  pruned: 'were pruned before they could be read',
  unsynced: 'are gone: the disk had refused to sync them, and they were never acknowledged',
  repaired: 'are gone: a repair gave them up',
  damaged: 'are passed over',
};

export function gapText({ topic, partition, firstOffset, endOffset, reason, damage }: Gap): string {
  const because = reason === 'damaged' && damage !== undefined ? `: ${damage.message}` : '';
  const place = `${topic}:${partition}`;
  if (firstOffset === endOffset) return `${place}: nothing behind it is readable${because}`;
  const count = formatCount(endOffset - firstOffset);
  const offsets = `offsets ${firstOffset} to ${endOffset - 1} (${count})`;
  return `${place}: ${offsets} ${GAP_REASONS[reason]}${because}`;
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
