/**
 * Reads one partition without a lock and without writing anything, while others append, roll and
 * prune. What a reader sees is always a prefix of the truth: a batch that is not whole yet is "not
 * there yet", and a segment that vanishes under it was pruned.
 */
import { HEADER_BYTES } from '../batch/format.js';
import { RecordCursor } from '../batch/record-cursor.js';
import { CoreError, isCoreError } from '../errors.js';
import type { File, FileSystem } from '../fs/file-system.js';
import { BatchScanner } from '../segment/batch-scanner.js';
import { positionForTimestamp } from '../segment/segment-lookup.js';
import { type SegmentScan, scanFromIndex, scanWhole } from '../segment/segment-scan.js';
import { type Segment, closeSegment, openSegment, openSegmentLog } from '../segment/segment.js';
import { judgeTail } from '../segment/tail-verdict.js';
import { LogCursor, damageError } from './log-cursor.js';
import { LogView } from './log-view.js';
import { type MaxTimestamp, maxTimestampOf } from './segment-timestamps.js';
import { failedPart, syncFailed } from './sync-failure.js';

export interface TimestampedOffset {
  readonly offset: number;
  readonly timestamp: number;
}

export interface LogEnd {
  /** Behind the last record that can be read. */
  readonly offset: number;
  /** Set when more records stood behind `offset`: how many, nobody can tell. */
  readonly damage: CoreError | undefined;
}

/** A segment may be pruned between listing and opening it; then the list is read again. */
const OPEN_ATTEMPTS = 10;

export class LogReader extends LogView {
  /** The offset that the next record will get. Damage before the last good batch does not change it. */
  findEnd(): LogEnd {
    return this.#withLastSegment((segment) => {
      // Before the scan: what is known to be on disk then, the scan must find.
      const context = this.tailContext(segment.baseOffset);
      // The index is not synced: after a power cut it may lead past a hole.
      const scan = context.afterPowerCut
        ? scanWhole(segment, {
            indexIntervalBytes: Infinity,
            checkCrcFrom: context.syncedPosition,
            allowGaps: this.allowGaps,
          })
        : scanEnd(segment, this.allowGaps);
      const verdict = judgeTail(segment.log, scan, context);
      const isDamaged = verdict.kind === 'damaged';
      const endOffset = isDamaged ? verdict.readableOffset : scan.tail.nextOffset;
      const offset = Math.max(endOffset, this.logStartOffset);
      if (!isDamaged || verdict.endOffset !== undefined) return { offset, damage: undefined };
      const { path } = segment.log;
      return { offset, damage: damageError(path, scan.tail.nextOffset, verdict.stop) };
    });
  }

  /**
   * The first record with a timestamp at or after `timestamp` (Kafka: offsetsForTimes), undefined if
   * there is none yet.
   */
  offsetForTimestamp(timestamp: number): TimestampedOffset | undefined {
    const baseOffsets = this.baseOffsets();
    const startOffset = this.logStartOffset;
    for (const [index, baseOffset] of baseOffsets.entries()) {
      const nextBase = baseOffsets[index + 1];
      if (nextBase !== undefined && nextBase <= startOffset) continue;
      const found = this.#findInSegment(baseOffset, nextBase !== undefined, timestamp, startOffset);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #findInSegment(
    baseOffset: number,
    isSealed: boolean,
    timestamp: number,
    startOffset: number,
  ): TimestampedOffset | undefined {
    const segment = openIfThere(this.fs, this.location.directory, baseOffset);
    if (segment === undefined) return undefined;
    try {
      if (isSealed && isAllBefore(maxTimestampOf(segment, true), timestamp)) return undefined;
      const cursor = new LogCursor(this, {
        baseOffset,
        position: positionForTimestamp(segment, timestamp),
        offset: startOffset,
      });
      try {
        return firstRecordAt(cursor, timestamp, startOffset);
      } finally {
        cursor.close();
      }
    } catch (error) {
      // Pruned between the two openings.
      if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
      throw error;
    } finally {
      closeSegment(segment);
    }
  }

  /**
   * A cursor that stands before `offset`. OFFSET_OUT_OF_RANGE (with the kept range) if it is below
   * the log start offset; an offset at or past the end is waited for.
   */
  openAt(offset: number, chunkBytes?: number): LogCursor {
    for (let attempt = 1; ; attempt++) {
      const startOffset = this.logStartOffset;
      if (offset < startOffset) {
        this.checkStillOurs();
        throw this.#outOfRange(offset, startOffset);
      }
      const baseOffset = this.baseOffsets().findLast((base) => base <= offset);
      if (baseOffset === undefined) throw this.#noSegments();
      try {
        return LogCursor.at(this, { baseOffset, offset, chunkBytes });
      } catch (error) {
        if (attempt === OPEN_ATTEMPTS || !isCoreError(error, 'FILE_NOT_FOUND')) throw error;
      }
    }
  }

  /**
   * Makes all records below `offset` durable, whoever wrote them. A reader sees records before their
   * writer has synced them; a position that outlived them would pass over what is written there next.
   * SYNC_FAILED if the disk refuses, or has refused before: then the page cache proves nothing.
   */
  syncBefore(offset: number): void {
    const { activeBaseOffset, syncedPosition, failedRanges } = this.control() ?? {
      activeBaseOffset: 0,
      syncedPosition: 0,
      failedRanges: [],
    };
    // Behind a range that failed a new segment begins; where it could not be made, nothing is sure.
    const unsealed = { firstOffset: activeBaseOffset, endOffset: offset };
    const failed = failedPart(unsealed, failedRanges);
    if (failed !== undefined) throw syncFailed(this.location.directory, failed);
    for (const baseOffset of this.baseOffsets()) {
      // What a roll leaves behind, it syncs.
      if (baseOffset < activeBaseOffset || baseOffset >= offset) continue;
      const log = openLogIfThere(this.fs, this.location.directory, baseOffset);
      if (log === undefined) continue;
      try {
        const knownBytes = baseOffset === activeBaseOffset ? syncedPosition : 0;
        if (log.stat().sizeBytes > knownBytes) this.#sync(log, { baseOffset, knownBytes, offset });
      } finally {
        log.close();
      }
    }
  }

  #sync(
    log: File,
    known: { readonly baseOffset: number; readonly knownBytes: number; readonly offset: number },
  ): void {
    try {
      log.sync();
    } catch (error) {
      const { baseOffset, knownBytes, offset } = known;
      const firstOffset = offsetAt(log, knownBytes) ?? baseOffset;
      const range = { firstOffset, endOffset: Math.max(firstOffset, offset) };
      throw syncFailed(this.location.directory, range, error);
    }
  }

  #withLastSegment<T>(work: (segment: Segment) => T): T {
    for (let attempt = 1; ; attempt++) {
      const baseOffset = this.baseOffsets().at(-1);
      if (baseOffset === undefined) throw this.#noSegments();
      const segment = openIfThere(this.fs, this.location.directory, baseOffset);
      if (segment !== undefined) {
        try {
          return work(segment);
        } finally {
          closeSegment(segment);
        }
      }
      if (attempt === OPEN_ATTEMPTS) throw this.#noSegments();
    }
  }

  #outOfRange(offset: number, logStartOffset: number): CoreError {
    const logEndOffset = this.findEnd().offset;
    return new CoreError(
      'OFFSET_OUT_OF_RANGE',
      `offset ${offset} is not kept any more: this partition holds ${logStartOffset} to ${logEndOffset - 1}`,
      { details: { offset, logStartOffset, logEndOffset } },
    );
  }

  #noSegments(): CoreError {
    const { directory } = this.location;
    return new CoreError('SEGMENT_CORRUPT', `${directory} holds no segment`, {
      details: { path: directory },
      suggestion: 'a partition always has one; see: spool verify',
    });
  }
}

