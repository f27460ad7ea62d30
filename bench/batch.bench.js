// The hot loops: building a batch, reading one, and the checksum over it.
import { RecordBatchBuilder } from '../dist/core/batch/batch-builder.js';
import { RecordCursor } from '../dist/core/batch/record-cursor.js';
import { crc32c } from '../dist/core/bytes/crc32c.js';
import { measure, report } from './rounds.js';

export async function run({ small }) {
  const recordCount = small ? 2_000 : 1_000_000;
  const value = Buffer.alloc(100, 'x');
  const builder = new RecordBatchBuilder({ capacityBytes: 256 * 1024, compression: 'none' });
  const fill = () => {
    builder.reset();
    while (builder.hasRoomFor(-1, value.length, 0)) builder.appendRange(1, value, 0, -1, 0, 100);
    return builder.build();
  };
  const batch = Buffer.from(fill());
  const batchCount = Math.ceil(recordCount / builder.recordCount);
  const cursor = new RecordCursor();
  const results = await measure(
    {
      crc32c: () => {
        let sum = 0;
        for (let at = 0; at < batchCount; at++) sum ^= crc32c(batch, 21, batch.length);
        return sum;
      },
      append: () => {
        let sum = 0;
        for (let at = 0; at < batchCount; at++) sum += fill().length;
        return sum;
      },
      read: () => {
        let sum = 0;
        for (let at = 0; at < batchCount; at++) {
          cursor.open(batch, 0);
          while (cursor.next()) sum += cursor.valueLength;
        }
        return sum;
      },
    },
    small ? 2 : 11,
  );
  return report(`batch: ${batchCount * builder.recordCount} records of 100 bytes`, results);
}
