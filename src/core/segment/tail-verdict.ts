/**
 * What the end of a scan means. The same bytes are harmless in one place and damage in another:
 *
 * - `whole`: every byte belongs to a batch.
 * - `unfinished`: an append that is under way, or that died: never acknowledged. Readers take it as
 *   "not there yet"; a writer keeps the bytes aside, cuts them off and goes on.
 * - `damaged`: records that had been written, and may have been acknowledged, are unreadable. Never
 *   cut. `resumesAt` is the next good batch behind the damage, if there is one, and `endOffset` the
 *   end of the last good one; undefined where what stands behind that one was acknowledged too, for
 *   then nobody can tell which offsets were given out.
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
      readonly endOffset: number | undefined;
    };

export interface TailContext {
  /** Bytes of the segment that are certainly on disk. */
  readonly syncedPosition: number;
  /** The machine may have lost power since the segment was last written. */
  readonly afterPowerCut: boolean;
}

const SEARCH_CHUNK_BYTES = 64 * 1024;

export function judgeTail(log: File, scan: SegmentScan, context: TailContext): TailVerdict {
  const { stop, tail } = scan;
  if (stop.kind === 'end') return { kind: 'whole' };
  const isBeyondSynced = stop.position >= context.syncedPosition;
  const isOldFormat = stop.kind === 'unsupported' && beginsInOldFormat(log, stop.position);
  if (isBeyondSynced && context.afterPowerCut && !isOldFormat) return { kind: 'unfinished', stop };
  if (stop.kind === 'gap' || stop.kind === 'unsupported') {
    return { kind: 'damaged', stop, resumesAt: undefined, endOffset: undefined };
  }
  const resumesAt = findResumption(log, stop, tail.nextOffset);
  if (isBeyondSynced && resumesAt === undefined) return { kind: 'unfinished', stop };
  const endOffset =
    resumesAt === undefined
      ? undefined
      : lastGoodOffset(log, resumesAt, tail.nextOffset, context.syncedPosition);
  return { kind: 'damaged', stop, resumesAt, endOffset };
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

function findResumption(log: File, stop: ScanStop, minOffset: number): number | undefined {
  switch (stop.kind) {
    case 'invalid':
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
    case 'unsupported':
    case 'gap':
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
  for (
    let found = findGoodBatchFrom(log, badPosition + HEADER_BYTES, minOffset);
    found !== undefined;
    found = findGoodBatchFrom(log, found + 1, minOffset)
  ) {
    const covered = Buffer.alloc(found - badPosition - ATTRIBUTES_AT);
    log.readAt(covered, 0, covered.length, badPosition + ATTRIBUTES_AT);
    if (crc32c(covered, 0, covered.length) === crc) return found;
  }
  return undefined;
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
  const endPosition = log.stat().sizeBytes;
  const chunk = Buffer.alloc(SEARCH_CHUNK_BYTES);
  let position = from + MAGIC_AT;
  while (position < endPosition) {
    const read = log.readAt(chunk, 0, Math.min(chunk.length, endPosition - position), position);
    if (read === 0) return undefined;
    for (let at = chunk.indexOf(MAGIC); at !== -1 && at < read;) {
      const candidate = position + at - MAGIC_AT;
      if (isGoodBatch(log, candidate, endPosition, minOffset)) return candidate;
      at = chunk.indexOf(MAGIC, at + 1);
    }
    position += read;
  }
  return undefined;
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
    chunkBytes: SEARCH_CHUNK_BYTES,
  });
  return scanner.next() && scanner.batch.baseOffset >= minOffset;
}

/**
 * The end of the last good batch from `position` on, passing over further damage; undefined if what
 * follows it stands below `syncedPosition`.
 */
function lastGoodOffset(
  log: File,
  position: number,
  minOffset: number,
  syncedPosition: number,
): number | undefined {
  let endOffset = minOffset;
  for (let from = position; ;) {
    const scanner = new BatchScanner(log, {
      startPosition: from,
      endPosition: log.stat().sizeBytes,
      checkCrcFrom: 0,
    });
    while (scanner.next()) endOffset = Math.max(endOffset, scanner.batch.nextOffset);
    const { stop } = scanner;
    if (stop === undefined || stop.kind === 'end') return endOffset;
    const next =
      stop.kind === 'unsupported'
        ? findGoodBatch(log, stop.position, endOffset)
        : findResumption(log, stop, endOffset);
    if (next === undefined) return stop.position < syncedPosition ? undefined : endOffset;
    from = next;
  }
}
