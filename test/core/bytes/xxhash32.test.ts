import { expect, test } from '@jest/globals';
import { xxhash32 } from '../../../src/core/bytes/xxhash32.js';

test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('the xxHash32 of %j', (text, expected) => {
  const bytes = Buffer.from(`..${text}..`);
  expect(xxhash32(bytes, 2, bytes.length - 2)).toBe(expected);
});

test('the header checksum of the frames that Kafka writes', () => {
  expect((xxhash32(Buffer.from('6040', 'hex'), 0, 2) >>> 8) & 0xff).toBe(0x82);
});
