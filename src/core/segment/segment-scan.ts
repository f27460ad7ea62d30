/**
 * Finds the end of a segment: from the last index entry that the log agrees with, or from the
 * beginning when there is none.
 *
 * Offsets within a segment follow one another (an active segment is never compacted; of a sealed one
 * that was, with `allowGaps`, they grow). A batch whose offsets were given out before (`ghost`) was
 * appended by a writer that had lost its lock; it is passed over and counted, as readers do.
 */
import type { File } from '../fs/file-system.js';
import { BatchScanner, type ScanStop } from './batch-scanner.js';
import { isConfirmed } from './segment-lookup.js';
import type { Segment, WritableSegment } from './segment.js';
import { SegmentTail } from './segment-tail.js';

export interface SegmentScan {
  readonly tail: SegmentTail;
  /** Why the scan ended; `end` when every byte belongs to a whole batch. */
  readonly stop: ScanStop;
  readonly ghostCount: number;
}

export interface SegmentScanOptions {
  readonly indexIntervalBytes: number;
  /** Batches below this position are known to be good: only their headers are looked at. */
  readonly checkCrcFrom: number;
  readonly allowGaps?: boolean;
}

/**
 * The end of the segment as it is now, found through the index. Undefined when the index is wrong
 * (torn, past the end, or at odds with the log): scan the whole segment instead.
 */
export function scanFromIndex(
  segment: Segment,
  options: SegmentScanOptions,
): SegmentScan | undefined {
  const { offsetIndex, timeIndex } = segment;
  if (offsetIndex === undefined || timeIndex === undefined) return undefined;
  if (offsetIndex.isRagged || timeIndex.isRagged) return undefined;
  const entryCount = offsetIndex.entryCount;
  if (entryCount !== offsetIndex.slotCount || timeIndex.entryCount !== timeIndex.slotCount) {
    return undefined;
  }
  const anchor = offsetIndex.entry(entryCount - 1);
  const newest = timeIndex.last();
  if (newest !== undefined && !isConfirmed(segment, newest)) return undefined;
  const tail = new SegmentTail(segment.baseOffset);
  if (anchor !== undefined) {
    if (anchor.position <= 0 || newest === undefined) return undefined;
    tail.lastIndexedPosition = anchor.position;
    tail.maxTimestamp = newest.timestamp;
    tail.maxTimestampOffset = newest.offset;
  }
  const scan = scanOnwards(segment, tail, anchor?.position ?? 0, options);
  if (anchor !== undefined && scan.firstLastOffset !== anchor.offset) return undefined;
  // An entry for a batch that a cut took away, or that never was.
  if (newest !== undefined && newest.offset >= tail.nextOffset) return undefined;
  return scan;
}

/** The same from the first byte, for an index that cannot be trusted. Rewrites none. */
export function scanWhole(segment: Segment, options: SegmentScanOptions): SegmentScan {
  const tail = new SegmentTail(segment.baseOffset);
  return scanOnwards(segment, tail, 0, options);
}

/** Scans on from a known end, after others have appended. */
export function scanGrowth(
  segment: Segment,
  tail: SegmentTail,
  options: SegmentScanOptions,
): SegmentScan {
  return scanOnwards(segment, tail, tail.sizeBytes, options);
}

/**
 * Scans the whole segment and writes both indexes anew, as appending its batches one by one would
 * have written them. A crash half-way leaves shorter indexes, which are legal.
 */
export function rebuildIndexes(segment: WritableSegment, options: SegmentScanOptions): SegmentScan {
  segment.offsetIndex.file.truncate(0);
  segment.timeIndex.file.truncate(0);
  const tail = new SegmentTail(segment.baseOffset);
  return scanOnwards(segment, tail, 0, options, () => appendIndexEntries(segment, tail));
}

/**
 * The index entries for the batch that `tail` counted in last: first the time index, so that a crash
 * between the two never leaves an offset entry whose timestamps no time entry covers.
 */
export function appendIndexEntries(segment: WritableSegment, tail: SegmentTail): void {
  if (appendTimeEntry(segment, tail)) {
    segment.offsetIndex.append(tail.nextOffset - 1, tail.lastIndexedPosition);
  }
}

/** The time entry that is due, if one is; false only where the disk is full. */
export function appendTimeEntry(segment: WritableSegment, tail: SegmentTail): boolean {
  const last = segment.timeIndex.last();
  if (tail.isEmpty || (last !== undefined && tail.maxTimestamp <= last.timestamp)) return true;
  if (tail.maxTimestamp < 0) return true;
  return segment.timeIndex.append(tail.maxTimestamp, tail.maxTimestampOffset);
}

function scanOnwards(
  segment: Segment,
  tail: SegmentTail,
  startPosition: number,
  options: SegmentScanOptions,
  onIndexEntryDue?: () => void,
): SegmentScan & { readonly firstLastOffset: number | undefined } {
  const scanner = new BatchScanner(segment.log, {
    startPosition,
    endPosition: segment.log.stat().sizeBytes,
    checkCrcFrom: options.checkCrcFrom,
  });
  let ghostCount = 0;
  let firstLastOffset: number | undefined;
  // From an index entry on, the first batch tells where the offsets stand.
  const isAtKnownOffset = startPosition === tail.sizeBytes && options.allowGaps !== true;
  scanner.expectedOffset = isAtKnownOffset ? tail.nextOffset : undefined;
  while (scanner.next()) {
    const { batch, position } = scanner;
    firstLastOffset ??= batch.lastOffset;
    if (options.allowGaps !== true) scanner.expectedOffset ??= batch.nextOffset;
    if (batch.baseOffset < tail.nextOffset) {
      ghostCount++;
      if (options.allowGaps !== true && !isGhost(segment, scanner, ghostCount)) {
        const reason = `offset ${batch.baseOffset} where ${tail.nextOffset} was due`;
        return { tail, stop: { kind: 'gap', position, reason }, ghostCount, firstLastOffset };
      }
      tail.sizeBytes = scanner.nextPosition;
      continue;
    }
    const isDue = tail.add(
      {
        position,
        sizeBytes: batch.sizeBytes,
        lastOffset: batch.lastOffset,
        maxTimestamp: batch.maxTimestamp,
      },
      options.indexIntervalBytes,
    );
    if (isDue) onIndexEntryDue?.();
  }
  const stop = scanner.stop ?? { kind: 'end', position: scanner.nextPosition, reason: '' };
  return { tail, stop, ghostCount, firstLastOffset };
}

/** Looking for the origin of a ghost reads the segment again: beyond these, they are damage. */
const GHOSTS_MAX = 10;

function isGhost({ log }: Segment, { batch, position }: BatchScanner, count: number): boolean {
  return count <= GHOSTS_MAX && hasBatchAt(log, batch.baseOffset, position);
}

/**
 * Whether a batch before `endPosition` begins with this offset. A writer that had lost its lock stood at the
 * end of some batch, so its own begins where another one does; any other that comes too early has a base
 * offset that was changed, which no checksum tells.
 */
export function hasBatchAt(log: File, offset: number, endPosition: number): boolean {
  const scanner = new BatchScanner(log, { startPosition: 0, endPosition, checkCrcFrom: Infinity });
  while (scanner.next()) if (scanner.batch.baseOffset === offset) return true;
  return false;
}
