/** The newest timestamp of a segment, from its time index where that is complete. */
import type { FileSystem } from '../fs/file-system.js';
import { isConfirmed } from '../segment/segment-lookup.js';
import { scanFromIndex, scanWhole } from '../segment/segment-scan.js';
import { type Segment, closeSegment, openSegment } from '../segment/segment.js';

/** -1 if no record of the segment has a timestamp. */
export function lastTimestamp(
  fs: FileSystem,
  directory: string,
  baseOffset: number,
  isSealed: boolean,
): number {
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
export function maxTimestampOf(segment: Segment, isSealed: boolean): number {
  const { timeIndex } = segment;
  if (isSealed && timeIndex !== undefined && !timeIndex.isRagged) {
    const last = timeIndex.last();
    const isComplete = timeIndex.entryCount === timeIndex.slotCount;
    // Retention goes by the answer, and a wrong bit in a hint must not cost records.
    if (last !== undefined && isComplete && isConfirmed(segment, last)) return last.timestamp;
  }
  const options = { indexIntervalBytes: Infinity, checkCrcFrom: Infinity, allowGaps: true };
  return (scanFromIndex(segment, options) ?? scanWhole(segment, options)).tail.maxTimestamp;
}
