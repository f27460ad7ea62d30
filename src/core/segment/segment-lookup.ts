/**
 * Where in a segment to begin reading. Both functions answer with a position that is certainly not
 * behind what is looked for; the caller scans on from there. The indexes only shorten the way: an
 * entry that the log does not confirm is passed over and the way begins at the first byte.
 */
import { BatchScanner } from './batch-scanner.js';
import type { OffsetPosition } from './offset-index.js';
import type { Segment } from './segment.js';

const PROBE_BYTES = 4 * 1024;

/** A position at or before the batch that holds `offset`, at the start of a batch. */
export function positionForOffset(segment: Segment, offset: number): number {
  const entry = segment.offsetIndex?.lookup(offset);
  if (entry === undefined || probe(segment, entry)?.lastOffset !== entry.offset) return 0;
  return entry.position;
}

/**
 * A position at or before the first batch with a record at or after `timestamp`. (Kafka:
 * LogSegment.findOffsetByTimestamp.)
 */
export function positionForTimestamp(segment: Segment, timestamp: number): number {
  const newest = segment.timeIndex?.lookup(timestamp);
  if (newest === undefined) return 0;
  const entry = segment.offsetIndex?.lookup(newest.offset);
  if (entry === undefined) return 0;
  const batch = probe(segment, entry);
  // An entry of ours names the very batch; one of an old broker names a record inside the next.
  return batch?.lastOffset === entry.offset && batch.maxTimestamp <= newest.timestamp
    ? entry.position
    : 0;
}

function probe(
  segment: Segment,
  entry: OffsetPosition,
): { readonly lastOffset: number; readonly maxTimestamp: number } | undefined {
  const sizeBytes = segment.log.stat().sizeBytes;
  if (entry.position <= 0 || entry.position >= sizeBytes) return undefined;
  const scanner = new BatchScanner(segment.log, {
    startPosition: entry.position,
    endPosition: sizeBytes,
    checkCrcFrom: sizeBytes,
    chunkBytes: PROBE_BYTES,
  });
  if (!scanner.next()) return undefined;
  return { lastOffset: scanner.batch.lastOffset, maxTimestamp: scanner.batch.maxTimestamp };
}
