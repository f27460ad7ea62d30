/**
 * Where in a segment to begin reading. Both functions answer with a position that is certainly not
 * behind what is looked for; the caller scans on from there. The indexes only shorten the way: an
 * entry that the log does not confirm is passed over and the way begins at the first byte.
 */
import { BatchScanner } from './batch-scanner.js';
import type { OffsetPosition } from './offset-index.js';
import type { Segment } from './segment.js';
import type { TimestampOffset } from './time-index.js';

const PROBE_BYTES = 4 * 1024;

/** A position at or before the batch that holds `offset`, at the start of a batch. */
export function positionForOffset(segment: Segment, offset: number): number {
  const entry = segment.offsetIndex?.lookup(offset);
  if (entry === undefined || probe(segment, entry) !== entry.offset) return 0;
  return entry.position;
}

/**
 * A position at or before the first batch with a record at or after `timestamp`. (Kafka:
 * LogSegment.findOffsetByTimestamp.)
 */
export function positionForTimestamp(segment: Segment, timestamp: number): number {
  const newest = segment.timeIndex?.lookup(timestamp);
  if (newest === undefined || !isConfirmed(segment, newest)) return 0;
  return positionForOffset(segment, newest.offset);
}

/** Whether the batch that a time index entry names is there and has that maximum. */
export function isConfirmed(segment: Segment, { timestamp, offset }: TimestampOffset): boolean {
  if (offset < segment.baseOffset) return false;
  const sizeBytes = segment.log.stat().sizeBytes;
  const scanner = new BatchScanner(segment.log, {
    startPosition: positionForOffset(segment, offset),
    endPosition: sizeBytes,
    checkCrcFrom: sizeBytes,
    chunkBytes: PROBE_BYTES,
  });
  // The entry of an old broker names a record inside the batch, not the batch's last.
  while (scanner.next()) {
    if (scanner.batch.lastOffset >= offset) return scanner.batch.maxTimestamp === timestamp;
  }
  return false;
}

/** The last offset of the batch that an entry points at, if there is one. */
function probe(segment: Segment, entry: OffsetPosition): number | undefined {
  const sizeBytes = segment.log.stat().sizeBytes;
  if (entry.position <= 0 || entry.position >= sizeBytes) return undefined;
  const scanner = new BatchScanner(segment.log, {
    startPosition: entry.position,
    endPosition: sizeBytes,
    checkCrcFrom: sizeBytes,
    chunkBytes: PROBE_BYTES,
  });
  return scanner.next() ? scanner.batch.lastOffset : undefined;
}
