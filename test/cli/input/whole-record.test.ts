import { expect, test } from '@jest/globals';
import { errorOf, recordsOf } from './recording.js';

const format = 'whole';

test('all chunks are one record', () => {
  const chunks = ['a\n', '', 'b\0', '\xff'].map((text) => Buffer.from(text, 'latin1'));
  expect(recordsOf(chunks, { format }).records).toStrictEqual([[null, 'a\nb\0\xff']]);
});

test('an empty input is an empty record', () => {
  expect(recordsOf([], { format }).records).toStrictEqual([[null, '']]);
});

test('the limit holds, and the message names the file', () => {
  const chunks = [Buffer.alloc(3), Buffer.alloc(2)];
  expect(recordsOf(chunks, { format, maxRecordBytes: 5 }).records).toHaveLength(1);
  expect(
    errorOf(() => recordsOf(chunks, { format, maxRecordBytes: 4, sourceName: 'a.bin' })),
  ).toMatchObject({
    code: 'MESSAGE_TOO_LARGE',
    message: 'a.bin is longer than max.message.bytes (4)',
  });
});
