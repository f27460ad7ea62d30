import { describe, expect, test } from '@jest/globals';
import { RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';
import { RecordBatch } from '../../../src/core/batch/record-batch.js';
import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import { stampBatch, stampLogAppendTime } from '../../../src/core/batch/stamp.js';

const BEFORE = 3;

function batchBehindOthers(): Buffer {
  const builder = new RecordBatchBuilder({ capacityBytes: 1000, compression: 'none' });
  builder.append(1000, null, Buffer.from('one'));
  builder.append(2000, null, Buffer.from('two'));
  return Buffer.concat([Buffer.alloc(BEFORE), builder.build(), Buffer.alloc(3)]);
}

function viewOf(bytes: Buffer): RecordBatch {
  return new RecordBatch(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), BEFORE);
}

describe('stamping', () => {
  test('the place in the log leaves the CRC as it was', () => {
    const bytes = batchBehindOthers();
    const { crc } = viewOf(bytes);
    stampBatch(bytes, BEFORE, 2 ** 45, 17);
    const batch = viewOf(bytes);
    expect([batch.baseOffset, batch.lastOffset, batch.partitionLeaderEpoch]).toEqual([
      2 ** 45,
      2 ** 45 + 1,
      17,
    ]);
    expect(batch.crc).toBe(crc);
    expect(batch.hasValidCrc()).toBe(true);
  });

  test('the time of the append is that of every record, under a new CRC', () => {
    const bytes = batchBehindOthers();
    const { crc } = viewOf(bytes);
    stampLogAppendTime(bytes, BEFORE, 5000);
    const batch = viewOf(bytes);
    expect([batch.timestampType, batch.maxTimestamp, batch.baseTimestamp]).toEqual([
      'LogAppendTime',
      5000,
      1000,
    ]);
    expect(batch.crc).not.toBe(crc);
    expect(batch.hasValidCrc()).toBe(true);
    const cursor = new RecordCursor();
    cursor.open(bytes, BEFORE);
    const times: number[] = [];
    while (cursor.next()) times.push(cursor.timestamp);
    expect(times).toEqual([5000, 5000]);
  });
});
