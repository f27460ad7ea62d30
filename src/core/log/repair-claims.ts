/**
 * How far the offsets may have been given out in bytes that cannot be read. An offset must never be given
 * out twice, so every answer here is an upper bound: an offset that nobody ever had costs nothing.
 */
import {
  checkBatchHeader,
  readBaseOffset,
  readBatchSizeBytes,
  readRecordsCount,
} from '../batch/batch-header.js';
import { HEADER_BYTES, LAST_OFFSET_DELTA_AT, MIN_RECORD_BYTES } from '../batch/format.js';
import type { File } from '../fs/file-system.js';

/**
 * Bytes that one byte can decompress to, by codec id: 0 none; 1 gzip (deflate's limit); 2 snappy (a copy
 * of 64 bytes in 3); 3 lz4 (255 for each length byte); 4 zstd (a repeated block of 128 KiB in 4).
 */
const EXPANSION = [1, 1032, 22, 255, 32768] as const;

/** By the codecs that were seen in a log: whoever wrote what is lost wrote the rest of it too. */
export function recordsPerByteMax(codecIds: ReadonlySet<number>): number {
  const expansions = [...codecIds].map((id) => EXPANSION[id] ?? 1);
  return Math.max(1, ...expansions) / MIN_RECORD_BYTES;
}

/** What the header of a batch says that cannot be read; it agrees with itself. */
export interface BatchClaim {
  readonly baseOffset: number;
  readonly offsetCount: number;
  readonly endPosition: number;
}

/** Undefined where the header contradicts itself, or the file ends before the batch does. */
export function claimAt(log: File, position: number): BatchClaim | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  if (log.readAt(header, 0, HEADER_BYTES, position) < HEADER_BYTES) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, HEADER_BYTES);
  if (checkBatchHeader(view, 0, log.stat().sizeBytes - position) !== undefined) return undefined;
  const offsetCount = view.getInt32(LAST_OFFSET_DELTA_AT) + 1;
  if (offsetCount !== readRecordsCount(view, 0)) return undefined;
  const endPosition = position + readBatchSizeBytes(view, 0);
  return { baseOffset: readBaseOffset(view, 0), offsetCount, endPosition };
}
