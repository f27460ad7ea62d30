/** One batch seen in place. The bytes and their meaning: format.ts. */
import { crc32c } from '../bytes/crc32c.js';
import { readInt64 } from '../bytes/int64.js';
import { readBatchSizeBytes } from './batch-header.js';
import type { CompressionType } from './compression.js';
import { compressionOfId } from './compression.js';
import {
  ATTRIBUTES_AT,
  BASE_OFFSET_AT,
  BASE_SEQUENCE_AT,
  BASE_TIMESTAMP_AT,
  BATCH_LENGTH_AT,
  COMPRESSION_MASK,
  CONTROL_MASK,
  CRC_AT,
  DELETE_HORIZON_MASK,
  LAST_OFFSET_DELTA_AT,
  LEADER_EPOCH_AT,
  LOG_APPEND_TIME_MASK,
  MAGIC_AT,
  MAX_TIMESTAMP_AT,
  NO_SEQUENCE,
  PRODUCER_EPOCH_AT,
  PRODUCER_ID_AT,
  RECORDS_COUNT_AT,
  TRANSACTIONAL_MASK,
} from './format.js';
import { incrementSequence } from './sequence.js';

export type TimestampType = 'CreateTime' | 'LogAppendTime';

/**
 * A view over someone else's memory, valid while that memory is not reused. The batch must have
 * passed `checkBatchHeader`; the getters read what is there and check nothing.
 */
export class RecordBatch {
  #view: DataView;
  #bytes: Uint8Array | undefined;
  #at: number;

  constructor(view: DataView, at = 0) {
    this.#view = view;
    this.#at = at;
  }

  /** Looks at another batch, of the same memory or of another. */
  moveTo(at: number, view: DataView = this.#view): void {
    if (view !== this.#view) {
      this.#view = view;
      this.#bytes = undefined;
    }
    this.#at = at;
  }

  /** Index of the batch's first byte. */
  get at(): number {
    return this.#at;
  }

  get baseOffset(): number {
    return readInt64(this.#view, this.#at + BASE_OFFSET_AT);
  }

  /** Bytes after the length field itself. */
  get batchLength(): number {
    return this.#view.getInt32(this.#at + BATCH_LENGTH_AT);
  }

  get sizeBytes(): number {
    return readBatchSizeBytes(this.#view, this.#at);
  }

  /** -1 = none. */
  get partitionLeaderEpoch(): number {
    return this.#view.getInt32(this.#at + LEADER_EPOCH_AT);
  }

  get magic(): number {
    return this.#view.getInt8(this.#at + MAGIC_AT);
  }

  /** As stored. */
  get crc(): number {
    return this.#view.getUint32(this.#at + CRC_AT);
  }

  get attributes(): number {
    return this.#view.getInt16(this.#at + ATTRIBUTES_AT);
  }

  /** UNSUPPORTED_COMPRESSION_TYPE for an id that nobody has given out. */
  get compression(): CompressionType {
    return compressionOfId(this.attributes & COMPRESSION_MASK);
  }

  get isCompressed(): boolean {
    return (this.attributes & COMPRESSION_MASK) !== 0;
  }

  get timestampType(): TimestampType {
    return (this.attributes & LOG_APPEND_TIME_MASK) === 0 ? 'CreateTime' : 'LogAppendTime';
  }

  get isTransactional(): boolean {
    return (this.attributes & TRANSACTIONAL_MASK) !== 0;
  }

  /** Its records are Kafka's own (transaction markers, ...) and never given to readers. */
  get isControl(): boolean {
    return (this.attributes & CONTROL_MASK) !== 0;
  }

  get hasDeleteHorizon(): boolean {
    return (this.attributes & DELETE_HORIZON_MASK) !== 0;
  }

  /** When compaction may drop the tombstones and markers inside, in ms since the epoch. */
  get deleteHorizonMs(): number | undefined {
    return this.hasDeleteHorizon ? this.baseTimestamp : undefined;
  }

  get lastOffsetDelta(): number {
    return this.#view.getInt32(this.#at + LAST_OFFSET_DELTA_AT);
  }

  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta;
  }

  /** The first offset that a batch behind this one may have. */
  get nextOffset(): number {
    return this.lastOffset + 1;
  }

  /** What record timestamps are relative to; with a delete horizon it is that. -1 = none. */
  get baseTimestamp(): number {
    return readInt64(this.#view, this.#at + BASE_TIMESTAMP_AT);
  }

  /** Of all records with LogAppendTime, the largest of them with CreateTime; -1 = none. */
  get maxTimestamp(): number {
    return readInt64(this.#view, this.#at + MAX_TIMESTAMP_AT);
  }

  /** -1 = none. */
  get producerId(): number {
    return readInt64(this.#view, this.#at + PRODUCER_ID_AT);
  }

  get producerEpoch(): number {
    return this.#view.getInt16(this.#at + PRODUCER_EPOCH_AT);
  }

  /** -1 = none. */
  get baseSequence(): number {
    return this.#view.getInt32(this.#at + BASE_SEQUENCE_AT);
  }

  /** -1 = none. */
  get lastSequence(): number {
    const base = this.baseSequence;
    return base < 0 ? NO_SEQUENCE : incrementSequence(base, this.lastOffsetDelta);
  }

  /** Records that are there; compaction may leave fewer than the offsets that the batch spans. */
  get recordsCount(): number {
    return this.#view.getInt32(this.#at + RECORDS_COUNT_AT);
  }

  computeCrc(): number {
    const view = this.#view;
    const bytes = (this.#bytes ??= new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    return crc32c(bytes, this.#at + ATTRIBUTES_AT, this.#at + this.sizeBytes);
  }

  hasValidCrc(): boolean {
    return this.crc === this.computeCrc();
  }
}
