/**
 * Records that a reader passes over because they are not there, and why:
 *
 * - `pruned`: retention or a trim let go of them while they were still to be read.
 * - `unsynced`: their sync had failed, nobody was promised them, and the disk does not have them.
 * - `repaired`: `verify --repair` gave them up.
 * - `damaged`: they cannot be read, and the reader was told to go on all the same. `damage` says where.
 *
 * An empty range stands for damage behind which nothing tells how many records there were.
 */
import type { CoreError } from '../errors.js';
import { type OffsetRange, isCovered, withRange } from './offset-range.js';
import type { KeptState } from './control-file.js';

export type LogGapReason = 'pruned' | 'unsynced' | 'repaired' | 'damaged';

export interface LogGap extends OffsetRange {
  readonly reason: LogGapReason;
  readonly damage?: CoreError | undefined;
}

/** The sync of the record at `offset` was refused. */
export function isFailed(
  { failedRanges }: Pick<KeptState, 'failedRanges'>,
  offset: number,
): boolean {
  return isCovered({ firstOffset: offset, endOffset: offset + 1 }, failedRanges);
}

/** Why records may be missing there, as far as it is known to the partition; undefined: it is news. */
export function knownLoss(
  range: OffsetRange,
  { failedRanges, lostRanges }: Pick<KeptState, 'failedRanges' | 'lostRanges'>,
): 'unsynced' | 'repaired' | undefined {
  if (isCovered(range, failedRanges)) return 'unsynced';
  const all = failedRanges.reduce(withRange, [...lostRanges]);
  return isCovered(range, all) ? 'repaired' : undefined;
}
