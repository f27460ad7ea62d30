/** What the maker of a batch says about it, and the header that comes of it. */
import { writeInt64 } from '../bytes/int64.js';
import type { CompressionType } from './compression.js';
import { compressionId } from './compression.js';
import {
  ATTRIBUTES_AT,
  BASE_OFFSET_AT,
  BASE_SEQUENCE_AT,
  BASE_TIMESTAMP_AT,
  BATCH_LENGTH_AT,
  CONTROL_MASK,
  DELETE_HORIZON_MASK,
  LAST_OFFSET_DELTA_AT,
  LEADER_EPOCH_AT,
  LOG_APPEND_TIME_MASK,
  LOG_OVERHEAD_BYTES,
  MAGIC,
  MAGIC_AT,
  MAX_TIMESTAMP_AT,
  NO_LEADER_EPOCH,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  PRODUCER_EPOCH_AT,
  PRODUCER_ID_AT,
  RECORDS_COUNT_AT,
  TRANSACTIONAL_MASK,
} from './format.js';
import type { TimestampType } from './record-batch.js';

/** Everything may be left out; the words are those of `RecordBatch`. */
export interface BatchFields {
  readonly baseOffset?: number;
  readonly partitionLeaderEpoch?: number;
  readonly lastOffsetDelta?: number;
  readonly timestampType?: TimestampType;
  /** With LogAppendTime: the time of all records, in ms since the epoch. */
  readonly maxTimestamp?: number;
  readonly hasDeleteHorizon?: boolean;
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
}

/** All that a header holds but the CRC, which comes last. */
export interface HeaderContent {
  readonly sizeBytes: number;
  readonly attributes: number;
  readonly baseOffset: number;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly recordsCount: number;
  /** The producer's fields and the leader epoch are taken from here. */
  readonly fields: BatchFields;
}

export function attributesOf(compression: CompressionType, fields: BatchFields): number {
  return (
    compressionId(compression) |
    (fields.timestampType === 'LogAppendTime' ? LOG_APPEND_TIME_MASK : 0) |
    (fields.isTransactional ? TRANSACTIONAL_MASK : 0) |
    (fields.isControl ? CONTROL_MASK : 0) |
    (fields.hasDeleteHorizon ? DELETE_HORIZON_MASK : 0)
  );
}

/** `view` begins with the batch. */
export function writeHeader(view: DataView, header: HeaderContent): void {
  const { fields } = header;
  writeInt64(view, BASE_OFFSET_AT, header.baseOffset);
  view.setInt32(BATCH_LENGTH_AT, header.sizeBytes - LOG_OVERHEAD_BYTES);
  view.setInt32(LEADER_EPOCH_AT, fields.partitionLeaderEpoch ?? NO_LEADER_EPOCH);
  view.setInt8(MAGIC_AT, MAGIC);
  view.setInt16(ATTRIBUTES_AT, header.attributes);
  view.setInt32(LAST_OFFSET_DELTA_AT, header.lastOffsetDelta);
  writeInt64(view, BASE_TIMESTAMP_AT, header.baseTimestamp);
  writeInt64(view, MAX_TIMESTAMP_AT, header.maxTimestamp);
  writeInt64(view, PRODUCER_ID_AT, fields.producerId ?? NO_PRODUCER_ID);
  view.setInt16(PRODUCER_EPOCH_AT, fields.producerEpoch ?? NO_PRODUCER_EPOCH);
  view.setInt32(BASE_SEQUENCE_AT, fields.baseSequence ?? NO_SEQUENCE);
  view.setInt32(RECORDS_COUNT_AT, header.recordsCount);
}
