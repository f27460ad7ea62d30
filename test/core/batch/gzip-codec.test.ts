import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { openGzipCodec } from '../../../src/core/batch/gzip-codec.js';

const codec = openGzipCodec();

test('members that follow each other are one stream, and the limit is for all of them', () => {
  const members = Buffer.concat([gzipSync('abc'), gzipSync(''), gzipSync('def')]);
  expect(Buffer.from(codec.decompress(members, 6)).toString()).toBe('abcdef');
  expect(() => codec.decompress(members, 5)).toThrow(
    expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
  );
});

test('the level matters', () => {
  const text = Buffer.from(Array.from({ length: 3000 }, (_, i) => `line ${i * 37}\n`).join(''));
  expect(codec.compress(text, 9).length).toBeLessThan(codec.compress(text, 1).length);
});
