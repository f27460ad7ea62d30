/** The names of a batch's bytes. */
import {
  ATTRIBUTES_AT,
  BASE_OFFSET_AT,
  BASE_SEQUENCE_AT,
  BASE_TIMESTAMP_AT,
  BATCH_LENGTH_AT,
  CRC_AT,
  LAST_OFFSET_DELTA_AT,
  LEADER_EPOCH_AT,
  MAGIC_AT,
  MAX_TIMESTAMP_AT,
  PRODUCER_EPOCH_AT,
  PRODUCER_ID_AT,
  RECORDS_AT,
  RECORDS_COUNT_AT,
} from '../../../src/core/batch/format.js';
import { readBatchSizeBytes } from '../../../src/core/batch/batch-header.js';

const FIELDS = [
  ['baseOffset', BASE_OFFSET_AT],
  ['batchLength', BATCH_LENGTH_AT],
  ['partitionLeaderEpoch', LEADER_EPOCH_AT],
  ['magic', MAGIC_AT],
  ['crc', CRC_AT],
  ['attributes', ATTRIBUTES_AT],
  ['lastOffsetDelta', LAST_OFFSET_DELTA_AT],
  ['baseTimestamp', BASE_TIMESTAMP_AT],
  ['maxTimestamp', MAX_TIMESTAMP_AT],
  ['producerId', PRODUCER_ID_AT],
  ['producerEpoch', PRODUCER_EPOCH_AT],
  ['baseSequence', BASE_SEQUENCE_AT],
  ['recordsCount', RECORDS_COUNT_AT],
  ['records', RECORDS_AT],
] as const;

export type BatchField = (typeof FIELDS)[number][0];

export interface BatchPlace {
  readonly field: BatchField;
  /** Of the batch in the segment. */
  readonly index: number;
  /** Of the batch in the file. */
  readonly position: number;
}

/** `bytes` are whole batches. */
export function fieldAt(bytes: Buffer, position: number): BatchPlace {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let start = 0;
  let index = 0;
  while (start + readBatchSizeBytes(view, start) <= position) {
    start += readBatchSizeBytes(view, start);
    index++;
  }
  const field = FIELDS.findLast(([, at]) => start + at <= position)![0];
  return { field, index, position: start };
}
