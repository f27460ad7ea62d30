/** A sync that the disk refused: its records may or may not be stored. */
import { CoreError, isCoreError } from '../errors.js';
import type { LogLock } from './log-lock.js';
import { type OffsetRange, intersection } from './offset-range.js';

/** SYNC_FAILED, with the range in `details`; `directory` is the partition's. */
export function syncFailed(directory: string, range: OffsetRange, cause?: unknown): CoreError {
  const { firstOffset, endOffset } = range;
  const what =
    firstOffset < endOffset
      ? `offsets ${firstOffset} to ${endOffset - 1}`
      : 'what was appended last';
  return new CoreError('SYNC_FAILED', `${directory}: the disk refused to sync ${what}`, {
    details: { path: directory, firstOffset, endOffset },
    suggestion: 'these records may or may not have been stored; check the disk before writing on',
    cause,
  });
}

/** The part of `range` whose sync failed, whoever tried; undefined if none did. */
export function failedPart(
  range: OffsetRange,
  failedRanges: readonly OffsetRange[],
): OffsetRange | undefined {
  for (const failed of failedRanges) {
    const part = intersection(range, failed);
    if (part !== undefined) return part;
  }
  return undefined;
}

/** A power cut took what had failed at and behind `endOffset`: those offsets are given out anew. */
export function forgetFailedFrom(endOffset: number, lock: Pick<LogLock, 'state' | 'keep'>): void {
  const { failedRanges } = lock.state;
  if (failedRanges.every((range) => range.endOffset <= endOffset)) return;
  const kept = { firstOffset: 0, endOffset };
  lock.keep({ failedRanges: failedRanges.flatMap((range) => intersection(range, kept) ?? []) });
}

/** The same disk has just failed: what it refuses now changes nothing of what is reported. */
export function tryAnyway(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!isCoreError(error)) throw error;
  }
}
