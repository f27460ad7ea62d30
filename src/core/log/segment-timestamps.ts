/** The newest timestamp of a segment, from its time index where that is complete. */
import type { FileSystem } from '../fs/file-system.js';
import { isConfirmed } from '../segment/segment-lookup.js';
import { scanFromIndex, scanWhole } from '../segment/segment-scan.js';
import { type Segment, closeSegment, openSegment } from '../segment/segment.js';

export interface MaxTimestamp {
  /** In ms; -1 if no record has one. */
  readonly timestamp: number;
  /** False where damage hides records: there may be newer ones. */
  readonly isCertain: boolean;
}

export function lastTimestamp(
  fs: FileSystem,
  directory: string,
  baseOffset: number,
  isSealed: boolean,
): MaxTimestamp {
  const segment = openSegment(fs, directory, baseOffset);
  try {
    return maxTimestampOf(segment, isSealed);
  } finally {
    closeSegment(segment);
  }
}

/**
 * Of an open segment. A sealed one's last time entry tells, unless the index is missing, wrong or padded
 * (as a killed broker leaves it); the tail of the active one is scanned.
 */
export function maxTimestampOf(segment: Segment, isSealed: boolean): MaxTimestamp {
  const { timeIndex } = segment;
  if (isSealed && timeIndex !== undefined && !timeIndex.isRagged) {
    const last = timeIndex.last();
    const isComplete = timeIndex.entryCount === timeIndex.slotCount;
    // Retention goes by the answer, and a wrong bit in a hint must not cost records.
    if (last !== undefined && isComplete && isConfirmed(segment, last)) {
      return { timestamp: last.timestamp, isCertain: true };
    }
  }
  const options = { indexIntervalBytes: Infinity, checkCrcFrom: 0, allowGaps: true };
  const { tail, stop, ghostCount } = scanFromIndex(segment, options) ?? scanWhole(segment, options);
  return { timestamp: tail.maxTimestamp, isCertain: stop.kind === 'end' && ghostCount === 0 };
}
