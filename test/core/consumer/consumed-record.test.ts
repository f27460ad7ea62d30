import { expect, test } from '@jest/globals';

import { RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';
import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import { ConsumedRecord } from '../../../src/core/consumer/consumed-record.js';

test('its fields are those of the record that the cursor stands at', () => {
  const builder = new RecordBatchBuilder({ capacityBytes: 1000, compression: 'none' });
  const headers = [{ key: Buffer.from('h'), value: null }];
  builder.append(70, null, Buffer.from('value'), headers);
  builder.append(71, Buffer.from('key'), null, []);
  const cursor = new RecordCursor();
  cursor.open(Buffer.from(builder.build()), 0);
  const record = new ConsumedRecord('t', 3, cursor);
  cursor.next();
  expect([record.topic, record.partition, record.offset, record.timestamp]).toEqual([
    't',
    3,
    0,
    70,
  ]);
  expect([record.key, record.value?.toString(), record.sizeBytes]).toEqual([null, 'value', 5]);
  expect(record.headers.map(({ key, value }) => [Buffer.from(key).toString(), value])).toEqual([
    ['h', null],
  ]);
  cursor.next();
  expect([record.key?.toString(), record.value, record.headers, record.sizeBytes]).toEqual([
    'key',
    null,
    [],
    3,
  ]);
});
