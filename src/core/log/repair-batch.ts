/**
 * One batch as a repair looks at it: is it whole, can its records be decoded, and if its header is
 * wrong, can the header be put right?
 *
 * Base offset, length, leader epoch and magic are not under a batch's checksum, and everything else is.
 * So where those four are wrong and the checksum is right for the bytes up to the next batch, the records
 * are as they were written, and what was wrong can be told from its neighbours.
 */
import { checkBatchHeader } from '../batch/batch-header.js';
import {
  ATTRIBUTES_AT,
  BASE_OFFSET_AT,
  BATCH_LENGTH_AT,
  COMPRESSION_MASK,
  CRC_AT,
  HEADER_BYTES,
  LAST_OFFSET_DELTA_AT,
  LEADER_EPOCH_AT,
  LOG_OVERHEAD_BYTES,
  MAGIC,
  MAGIC_AT,
  NO_LEADER_EPOCH,
} from '../batch/format.js';
import { RecordBatch } from '../batch/record-batch.js';
import { RecordCursor } from '../batch/record-cursor.js';
import { crc32c } from '../bytes/crc32c.js';
import { writeInt64 } from '../bytes/int64.js';
import { isCoreError } from '../errors.js';
import type { File } from '../fs/file-system.js';

/** The fields in front of the checksum: what a repair may write anew. */
export const UNCHECKED_BYTES = CRC_AT;

/** Facts of a batch; `bytes` in which it lies are not kept. */
export interface BatchFacts {
  readonly position: number;
  readonly endPosition: number;
  readonly baseOffset: number;
  /** Offsets that it spans. */
  readonly offsetCount: number;
  readonly leaderEpoch: number;
  readonly firstTimestamp: number;
  readonly maxTimestamp: number;
  readonly codecId: number;
  /** Its records can be read. */
  readonly isDecodable: boolean;
}

/** More in one batch than any producer sends; a damaged place of that size is searched, not loaded. */
const LOAD_LIMIT_BYTES = 256 * 1024 * 1024;

const records = new RecordCursor();

/** The batch at `at` of `bytes`, whose header is possible and whose checksum is right. */
export function factsOf(bytes: Buffer, at: number, position: number): BatchFacts {
  const batch = new RecordBatch(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at);
  return {
    position,
    endPosition: position + batch.sizeBytes,
    baseOffset: batch.baseOffset,
    offsetCount: batch.lastOffsetDelta + 1,
    leaderEpoch: batch.partitionLeaderEpoch,
    firstTimestamp: batch.baseTimestamp,
    maxTimestamp: batch.maxTimestamp,
    codecId: batch.attributes & COMPRESSION_MASK,
    isDecodable: isDecodable(bytes, at),
  };
}

/** A codec that has no build for this machine proves nothing against its records. */
function isDecodable(bytes: Buffer, at: number): boolean {
  try {
    records.open(bytes, at);
    while (records.next());
    return true;
  } catch (error) {
    if (isCoreError(error, 'CORRUPT_MESSAGE')) return false;
    if (isCoreError(error, 'UNSUPPORTED_COMPRESSION_TYPE')) return !('id' in error.details);
    throw error;
  }
}

export interface HeaderFields {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  readonly leaderEpoch: number;
}

/** The bytes that stand before the checksum of a batch with these fields. */
export function uncheckedBytes(fields: HeaderFields): Buffer {
  const bytes = Buffer.alloc(UNCHECKED_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  writeInt64(view, BASE_OFFSET_AT, fields.baseOffset);
  view.setInt32(BATCH_LENGTH_AT, fields.sizeBytes - LOG_OVERHEAD_BYTES);
  view.setInt32(LEADER_EPOCH_AT, Math.max(fields.leaderEpoch, NO_LEADER_EPOCH));
  view.setInt8(MAGIC_AT, MAGIC);
  return bytes;
}

/**
 * The batch that begins at `position` and ends at one of `endPositions` by its checksum, whatever its
 * length and magic say; undefined if none does. Its base offset is what stands there.
 */
export function matchByChecksum(
  log: File,
  position: number,
  endPositions: Iterable<number>,
): BatchFacts | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  if (log.readAt(header, 0, HEADER_BYTES, position) < HEADER_BYTES) return undefined;
  const isImpossible =
    header.readUInt16BE(ATTRIBUTES_AT) > 0xff || header.readInt32BE(LAST_OFFSET_DELTA_AT) < 0;
  if (isImpossible) return undefined;
  const crc = header.readUInt32BE(CRC_AT);
  for (const endPosition of endPositions) {
    const sizeBytes = endPosition - position;
    if (sizeBytes < HEADER_BYTES || sizeBytes > LOAD_LIMIT_BYTES) continue;
    const bytes = Buffer.alloc(sizeBytes);
    if (log.readAt(bytes, 0, sizeBytes, position) < sizeBytes) continue;
    if (crc32c(bytes, ATTRIBUTES_AT, sizeBytes) !== crc) continue;
    return factsBehind(bytes, position);
  }
  return undefined;
}

/** The checksum is right: what else the header says must be possible too. */
function factsBehind(bytes: Buffer, position: number): BatchFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const leaderEpoch = view.getInt32(LEADER_EPOCH_AT);
  const stored = Buffer.from(bytes.subarray(0, LOG_OVERHEAD_BYTES));
  uncheckedBytes({ baseOffset: 0, sizeBytes: bytes.length, leaderEpoch }).copy(bytes);
  if (checkBatchHeader(view, 0, bytes.length) !== undefined) return undefined;
  const facts = factsOf(bytes, 0, position);
  const baseOffset = stored.readBigInt64BE(BASE_OFFSET_AT);
  // An impossible one is as good as any that fits nowhere.
  const isPossible = baseOffset >= 0n && baseOffset <= BigInt(Number.MAX_SAFE_INTEGER);
  return { ...facts, leaderEpoch, baseOffset: isPossible ? Number(baseOffset) : -1 };
}
