/**
 * What the end of a scan means. The same bytes are harmless in one place and damage in another:
 *
 * - `whole`: every byte belongs to a batch.
 * - `unfinished`: an append that is under way, or that died: never acknowledged. Readers take it as
 *   "not there yet"; a writer keeps the bytes aside, cuts them off and goes on.
 * - `damaged`: records that had been written, and may have been acknowledged, are unreadable. Never
 *   cut. `resumesAt` is the next good batch behind the damage, if there is one, and `endOffset` the
 *   end of the last good one.
 *
 * A bad place is `unfinished` only at or past the position up to which the segment is known to be on
 * disk, and only if no good batch follows it. A power cut is the exception to the second half: pages
 * that were never synced survive in any order, so past the synced position the first bad batch is
 * the end whatever follows, and none of it had been acknowledged. (Alagappan et al., "Protocol-Aware
 * Recovery for Consensus-Based Storage", FAST '18, on telling the two apart.)
 */
import { checkBatchHeader, readBatchSizeBytes } from '../batch/batch-header.js';
import { HEADER_BYTES } from '../batch/format.js';
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
      readonly endOffset: number;
    };

export interface TailContext {
  /** Bytes of the segment that are certainly on disk. */
  readonly syncedPosition: number;
  /** The machine may have lost power since the segment was last written. */
  readonly afterPowerCut: boolean;
}

const SEARCH_CHUNK_BYTES = 64 * 1024;
const MAGIC_AT = 16;
const CURRENT_MAGIC = 2;

export function judgeTail(log: File, scan: SegmentScan, context: TailContext): TailVerdict {
  const { stop, tail } = scan;
  if (stop.kind === 'end') return { kind: 'whole' };
  if (stop.kind === 'unsupported') {
    return { kind: 'damaged', stop, resumesAt: undefined, endOffset: tail.nextOffset };
  }
  const isBeyondSynced = stop.position >= context.syncedPosition;
  if (isBeyondSynced && context.afterPowerCut) return { kind: 'unfinished', stop };
  if (stop.kind === 'gap') {
    return { kind: 'damaged', stop, resumesAt: undefined, endOffset: tail.nextOffset };
  }
  const canHideBatches = stop.kind === 'invalid' || stop.kind === 'bad-crc';
  const resumesAt = canHideBatches ? findGoodBatch(log, stop.position, tail.nextOffset) : undefined;
  if (isBeyondSynced && resumesAt === undefined) return { kind: 'unfinished', stop };
  const endOffset =
    resumesAt === undefined ? tail.nextOffset : lastGoodOffset(log, resumesAt, tail.nextOffset);
  return { kind: 'damaged', stop, resumesAt, endOffset };
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
  if (framed !== undefined && isGoodBatch(log, framed, endPosition, minOffset)) return framed;
  const chunk = Buffer.alloc(SEARCH_CHUNK_BYTES);
  let position = (framed ?? badPosition + 1) + MAGIC_AT;
  while (position < endPosition) {
    const read = log.readAt(chunk, 0, Math.min(chunk.length, endPosition - position), position);
    if (read === 0) return undefined;
    for (let at = chunk.indexOf(CURRENT_MAGIC); at !== -1 && at < read;) {
      const candidate = position + at - MAGIC_AT;
      if (isGoodBatch(log, candidate, endPosition, minOffset)) return candidate;
      at = chunk.indexOf(CURRENT_MAGIC, at + 1);
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

/** The end of the last good batch from `position` on, passing over further damage. */
function lastGoodOffset(log: File, position: number, minOffset: number): number {
  let endOffset = minOffset;
  for (let from: number | undefined = position; from !== undefined;) {
    const scanner: BatchScanner = new BatchScanner(log, {
      startPosition: from,
      endPosition: log.stat().sizeBytes,
      checkCrcFrom: 0,
    });
    while (scanner.next()) endOffset = Math.max(endOffset, scanner.batch.nextOffset);
    const stop: ScanStop | undefined = scanner.stop;
    from =
      stop === undefined || stop.kind === 'end' || stop.kind === 'zeros'
        ? undefined
        : findGoodBatch(log, stop.position, endOffset);
  }
  return endOffset;
}
