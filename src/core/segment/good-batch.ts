/** Finding good batches where nothing says that one begins. */
import { checkBatchHeader, readBatchSizeBytes } from '../batch/batch-header.js';
import { HEADER_BYTES, MAGIC, MAGIC_AT } from '../batch/format.js';
import type { File } from '../fs/file-system.js';
import { BatchScanner } from './batch-scanner.js';

export interface OffsetLimits {
  readonly minOffset: number;
  /** Exclusive; Infinity where nothing follows. */
  readonly endOffset?: number;
}

const SEARCH_CHUNK_BYTES = 64 * 1024;
/** Room for most batches; a larger one makes its own. */
const PROBE_BYTES = 4 * 1024;
/** How many times the bytes that are searched may be read for batches that look possible. */
const PATIENCE = 16;

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
  const [first] = goodBatchesFrom(log, framed ?? badPosition + 1, { minOffset });
  return first;
}

/**
 * The positions at or behind `from`, rising, where a good batch within the limits begins, also inside of
 * others. Bytes that look like headers again and again, each of a batch that reaches to the end, would
 * have all that follows read for each: there is an end to that, and then no more are found.
 */
export function* goodBatchesFrom(
  log: File,
  from: number,
  limits: OffsetLimits,
): Generator<number, void> {
  const endPosition = log.stat().sizeBytes;
  const chunk = Buffer.alloc(SEARCH_CHUNK_BYTES);
  let leftBytes = PATIENCE * (endPosition - from) + PATIENCE * SEARCH_CHUNK_BYTES;
  for (let position = from + MAGIC_AT; position < endPosition;) {
    const read = log.readAt(chunk, 0, Math.min(chunk.length, endPosition - position), position);
    if (read === 0) return;
    for (let at = chunk.indexOf(MAGIC); at !== -1 && at < read; at = chunk.indexOf(MAGIC, at + 1)) {
      const candidate = position + at - MAGIC_AT;
      const end = framedEnd(log, candidate, endPosition);
      if (end === undefined) continue;
      leftBytes -= end - candidate;
      if (leftBytes < 0) return;
      if (isGoodBatch(log, candidate, limits)) yield candidate;
    }
    position += read;
  }
}

/** Where the batch at `position` ends by its own header, if that header is possible. */
export function framedEnd(
  log: File,
  position: number,
  endPosition = log.stat().sizeBytes,
): number | undefined {
  const header = new Uint8Array(HEADER_BYTES);
  if (log.readAt(header, 0, header.length, position) < header.length) return undefined;
  const view = new DataView(header.buffer);
  const fault = checkBatchHeader(view, 0, endPosition - position);
  return fault === undefined ? position + readBatchSizeBytes(view, 0) : undefined;
}

function isGoodBatch(
  log: File,
  position: number,
  { minOffset, endOffset = Infinity }: OffsetLimits,
): boolean {
  const scanner = new BatchScanner(log, {
    startPosition: position,
    endPosition: log.stat().sizeBytes,
    checkCrcFrom: 0,
    chunkBytes: PROBE_BYTES,
  });
  if (!scanner.next()) return false;
  return scanner.batch.baseOffset >= minOffset && scanner.batch.nextOffset <= endOffset;
}
