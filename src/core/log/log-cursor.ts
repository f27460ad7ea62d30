/**
 * Walks the batches of a partition from an offset onward, across segments, and can be asked again
 * after it came to the end: a cursor that follows a log is the same cursor.
 *
 * At the end of a segment there are four possibilities, looked at in this order, because a roll
 * happens after the last append to the old segment:
 * 1. more bytes: go on;
 * 2. a segment that begins where this one ends: go on there;
 * 3. this segment is gone, or the next one begins later: it was pruned, or offsets are missing;
 * 4. nothing: this is the end for now.
 *
 * At damage the cursor goes on behind it where nothing that is wanted is lost, where the loss is known
 * (log-gap.ts), or where it was told to; else it raises SEGMENT_CORRUPT.
 */
import type { RecordBatch } from '../batch/record-batch.js';
import { CoreError, isCoreError } from '../errors.js';
import type { File } from '../fs/file-system.js';
import { BatchScanner, type ScanOptions, type ScanStop } from '../segment/batch-scanner.js';
import { LOG_SUFFIX, segmentPath } from '../segment/file-names.js';
import { findBehind } from '../segment/resumption.js';
import { positionForOffset } from '../segment/segment-lookup.js';
import { hasBatchAt } from '../segment/segment-scan.js';
import { SegmentTail } from '../segment/segment-tail.js';
import { closeSegment, openSegment, openSegmentLog } from '../segment/segment.js';
import { type TailContext, judgeTail } from '../segment/tail-verdict.js';
import { type LogGap, knownLoss } from './log-gap.js';
import type { LogView } from './log-view.js';
import type { OffsetRange } from './offset-range.js';

export interface LogPlace {
  /** Of the segment. */
  readonly baseOffset: number;
  /** Of a batch in its `.log`. */
  readonly position: number;
  /** Batches that end before it are passed over. */
  readonly offset: number;
  /** Size of the read buffer; undefined: the usual one. */
  readonly chunkBytes?: number | undefined;
}

/** A bad checksum may be a write that is under way: so often is it read again. */
const REREADS = 3;
/** Of a segment. Each costs a look at all of it that stands before. */
const GHOSTS_MAX = 10;

export class LogCursor {
  readonly #log: LogView;
  readonly #chunkBytes: number | undefined;
  #file: File;
  #baseOffset: number;
  #scanner: BatchScanner;
  #nextOffset: number;
  /** Behind the last batch that was seen in this segment, given out or not; -1: none was. */
  #seenOffset = -1;
  #ghostCount = 0;
  /** A batch whose base offset cannot be right, since the last one that can. */
  #disbelieved: ScanStop | undefined;
  /** Size of the segment's file when it was last looked at, and how often it was read again since. */
  #seenBytes: number;
  #rereads = 0;
  #gap: LogGap | undefined;

  /** FILE_NOT_FOUND if the segment is gone. The batch at the place may begin behind its offset. */
  constructor(log: LogView, place: LogPlace) {
    this.#log = log;
    this.#chunkBytes = place.chunkBytes;
    this.#file = this.#openLog(place.baseOffset);
    this.#baseOffset = place.baseOffset;
    this.#seenBytes = this.#file.stat().sizeBytes;
    this.#scanner = this.#scannerFrom(place.position);
    this.#nextOffset = place.offset;
    // A base offset is not under the checksum, but a segment's first batch has that of the segment. What
    // an index leads to was confirmed by both.
    if (place.position === 0) this.#expect(place.baseOffset);
  }

  /** A cursor before `offset`, which must lie in the segment or behind it. */
  static at(log: LogView, place: Omit<LogPlace, 'position'>): LogCursor {
    const segment = openSegment(log.fs, log.location.directory, place.baseOffset);
    try {
      const position = positionForOffset(segment, place.offset);
      return new LogCursor(log, { ...place, position });
    } finally {
      closeSegment(segment);
    }
  }

  /** The current batch and the memory it lies in; valid until the next call of `next`. */
  get batch(): RecordBatch {
    return this.#scanner.batch;
  }

  get bytes(): Buffer {
    return this.#scanner.bytes;
  }

  get at(): number {
    return this.#scanner.at;
  }

  /** Base offset of the segment that the cursor stands in. */
  get baseOffset(): number {
    return this.#baseOffset;
  }

  /** The offset behind the current batch: what is read next. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** Set when records were passed over because they are gone; the cursor stands behind them. */
  takeGap(): LogGap | undefined {
    const gap = this.#gap;
    this.#gap = undefined;
    return gap;
  }

