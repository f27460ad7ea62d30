/**
 * The segment that is being appended to, and all that an appender derives from it. Every function
 * here is for the holder of the partition's lock.
 *
 * If the process dies inside `append`, the `.log` ends in a part of a batch, which the next holder
 * cuts (`recoverActive`); or it ends well but lacks index entries, which only makes the index sparser.
 */
import { CoreError, isCoreError } from '../errors.js';
import { RecordBatch } from '../batch/record-batch.js';
import type { FileSystem } from '../fs/file-system.js';
import type { ScanStop } from '../segment/batch-scanner.js';
import { TORN_SUFFIX } from '../segment/file-names.js';
import {
  type SegmentScanOptions,
  appendIndexEntries,
  appendTimeEntry,
  rebuildIndexes,
  scanFromIndex,
  scanGrowth,
} from '../segment/segment-scan.js';
import { type WritableSegment, closeSegment, openSegmentForAppend } from '../segment/segment.js';
import type { SegmentTail } from '../segment/segment-tail.js';
import { type TailContext, judgeTail } from '../segment/tail-verdict.js';
import type { LogConfig } from './log-config.js';
import { damageError } from './log-cursor.js';
import { isFailed as isFailedOffset } from './log-gap.js';
import type { LogLocation } from './log-location.js';
import type { OffsetRange } from './offset-range.js';
import { keepAside } from './repair-aside.js';
import { type RollReason, rollReason } from './roll-policy.js';
import { failedPart } from './sync-failure.js';

/** What recovery did to the end of a segment. */
export interface TailRepair {
  readonly position: number;
  readonly cutBytes: number;
  readonly reason: string;
  /** Where the bytes that were cut off are kept. */
  readonly keptAs: string;
}

/**
 * How the segment ends:
 * - `open`: batches may follow. `repair` tells what was cut to get there. With `isFailed` the disk has
 *   refused to sync some of its records: what follows goes to a new segment, for nobody can tell what
 *   becomes of this one.
 * - `damaged`: damage stands before the end; what follows goes to a new segment.
 * - `uncut`: an unfinished append stands at the end, and the disk is too full to keep it aside. All but
 *   appending is possible: retention, which makes room, does not need the end.
 */
export type SegmentEnd =
  | { readonly kind: 'open'; readonly repair: TailRepair | undefined; readonly isFailed: boolean }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'uncut'; readonly error: CoreError };

export class ActiveSegment {
  readonly segment: WritableSegment;
  readonly tail: SegmentTail;
  readonly end: SegmentEnd;
  #firstTimestamp: number | undefined;

  constructor(segment: WritableSegment, tail: SegmentTail, end: SegmentEnd) {
    this.segment = segment;
    this.tail = tail;
    this.end = end;
  }

  get baseOffset(): number {
    return this.segment.baseOffset;
  }

  /** The largest timestamp of the segment's first batch (Kafka rolls by it); undefined if empty. */
  get firstTimestamp(): number | undefined {
    if (this.#firstTimestamp === undefined && !this.tail.isEmpty) {
      const header = new Uint8Array(64);
      this.segment.log.readAt(header, 0, header.length, 0);
      this.#firstTimestamp = new RecordBatch(new DataView(header.buffer), 0).maxTimestamp;
    }
    return this.#firstTimestamp;
  }

  /** FENCED if the file is not what was derived: somebody without the lock was here. */
  checkUntouched(fs: FileSystem): void {
    const { log } = this.segment;
    const there = fs.stat(log.path);
    const open = log.stat();
    if (there?.inode !== open.inode || there.device !== open.device) {
      throw new CoreError('FENCED', `${log.path} was replaced while it was in use`, {
        details: { path: log.path },
      });
    }
    if (open.sizeBytes !== this.tail.sizeBytes && this.end.kind === 'open') {
      throw new CoreError('FENCED', `${log.path} changed while its lock was held`, {
        details: { path: log.path, expected: this.tail.sizeBytes, found: open.sizeBytes },
      });
    }
  }

  /** The disk has refused to sync records of this segment. */
  get isFailed(): boolean {
    return this.end.kind === 'open' && this.end.isFailed;
  }

  /** Why `batch` must go to a new segment; undefined if it may follow here. DISK_FULL at `uncut`. */
  rollReason(
    batch: RecordBatch,
    batchMaxTimestamp: number,
    config: LogConfig,
  ): RollReason | 'damage' | 'failed-sync' | undefined {
    if (this.end.kind === 'damaged') return 'damage';
    // A roll would seal the unfinished append in for good.
    if (this.end.kind === 'uncut') throw this.end.error;
    if (this.end.isFailed) return 'failed-sync';
    const { segment, tail, firstTimestamp } = this;
    const question = {
      baseOffset: tail.baseOffset,
      sizeBytes: tail.sizeBytes,
      firstTimestamp,
      offsetEntryCount: segment.offsetIndex.slotCount,
      timeEntryCount: segment.timeIndex.slotCount,
      batchBytes: batch.sizeBytes,
      batchMaxTimestamp,
      batchLastOffset: tail.nextOffset + batch.lastOffsetDelta,
    };
    return rollReason(question, config);
  }

