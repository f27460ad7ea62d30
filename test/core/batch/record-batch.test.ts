import { describe, expect, test } from '@jest/globals';
import { RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';
import { RecordBatch } from '../../../src/core/batch/record-batch.js';

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function build(fields: Parameters<RecordBatchBuilder['build']>[0], baseTimestamp?: number): Buffer {
  const builder = new RecordBatchBuilder({ capacityBytes: 1000, compression: 'none' });
  builder.reset(baseTimestamp);
  builder.append(1000, Buffer.from('k'), Buffer.from('v'));
  return Buffer.from(builder.build(fields));
}

describe('a view of a batch', () => {
  test('tells every field', () => {
    const bytes = build({
      baseOffset: 100,
      partitionLeaderEpoch: 3,
      lastOffsetDelta: 9,
      timestampType: 'LogAppendTime',
      maxTimestamp: 5000,
      isTransactional: true,
      isControl: true,
      producerId: 2 ** 50,
      producerEpoch: 32767,
      baseSequence: 2147483640,
    });
    const batch = new RecordBatch(viewOf(bytes));
    expect(batch.at).toBe(0);
    expect(batch.baseOffset).toBe(100);
    expect(batch.sizeBytes).toBe(bytes.length);
    expect(batch.batchLength).toBe(bytes.length - 12);
    expect(batch.partitionLeaderEpoch).toBe(3);
    expect(batch.magic).toBe(2);
    expect(batch.crc).toBe(batch.computeCrc());
    expect(batch.attributes).toBe(0x38);
    expect(batch.compression).toBe('none');
    expect(batch.isCompressed).toBe(false);
    expect(batch.timestampType).toBe('LogAppendTime');
    expect(batch.isTransactional).toBe(true);
    expect(batch.isControl).toBe(true);
    expect(batch.hasDeleteHorizon).toBe(false);
    expect(batch.deleteHorizonMs).toBeUndefined();
    expect(batch.lastOffsetDelta).toBe(9);
    expect(batch.lastOffset).toBe(109);
    expect(batch.nextOffset).toBe(110);
    expect(batch.baseTimestamp).toBe(1000);
    expect(batch.maxTimestamp).toBe(5000);
    expect(batch.producerId).toBe(2 ** 50);
    expect(batch.producerEpoch).toBe(32767);
    expect(batch.baseSequence).toBe(2147483640);
    expect(batch.lastSequence).toBe(1);
    expect(batch.recordsCount).toBe(1);
  });

  test('tells what is not there', () => {
    const batch = new RecordBatch(viewOf(build({})));
    expect(batch.partitionLeaderEpoch).toBe(-1);
    expect(batch.producerId).toBe(-1);
    expect(batch.producerEpoch).toBe(-1);
    expect(batch.baseSequence).toBe(-1);
    expect(batch.lastSequence).toBe(-1);
  });

  test('has the delete horizon in place of the base timestamp', () => {
    const batch = new RecordBatch(viewOf(build({ hasDeleteHorizon: true }, 90_000)));
    expect(batch.deleteHorizonMs).toBe(90_000);
    expect(batch.maxTimestamp).toBe(1000);
  });

  test('moves to the next batch, and to other memory', () => {
    const [first, second] = [build({ baseOffset: 1 }), build({ baseOffset: 2 })];
    const batch = new RecordBatch(viewOf(Buffer.concat([first, second])));
    batch.moveTo(batch.sizeBytes);
    expect([batch.baseOffset, batch.hasValidCrc()]).toEqual([2, true]);
    const other = build({ producerId: 3 });
    batch.moveTo(0, viewOf(other));
    expect([batch.baseOffset, batch.hasValidCrc()]).toEqual([0, true]);
  });

  test('has an invalid CRC after any change from the attributes on, and only there', () => {
    const bytes = build({});
    for (let at = 0; at < bytes.length; at++) {
      if (at >= 8 && at < 12) continue;
      const damaged = Buffer.from(bytes);
      damaged[at] = damaged[at]! ^ 0x20;
      expect(new RecordBatch(viewOf(damaged)).hasValidCrc()).toBe(at < 17);
    }
  });

  test('names a codec that nobody has given out', () => {
    const bytes = build({});
    bytes[22] = 5;
    expect(() => new RecordBatch(viewOf(bytes)).compression).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_COMPRESSION_TYPE' }),
    );
  });
});
