/** Changes to a finished batch in place. */
import { crc32c } from '../bytes/crc32c.js';
import { writeInt64 } from '../bytes/int64.js';
import { readBatchSizeBytes } from './batch-header.js';
import {
  ATTRIBUTES_AT,
  BASE_OFFSET_AT,
  CRC_AT,
  HEADER_BYTES,
  LEADER_EPOCH_AT,
  LOG_APPEND_TIME_MASK,
  MAX_TIMESTAMP_AT,
} from './format.js';

/** Gives the batch at `at` its place in the log. Neither field is under the CRC. */
export function stampBatch(
  bytes: Uint8Array,
  at: number,
  baseOffset: number,
  partitionLeaderEpoch: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  writeInt64(view, BASE_OFFSET_AT, baseOffset);
  view.setInt32(LEADER_EPOCH_AT, partitionLeaderEpoch);
}

/** Makes `timestamp` (ms since the epoch) the time of every record of the batch; renews the CRC. */
export function stampLogAppendTime(bytes: Uint8Array, at: number, timestamp: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setInt16(at + ATTRIBUTES_AT, view.getInt16(at + ATTRIBUTES_AT) | LOG_APPEND_TIME_MASK);
  writeInt64(view, at + MAX_TIMESTAMP_AT, timestamp);
  stampCrc(bytes, view, at);
}

/** Renews the CRC of the batch at `at`; `view` covers `bytes`. */
export function stampCrc(bytes: Uint8Array, view: DataView, at: number): void {
  const end = at + readBatchSizeBytes(view, at);
  view.setUint32(at + CRC_AT, crc32c(bytes, at + ATTRIBUTES_AT, end));
}
