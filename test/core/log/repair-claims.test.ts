import { expect, test } from '@jest/globals';
import { claimAt, recordsPerByteMax } from '../../../src/core/log/repair-claims.js';
import { batchAt, batchOf, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

test.each([
  ['none', 0],
  ['gzip', 1],
  ['snappy', 2],
  ['lz4', 3],
  ['zstd', 4],
] as const)('no batch of %s holds more records than its bytes can', (compression, id) => {
  const values = Array.from({ length: 500 }, () => '');
  const bytes = batchOf(values, { compression });
  expect(500 / bytes.length).toBeLessThanOrEqual(recordsPerByteMax(new Set([id])));
});

test('the worst codec that was seen decides', () => {
  expect(recordsPerByteMax(new Set())).toBe(1 / 7);
  expect(recordsPerByteMax(new Set([0, 1, 2]))).toBe(1032 / 7);
});

test('a header is believed that agrees with itself, whatever the records are', () => {
  const bytes = batchAt(7, ['a', 'b', 'c']);
  const claim = (change: (copy: Buffer) => void) => {
    const copy = Buffer.from(bytes);
    change(copy);
    return claimAt(fileOf(new MemoryFileSystem(), '/log', copy), 0);
  };
  const whole = { baseOffset: 7, offsetCount: 3, endPosition: bytes.length };
  expect(claim((copy) => copy.fill(9, 61))).toEqual(whole);
  expect(claim((copy) => copy.writeInt32BE(1, 23))).toBeUndefined();
  expect(claim((copy) => copy.writeInt32BE(1, 57))).toBeUndefined();
  expect(claim((copy) => copy.writeInt32BE(1000, 8))).toBeUndefined();
  expect(claim((copy) => copy.fill(0))).toBeUndefined();
});
