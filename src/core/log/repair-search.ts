/** Finding batches where nothing says that one begins. */
import type { File } from '../fs/file-system.js';
import { BatchScanner } from '../segment/batch-scanner.js';
import { type OffsetLimits, framedEnd, goodBatchesFrom } from '../segment/good-batch.js';

const CHUNK_BYTES = 64 * 1024;

/**
 * Where the next good batch behind a bad one begins; undefined if none does. The value of a record may
 * itself hold a batch: where the bad one's header still frames it, what stands inside of the frame counts
 * only if the batches from there on lead out of it.
 */
export function nextGoodBatch(
  log: File,
  badPosition: number,
  limits: OffsetLimits,
): number | undefined {
  const frameEnd = framedEnd(log, badPosition);
  for (const position of goodBatchesFrom(log, badPosition + 1, limits)) {
    if (frameEnd === undefined || position >= frameEnd) return position;
    if (chainEnd(log, position) > frameEnd) return position;
  }
  return undefined;
}

/** Where the good batches end that follow each other from `position` on. */
function chainEnd(log: File, position: number): number {
  const scanner = scannerFrom(log, position);
  while (scanner.next()) scanner.expectedOffset ??= scanner.batch.nextOffset;
  return scanner.nextPosition;
}

/** The base offset of the good batch that begins at `position`; undefined if none does. */
export function baseOffsetAt(log: File, position: number): number | undefined {
  const scanner = scannerFrom(log, position);
  return scanner.next() ? scanner.batch.baseOffset : undefined;
}

function scannerFrom(log: File, position: number): BatchScanner {
  return new BatchScanner(log, {
    startPosition: position,
    endPosition: log.stat().sizeBytes,
    checkCrcFrom: 0,
    chunkBytes: CHUNK_BYTES,
  });
}
