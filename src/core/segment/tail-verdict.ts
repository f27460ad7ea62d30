/**
 * What the end of a scan means. The same bytes are harmless in one place and damage in another:
 *
 * - `whole`: every byte belongs to a batch.
 * - `unfinished`: an append that is under way, or that died: never acknowledged. Readers take it as
 *   "not there yet"; a writer keeps the bytes aside, cuts them off and goes on.
 * - `damaged`: records that had been written, and may have been acknowledged, are unreadable. Never
 *   cut. `resumesAt` is the next good batch behind the damage, if there is one, `readableOffset` the
 *   end of the last good one, and `endOffset` the same; undefined where what stands behind that one was
 *   acknowledged too, for then nobody can tell which offsets were given out.
 *
 * A bad place is `unfinished` only at or past the position up to which the segment is known to be on
 * disk, and only if no good batch follows it. A power cut is the exception to the second half: pages
 * that were never synced survive in any order, so past the synced position the first bad batch is
 * the end whatever follows, and none of it had been acknowledged. (Alagappan et al., "Protocol-Aware
 * Recovery for Consensus-Based Storage", FAST '18, on telling the two apart.)
 */
import { checkBatchHeader, readBatchSizeBytes } from '../batch/batch-header.js';
import {
  ATTRIBUTES_AT,
  CRC_AT,
  HEADER_BYTES,
  LEADER_EPOCH_AT,
  MAGIC,
  MAGIC_AT,
} from '../batch/format.js';
import { crc32c } from '../bytes/crc32c.js';
import type { File } from '../fs/file-system.js';
import { BatchScanner, type ScanStop } from './batch-scanner.js';
import type { SegmentScan } from './segment-scan.js';

export type TailVerdict =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unfinished'; readonly stop: ScanStop }
  | {
      readonly kind: 'damaged';
      readonly stop: ScanStop;
      readonly resumesAt: number | undefined;
      readonly readableOffset: number;
      readonly endOffset: number | undefined;
    };

export interface TailContext {
  /** Bytes of the segment that are certainly on disk. */
  readonly syncedPosition: number;
  /** The machine may have lost power since the segment was last written. */
  readonly afterPowerCut: boolean;
  /** Records at this offset were never synced, though others behind them may have been. */
  isFailed?(offset: number): boolean;
}

const SEARCH_CHUNK_BYTES = 64 * 1024;
/** Room for most batches; a larger one makes its own. */
const PROBE_BYTES = 4 * 1024;

export function judgeTail(log: File, scan: SegmentScan, context: TailContext): TailVerdict {
  const { stop, tail } = scan;
  if (stop.kind === 'end') return { kind: 'whole' };
  const isBeyondSynced = stop.position >= context.syncedPosition;
  const isOldFormat = stop.kind === 'unsupported' && beginsInOldFormat(log, stop.position);
  const mayBeCut = context.afterPowerCut && context.isFailed?.(tail.nextOffset) !== true;
  if (isBeyondSynced && mayBeCut && !isOldFormat) return { kind: 'unfinished', stop };
  if (stop.kind === 'gap' || stop.kind === 'unsupported') {
    const readableOffset = lastGood(log, stop, tail.nextOffset).endOffset;
    return { kind: 'damaged', stop, resumesAt: undefined, readableOffset, endOffset: undefined };
  }
  const resumesAt = findResumption(log, stop, tail.nextOffset);
  if (isBeyondSynced && resumesAt === undefined) return { kind: 'unfinished', stop };
  const last = lastGood(log, stop, tail.nextOffset);
  // What is known to be on disk, and stands behind the last good batch, was given offsets as well.
  const isKnown = resumesAt !== undefined && last.stopPosition >= context.syncedPosition;
  const endOffset = isKnown ? last.endOffset : undefined;
  return { kind: 'damaged', stop, resumesAt, readableOffset: last.endOffset, endOffset };
}

/**
 * Half a header with zeros behind it, as a power cut leaves it, looks like a batch of an old format. A
 * segment of that format begins with one, and where a batch has its leader epoch it has a checksum.
 */
function beginsInOldFormat(log: File, position: number): boolean {
  const header = Buffer.alloc(MAGIC_AT);
  log.readAt(header, 0, header.length, position);
  return position === 0 && header.readUInt32BE(LEADER_EPOCH_AT) !== 0;
}

/**
 * The position of the next good batch behind a stop whose offsets are at or past `minOffset`;
 * undefined if none follows, or if what follows cannot be told from a value that looks like one.
 */
export function findResumption(log: File, stop: ScanStop, minOffset: number): number | undefined {
  switch (stop.kind) {
    case 'gap':
      return stop.position;
    case 'invalid':
    case 'unsupported':
      return findGoodBatch(log, stop.position, minOffset);
    case 'bad-crc':
      return (
        findGoodBatch(log, stop.position, minOffset) ??
        findBehindWrongLength(log, stop.position, minOffset)
      );
    case 'incomplete':
      return findBehindWrongLength(log, stop.position, minOffset);
    case 'end':
    case 'zeros':
      return undefined;
  }
}

