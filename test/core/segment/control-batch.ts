import { RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';

/** As a transaction coordinator writes it. */
export function buildControlBatch(type: number, coordinatorEpoch: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeInt16BE(type, 2);
  const value = Buffer.alloc(6);
  value.writeInt32BE(coordinatorEpoch, 2);
  const builder = new RecordBatchBuilder({ capacityBytes: 1024, compression: 'none' });
  builder.append(5, key, value, []);
  const producer = { producerId: 9, producerEpoch: 0, isControl: true, isTransactional: true };
  return Buffer.from(builder.build({ baseOffset: 0, ...producer }));
}