  /**
   * Moves to the next batch; false when there is none yet, or when records are gone (see `takeGap`;
   * the next call goes on). SEGMENT_CORRUPT at damage.
   */
  next(): boolean {
    this.#rereads = 0;
    for (;;) {
      if (this.#scanner.next()) {
        if (this.#accept()) return true;
      } else if (!this.#goOn()) {
        return false;
      }
    }
  }

  /** False for a batch before the wanted offset, and for one whose offsets were given out before. */
  #accept(): boolean {
    const { baseOffset, nextOffset } = this.#scanner.batch;
    const wasGivenOut = baseOffset < this.#seenOffset;
    if (wasGivenOut && !this.#log.allowGaps && !this.#isGhost(baseOffset)) {
      const reason = `offset ${baseOffset} where ${this.#seenOffset} was due`;
      this.#disbelieved = { kind: 'gap', position: this.#scanner.position, reason };
      return false;
    }
    this.#disbelieved = wasGivenOut ? this.#disbelieved : undefined;
    this.#seenOffset = Math.max(this.#seenOffset, nextOffset);
    this.#scanner.expectedOffset ??= this.#log.allowGaps ? undefined : nextOffset;
    if (wasGivenOut || nextOffset <= this.#nextOffset) return false;
    this.#nextOffset = nextOffset;
    return true;
  }

  /** Appended by a writer that had lost its lock; anything else has a wrong base offset. */
  #isGhost(baseOffset: number): boolean {
    if (++this.#ghostCount > GHOSTS_MAX) return false;
    return hasBatchAt(this.#file, baseOffset, this.#scanner.position);
  }

  /** At a place where no whole batch is: true if there is more to read now. */
  #goOn(): boolean {
    const stop = this.#scanner.stop;
    if (stop === undefined || this.#hasGrown(stop)) return true;
    const nextBase = this.#nextSegment();
    if (nextBase !== undefined) {
      // Nothing is appended to a segment once the next one exists; but it may have been before.
      if (this.#hasGrown(stop)) return true;
      return this.#enter(nextBase, stop);
    }
    if (stop.kind === 'end') {
      // Nothing behind it can tell what its offsets should be.
      const last = this.#disbelieved;
      if (last === undefined) return false;
      if (!this.#isDamaged(last, this.#log.tailContext(this.baseOffset))) return false;
      throw this.#damage(last);
    }
    const context = this.#log.tailContext(this.baseOffset);
    // What is known to be on disk by now may have been appended after the bytes were looked at.
    if (this.#hasGrown(stop)) return true;
    return this.#isDamaged(stop, context) && this.#passOver(stop, undefined);
  }

  #hasGrown(stop: ScanStop): boolean {
    const sizeBytes = this.#file.stat().sizeBytes;
    const isReread = sizeBytes <= this.#seenBytes;
    if (isReread && (stop.kind === 'end' || this.#rereads === REREADS)) return false;
    this.#rereads = isReread ? this.#rereads + 1 : 0;
    this.#seenBytes = sizeBytes;
    this.#scanner.extend(sizeBytes);
    return true;
  }

  /** The base offset of the segment behind this one, if there is one. */
  #nextSegment(): number | undefined {
    const { fs, location } = this.#log;
    const expected = segmentPath(location.directory, this.#nextOffset, LOG_SUFFIX);
    if (this.#nextOffset > this.baseOffset && fs.stat(expected) !== undefined) {
      return this.#nextOffset;
    }
    const own = fs.stat(this.#file.path);
    const isActiveStill = own?.inode === this.#file.stat().inode;
    if (!isActiveStill) this.#log.checkStillOurs();
    if (isActiveStill && this.#log.control()?.activeBaseOffset === this.baseOffset) {
      return undefined;
    }
    return this.#log.baseOffsets().find((base) => base > this.baseOffset);
  }

  /** Moves to the segment at `nextBase`; false when records before it are gone. */
  #enter(nextBase: number, stop: ScanStop): boolean {
    const expected = this.#nextOffset;
    const { logStartOffset } = this.#log;
    if (expected < logStartOffset) {
      if (!this.#open(this.#baseFor(logStartOffset, nextBase))) return true;
      return this.#leap({ firstOffset: expected, endOffset: logStartOffset, reason: 'pruned' });
    }
    const isMissing = nextBase > expected && !this.#log.allowGaps;
    const isUnread = nextBase > expected && stop.kind !== 'end';
    if (isMissing || isUnread) return this.#passOver(stop, nextBase);
    this.#open(nextBase);
    return true;
  }

  /** Goes on behind damage, if that may be; false when records that were wanted are lost with it. */
  #passOver(stop: ScanStop, nextBase: number | undefined): boolean {
    const firstOffset = this.#nextOffset;
    const question = { stop, dueOffset: this.#dueOffset, nextBase };
    const found = stop.kind === 'end' ? undefined : findBehind(this.#file, question);
    const isHere = found !== undefined && found.baseOffset < (nextBase ?? Infinity);
    const resumesAt = isHere ? found.baseOffset : nextBase;
    if (resumesAt === undefined) throw this.#damage(stop);
    const range = { firstOffset, endOffset: Math.max(firstOffset, resumesAt) };
    const isLost = range.endOffset > firstOffset;
    const reason = isLost ? this.#reasonToPass(range) : undefined;
    const damage = isLost ? this.#damage(this.#disbelieved ?? stop, range.endOffset) : undefined;
    if (damage !== undefined && reason === undefined) throw damage;
    if (isHere) {
      this.#scanner.restart(this.#scanFrom(found.position));
      this.#expect(found.baseOffset);
    } else if (!this.#open(resumesAt)) return true;
    return reason === undefined || this.#leap({ ...range, reason, damage });
  }

  #reasonToPass(range: OffsetRange): LogGap['reason'] | undefined {
    const control = this.#log.control();
    const known = control && knownLoss(range, control);
    return known ?? (this.#log.skipDamaged ? 'damaged' : undefined);
  }

  #leap(gap: LogGap): false {
    this.#gap = gap;
    this.#nextOffset = gap.endOffset;
    return false;
  }

  #baseFor(offset: number, fallback: number): number {
    return this.#log.baseOffsets().findLast((base) => base <= offset) ?? fallback;
  }

  /** False if the segment was pruned meanwhile: look again. */
  #open(baseOffset: number): boolean {
    let file: File;
    try {
      file = this.#openLog(baseOffset);
    } catch (error) {
      if (isCoreError(error, 'FILE_NOT_FOUND')) return false;
      throw error;
    }
    this.#file.close();
    this.#file = file;
    this.#baseOffset = baseOffset;
    this.#seenOffset = -1;
    this.#seenBytes = file.stat().sizeBytes;
    this.#ghostCount = 0;
    this.#disbelieved = undefined;
    this.#scanner = this.#scannerFrom(0);
    this.#expect(baseOffset);
    return true;
  }

  #openLog(baseOffset: number): File {
    const file = openSegmentLog(this.#log.fs, this.#log.location.directory, baseOffset);
    try {
      this.#log.checkStillOurs();
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** A batch that begins behind `offset` means that records are missing. */
  #expect(offset: number): void {
    if (!this.#log.allowGaps) this.#scanner.expectedOffset = offset;
  }

  #scannerFrom(position: number): BatchScanner {
    return new BatchScanner(this.#file, this.#scanFrom(position));
  }

  #scanFrom(startPosition: number): ScanOptions {
    const chunkBytes = this.#chunkBytes;
    return { startPosition, endPosition: this.#seenBytes, checkCrcFrom: 0, chunkBytes };
  }

  /** A bad place in the last segment: an append under way is waited for, damage is not. */
  #isDamaged(stop: ScanStop, context: TailContext): boolean {
    const tail = new SegmentTail(this.baseOffset);
    tail.nextOffset = this.#dueOffset;
    const scan = { tail, stop, ghostCount: 0 };
    return judgeTail(this.#file, scan, context).kind === 'damaged';
  }

  /** What the next batch of this segment begins with, at least. */
  get #dueOffset(): number {
    return Math.max(this.#seenOffset, this.baseOffset);
  }

  /** `endOffset` (exclusive): up to where records are lost with it. */
  #damage(stop: ScanStop, endOffset = this.#nextOffset): CoreError {
    this.#log.checkStillOurs();
    const offset = this.#nextOffset;
    const isAtBorder = stop.kind === 'end';
    const reason = `offsets ${offset} to ${endOffset - 1} are missing`;
    const place: ScanStop = isAtBorder ? { ...stop, kind: 'gap', reason } : stop;
    return damageError(this.#file.path, this.#seenOffset === -1 ? offset : this.#seenOffset, place);
  }

  close(): void {
    this.#file.close();
  }
}

/** What a reader says of a place that it cannot read past. */
export function damageError(path: string, offset: number, stop: ScanStop): CoreError {
  const { position, reason } = stop;
  const details = { path, position, offset, reason };
  if (stop.kind === 'unsupported') {
    return new CoreError('UNSUPPORTED_FOR_MESSAGE_FORMAT', `${path}: ${reason}`, {
      details,
      suggestion: 'let a broker of Kafka 3 rewrite the topic in message format v2 first',
    });
  }
  return new CoreError(
    'SEGMENT_CORRUPT',
    `${path}: damaged at byte ${position}, offset ${offset}: ${reason}`,
    {
      details,
      suggestion:
        'spool verify shows what is affected; to go on without it: spool verify --repair, or consume --skip-damaged',
    },
  );
}