/**
 * A batch's length is not under its checksum. Where the length leads past the end of the file, or to
 * it, but the checksum is right for the bytes up to a good batch, the length is what is damaged. (That
 * a good batch follows proves nothing by itself: the value of a torn record may hold one.)
 */
function findBehindWrongLength(
  log: File,
  badPosition: number,
  minOffset: number,
): number | undefined {
  const sizeBytes = log.stat().sizeBytes - badPosition;
  if (sizeBytes < 2 * HEADER_BYTES) return undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  log.readAt(header, 0, HEADER_BYTES, badPosition);
  const crc = header.readUInt32BE(CRC_AT);
  // Of the bytes up to `position`: each is read once, however many good batches follow.
  let covered = 0;
  let position = badPosition + ATTRIBUTES_AT;
  for (const found of goodBatchesFrom(log, badPosition + HEADER_BYTES, minOffset)) {
    covered = extendCrc(log, covered, position, found);
    position = found;
    if (covered === crc) return found;
  }
  return undefined;
}

/** The CRC `before` as it is with the bytes [from, to) of the file behind it. */
function extendCrc(log: File, before: number, from: number, to: number): number {
  const chunk = Buffer.alloc(Math.min(SEARCH_CHUNK_BYTES, to - from));
  let crc = before;
  for (let position = from; position < to;) {
    const read = log.readAt(chunk, 0, Math.min(chunk.length, to - position), position);
    if (read === 0) return crc;
    crc = crc32c(chunk, 0, read, crc);
    position += read;
  }
  return crc;
}

/**
 * The position of the first good batch behind the bad one at `badPosition` whose offsets are at or
 * past `minOffset`; undefined if none follows. Where the bad batch's length still frames it, only what
 * stands behind that frame is looked at: a record's value may itself hold a batch.
 */
export function findGoodBatch(
  log: File,
  badPosition: number,
  minOffset: number,
): number | undefined {
  const endPosition = log.stat().sizeBytes;
  const framed = framedEnd(log, badPosition, endPosition);
  if (framed === endPosition) return undefined;
  return findGoodBatchFrom(log, framed ?? badPosition + 1, minOffset);
}

/** The same, wherever one begins at or behind `from`. */
function findGoodBatchFrom(log: File, from: number, minOffset: number): number | undefined {
  const [first] = goodBatchesFrom(log, from, minOffset);
  return first;
}

/** The positions of all of them, also of those inside of others. */
function* goodBatchesFrom(log: File, from: number, minOffset: number): Generator<number, void> {
  const endPosition = log.stat().sizeBytes;
  const chunk = Buffer.alloc(SEARCH_CHUNK_BYTES);
  let position = from + MAGIC_AT;
  while (position < endPosition) {
    const read = log.readAt(chunk, 0, Math.min(chunk.length, endPosition - position), position);
    if (read === 0) return;
    for (let at = chunk.indexOf(MAGIC); at !== -1 && at < read;) {
      const candidate = position + at - MAGIC_AT;
      if (isGoodBatch(log, candidate, endPosition, minOffset)) yield candidate;
      at = chunk.indexOf(MAGIC, at + 1);
    }
    position += read;
  }
}

/** Where the batch at `position` ends by its own header, if that header is possible. */
function framedEnd(log: File, position: number, endPosition: number): number | undefined {
  const header = new Uint8Array(HEADER_BYTES);
  if (log.readAt(header, 0, header.length, position) < header.length) return undefined;
  const view = new DataView(header.buffer);
  const fault = checkBatchHeader(view, 0, endPosition - position);
  return fault === undefined ? position + readBatchSizeBytes(view, 0) : undefined;
}

function isGoodBatch(log: File, position: number, endPosition: number, minOffset: number): boolean {
  if (framedEnd(log, position, endPosition) === undefined) return false;
  const scanner = new BatchScanner(log, {
    startPosition: position,
    endPosition,
    checkCrcFrom: 0,
    chunkBytes: PROBE_BYTES,
  });
  return scanner.next() && scanner.batch.baseOffset >= minOffset;
}

/**
 * The end of the last good batch behind a stop, passing over further damage (`minOffset` if there is
 * none), and where the segment stops for good: the end of the file, if no damage stands before it.
 */
function lastGood(
  log: File,
  firstStop: ScanStop,
  minOffset: number,
): { readonly endOffset: number; readonly stopPosition: number } {
  let endOffset = minOffset;
  let stop = firstStop;
  for (;;) {
    const from = findResumption(log, stop, endOffset);
    if (from === undefined) return { endOffset, stopPosition: stop.position };
    const endPosition = log.stat().sizeBytes;
    const scanner = new BatchScanner(log, { startPosition: from, endPosition, checkCrcFrom: 0 });
    while (scanner.next()) endOffset = Math.max(endOffset, scanner.batch.nextOffset);
    if (scanner.stop === undefined || scanner.stop.kind === 'end') {
      return { endOffset, stopPosition: Infinity };
    }
    stop = scanner.stop;
  }
}
