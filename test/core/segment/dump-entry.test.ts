import { expect, test } from '@jest/globals';
import { RecordBatch } from '../../../src/core/batch/record-batch.js';
import { describeBatch } from '../../../src/core/segment/dump-entry.js';
import { batchOf } from '../../support/log-fixture.js';
import { buildControlBatch } from './control-batch.js';

function describeBytes(bytes: Buffer) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return describeBatch(new RecordBatch(view), 77);
}

test('a batch is described by its header, and its checksum is computed', () => {
  const bytes = batchOf(['a', 'b'], { compression: 'gzip' });
  expect(describeBytes(bytes)).toMatchObject({
    position: 77,
    sizeBytes: bytes.length,
    count: 2,
    compression: 'gzip',
    isValid: true,
    isControl: false,
    deleteHorizonMs: undefined,
  });
  bytes[bytes.length - 1]! ^= 1;
  expect(describeBytes(bytes).isValid).toBe(false);
});

test('a control batch says so, and a codec that nobody has given out is null', () => {
  const bytes = buildControlBatch(0, 1);
  expect(describeBytes(bytes)).toMatchObject({ isControl: true, isTransactional: true });
  bytes.writeInt16BE(6, 21);
  expect(describeBytes(bytes).compression).toBeNull();
});