  /**
   * Appends one finished batch in one write, and the index entries that it is due. A write that does
   * not fit is taken back whole: DISK_FULL, and the log is as it was.
   */
  append(bytes: Buffer, batch: RecordBatch, indexIntervalBytes: number): void {
    const position = this.tail.sizeBytes;
    const sizeBytes = batch.sizeBytes;
    this.#write(bytes, sizeBytes, position);
    const isDue = this.tail.add(
      { position, sizeBytes, lastOffset: batch.lastOffset, maxTimestamp: batch.maxTimestamp },
      indexIntervalBytes,
    );
    if (isDue) appendIndexEntries(this.segment, this.tail);
  }

  #write(bytes: Buffer, length: number, position: number): void {
    let written = 0;
    try {
      written = this.segment.log.append(bytes, 0, length);
    } finally {
      if (written > 0 && written < length) this.segment.log.truncate(position);
    }
    if (written < length) throw diskFull(this.segment.log.path);
  }

  /**
   * The last time entry. DISK_FULL if it does not fit: lookups and retention take the last entry of a
   * sealed segment for its newest record, so without it the segment cannot be sealed.
   */
  finishTimeIndex(): void {
    if (!appendTimeEntry(this.segment, this.tail)) throw diskFull(this.segment.timeIndex.file.path);
  }

  /** All of it on disk: from here on nothing in the segment changes. */
  seal(): void {
    this.segment.log.sync();
    this.segment.offsetIndex.file.sync();
    this.segment.timeIndex.file.sync();
  }

  close(): void {
    closeSegment(this.segment);
  }
}

export interface RecoveryOptions extends TailContext {
  readonly indexIntervalBytes: number;
  readonly failedRanges: readonly OffsetRange[];
}

/** Opens the active segment and derives its end, cutting what an unfinished append left behind. */
export function openActiveSegment(
  fs: FileSystem,
  location: LogLocation,
  baseOffset: number,
  options: RecoveryOptions,
): ActiveSegment {
  const segment = openSegmentForAppend(
    fs,
    location.directory,
    baseOffset,
    location.filePermissions,
  );
  try {
    return recoverActive(fs, location, segment, undefined, options);
  } catch (error) {
    closeSegment(segment);
    throw error;
  }
}

/** The same for a segment that is open already: others may have appended since. */
export function catchUp(
  fs: FileSystem,
  location: LogLocation,
  active: ActiveSegment,
  options: RecoveryOptions,
): ActiveSegment {
  const hasShrunk = active.segment.log.stat().sizeBytes < active.tail.sizeBytes;
  return recoverActive(fs, location, active.segment, hasShrunk ? undefined : active.tail, options);
}

function recoverActive(
  fs: FileSystem,
  location: LogLocation,
  segment: WritableSegment,
  knownTail: SegmentTail | undefined,
  options: RecoveryOptions,
): ActiveSegment {
  const scanOptions: SegmentScanOptions = {
    indexIntervalBytes: options.indexIntervalBytes,
    checkCrcFrom: options.afterPowerCut ? options.syncedPosition : 0,
  };
  // After a power cut the indexes, which are never synced while active, may hold anything.
  const scan =
    (options.afterPowerCut
      ? undefined
      : knownTail === undefined
        ? scanFromIndex(segment, scanOptions)
        : scanGrowth(segment, knownTail, scanOptions)) ?? rebuildIndexes(segment, scanOptions);
  const verdict = judgeTail(segment.log, scan, {
    ...options,
    isFailed: (offset) => isFailedOffset(options, offset),
  });
  const { baseOffset, nextOffset } = scan.tail;
  const all = { firstOffset: baseOffset, endOffset: nextOffset };
  const isFailed = failedPart(all, options.failedRanges) !== undefined;
  switch (verdict.kind) {
    case 'whole':
      return new ActiveSegment(segment, scan.tail, { kind: 'open', repair: undefined, isFailed });
    case 'unfinished': {
      const cut = tryToCut(fs, location, segment, verdict.stop);
      const end = 'error' in cut ? cut : ({ kind: 'open', repair: cut, isFailed } as const);
      return new ActiveSegment(segment, scan.tail, end);
    }
    case 'damaged':
      if (verdict.endOffset === undefined)
        throw damageError(segment.log.path, scan.tail.nextOffset, verdict.stop);
      scan.tail.nextOffset = verdict.endOffset;
      return new ActiveSegment(segment, scan.tail, { kind: 'damaged' });
  }
}

function tryToCut(
  fs: FileSystem,
  location: LogLocation,
  segment: WritableSegment,
  stop: ScanStop,
): TailRepair | Extract<SegmentEnd, { kind: 'uncut' }> {
  try {
    return cutTail(fs, location, segment, stop);
  } catch (error) {
    if (isCoreError(error, 'DISK_FULL')) return { kind: 'uncut', error };
    throw error;
  }
}

/** Keeps the bytes from the stop on in a file beside the log, durably, then cuts them off. */
function cutTail(
  fs: FileSystem,
  location: LogLocation,
  { baseOffset, log }: WritableSegment,
  { position, reason }: ScanStop,
): TailRepair {
  const endPosition = log.stat().sizeBytes;
  const bytes = { baseOffset, suffix: TORN_SUFFIX, log, position, endPosition };
  const { path: keptAs } = keepAside(fs, location, bytes);
  log.truncate(position);
  log.sync();
  return { position, cutBytes: endPosition - position, reason, keptAs };
}

function diskFull(path: string): CoreError {
  return new CoreError('DISK_FULL', `cannot write ${path}: the disk is full`, {
    details: { path },
    suggestion: 'free some space; `spool retention prune` works on a full disk',
  });
}
