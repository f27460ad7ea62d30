/** Reading a batch's header in place: primitives in, primitives out, for scans of whole segments. */
import { isSafeInt64, readInt64 } from '../bytes/int64.js';
import { CoreError } from '../errors.js';
import {
  ATTRIBUTES_AT,
  BASE_OFFSET_AT,
  BASE_TIMESTAMP_AT,
  BATCH_LENGTH_AT,
  COMPRESSION_MASK,
  HEADER_BYTES,
  HEADER_UP_TO_MAGIC_BYTES,
  LAST_OFFSET_DELTA_AT,
  LOG_OVERHEAD_BYTES,
  MAGIC,
  MAGIC_AT,
  MAX_BATCH_BYTES,
  MAX_TIMESTAMP_AT,
  MIN_OLD_MESSAGE_BYTES,
  MIN_RECORD_BYTES,
  PRODUCER_ID_AT,
  RECORDS_COUNT_AT,
} from './format.js';

export function readBaseOffset(view: DataView, at: number): number {
  return readInt64(view, at + BASE_OFFSET_AT);
}

/** Bytes after the length field itself. */
export function readBatchLength(view: DataView, at: number): number {
  return view.getInt32(at + BATCH_LENGTH_AT);
}

/** Of the whole batch: the next one begins this much further. */
export function readBatchSizeBytes(view: DataView, at: number): number {
  return LOG_OVERHEAD_BYTES + view.getInt32(at + BATCH_LENGTH_AT);
}

export function readLastOffset(view: DataView, at: number): number {
  return readInt64(view, at + BASE_OFFSET_AT) + view.getInt32(at + LAST_OFFSET_DELTA_AT);
}

/** Milliseconds since the epoch, the largest of the batch; -1 = none. */
export function readMaxTimestamp(view: DataView, at: number): number {
  return readInt64(view, at + MAX_TIMESTAMP_AT);
}

export function readRecordsCount(view: DataView, at: number): number {
  return view.getInt32(at + RECORDS_COUNT_AT);
}

export interface HeaderFault {
  /**
   * - `incomplete`: the bytes end before the batch does; more of them may make it whole.
   * - `corrupt`: no writer made this.
   * - `unsupported`: a batch of the message formats v0 and v1.
   */
  readonly kind: 'incomplete' | 'corrupt' | 'unsupported';
  readonly reason: string;
}

/**
 * What is wrong with the batch at `at`, of which `availableBytes` are there; undefined if its whole
 * length is there and its fields are possible. After that no getter throws or reads outside the
 * batch. The CRC is not looked at, and the producer fields are not judged: clients write odd ones.
 */
export function checkBatchHeader(
  view: DataView,
  at: number,
  availableBytes: number,
): HeaderFault | undefined {
  if (availableBytes < HEADER_UP_TO_MAGIC_BYTES) return incomplete(availableBytes, HEADER_BYTES);
  const length = readBatchLength(view, at);
  if (length < MIN_OLD_MESSAGE_BYTES) return corrupt(`batch length ${length}`);
  const magic = view.getInt8(at + MAGIC_AT);
  if (magic === 0 || magic === 1) {
    return { kind: 'unsupported', reason: `message format v${magic} (before Kafka 0.11)` };
  }
  if (magic !== MAGIC) return corrupt(`magic ${magic}`);
  const sizeBytes = LOG_OVERHEAD_BYTES + length;
  if (sizeBytes < HEADER_BYTES || sizeBytes > MAX_BATCH_BYTES)
    return corrupt(`batch length ${length}`);
  if (availableBytes < sizeBytes) return incomplete(availableBytes, sizeBytes);
  return checkFields(view, at, sizeBytes);
}

function checkFields(view: DataView, at: number, sizeBytes: number): HeaderFault | undefined {
  const baseOffset = view.getInt32(at + BASE_OFFSET_AT);
  if (baseOffset < 0 || !isSafeInt64(view, at + BASE_OFFSET_AT))
    return corrupt('impossible base offset');
  const lastOffsetDelta = view.getInt32(at + LAST_OFFSET_DELTA_AT);
  if (lastOffsetDelta < 0) return corrupt(`last offset delta ${lastOffsetDelta}`);
  if (!Number.isSafeInteger(readLastOffset(view, at) + 1)) return corrupt('impossible last offset');
  if (!isSafeInt64(view, at + BASE_TIMESTAMP_AT) || !isSafeInt64(view, at + MAX_TIMESTAMP_AT)) {
    return corrupt('impossible timestamp');
  }
  if (!isSafeInt64(view, at + PRODUCER_ID_AT)) return corrupt('impossible producer id');
  const attributes = view.getUint16(at + ATTRIBUTES_AT);
  if (attributes > 0xff) return corrupt(`attributes ${attributes}`);
  const count = readRecordsCount(view, at);
  if (count < 0) return corrupt(`${count} records`);
  const isPlain = (attributes & COMPRESSION_MASK) === 0;
  const recordsBytes = sizeBytes - HEADER_BYTES;
  if (isPlain && count > recordsBytes / MIN_RECORD_BYTES) {
    return corrupt(`${count} records in ${recordsBytes} bytes`);
  }
  return undefined;
}

/** The fault as an error; `at` is where the batch begins. */
export function headerFaultError(fault: HeaderFault, at: number): CoreError {
  const details = { at, reason: fault.reason };
  return fault.kind === 'unsupported'
    ? new CoreError('UNSUPPORTED_FOR_MESSAGE_FORMAT', `cannot read ${fault.reason}`, {
        details,
        suggestion: 'Let Kafka 3 rewrite the topic in message format v2 first.',
      })
    : new CoreError('CORRUPT_MESSAGE', `damaged batch: ${fault.reason}`, { details });
}

function incomplete(availableBytes: number, sizeBytes: number): HeaderFault {
  return { kind: 'incomplete', reason: `${availableBytes} bytes of ${sizeBytes}` };
}

function corrupt(reason: string): HeaderFault {
  return { kind: 'corrupt', reason };
}