/** Where a segment ends, by its index if that is right. */
export function scanEnd(segment: Segment, allowGaps: boolean): SegmentScan {
  const options = { indexIntervalBytes: Infinity, checkCrcFrom: 0, allowGaps };
  return scanFromIndex(segment, options) ?? scanWhole(segment, options);
}

function openLogIfThere(fs: FileSystem, directory: string, baseOffset: number): File | undefined {
  try {
    return openSegmentLog(fs, directory, baseOffset);
  } catch (error) {
    if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}

function openIfThere(fs: FileSystem, directory: string, baseOffset: number): Segment | undefined {
  try {
    return openSegment(fs, directory, baseOffset);
  } catch (error) {
    if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}

function firstRecordAt(
  cursor: LogCursor,
  timestamp: number,
  startOffset: number,
): TimestampedOffset | undefined {
  const records = new RecordCursor();
  const { baseOffset } = cursor;
  for (;;) {
    if (!cursor.next()) {
      if (cursor.takeGap() === undefined) return undefined;
      continue;
    }
    if (cursor.baseOffset !== baseOffset) return undefined;
    if (cursor.batch.isControl || cursor.batch.maxTimestamp < timestamp) continue;
    records.open(cursor.bytes, cursor.at);
    while (records.next()) {
      if (records.timestamp >= timestamp && records.offset >= startOffset) {
        return { offset: records.offset, timestamp: records.timestamp };
      }
    }
  }
}

function isAllBefore(newest: MaxTimestamp, timestamp: number): boolean {
  return newest.isCertain && newest.timestamp < timestamp;
}

/** Of the batch at a position that is the beginning of one. */
function offsetAt(log: File, position: number): number | undefined {
  const scanner = new BatchScanner(log, {
    startPosition: position,
    endPosition: log.stat().sizeBytes,
    checkCrcFrom: Infinity,
    chunkBytes: HEADER_BYTES,
  });
  return scanner.next() ? scanner.batch.baseOffset : undefined;
}
