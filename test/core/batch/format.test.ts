import { expect, test } from '@jest/globals';
import * as format from '../../../src/core/batch/format.js';

test('the fields lie where the table of the format has them', () => {
  expect([
    format.BASE_OFFSET_AT,
    format.BATCH_LENGTH_AT,
    format.LEADER_EPOCH_AT,
    format.MAGIC_AT,
    format.CRC_AT,
    format.ATTRIBUTES_AT,
    format.LAST_OFFSET_DELTA_AT,
    format.BASE_TIMESTAMP_AT,
    format.MAX_TIMESTAMP_AT,
    format.PRODUCER_ID_AT,
    format.PRODUCER_EPOCH_AT,
    format.BASE_SEQUENCE_AT,
    format.RECORDS_COUNT_AT,
    format.RECORDS_AT,
  ]).toEqual([0, 8, 12, 16, 17, 21, 23, 27, 35, 43, 51, 53, 57, 61]);
  expect(format.LOG_OVERHEAD_BYTES).toBe(12);
  expect(format.HEADER_UP_TO_MAGIC_BYTES).toBe(17);
  expect(format.HEADER_BYTES).toBe(61);
});
