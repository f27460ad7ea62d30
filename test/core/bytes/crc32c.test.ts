import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crc32c, crc32cInJs } from '../../../src/core/bytes/crc32c.js';
import { goldenTest, readGoldenLines } from '../../support/golden.js';

/** Bit by bit, as the definition has it. */
function crcByDefinition(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('crc32c', () => {
  test.each([
    ['', 0],
    ['123456789', 0xe3069283],
    ['Some String', 608512271],
  ])('of %j is %d', (text, expected) => {
    const bytes = Buffer.from(text);
    expect(crc32c(bytes, 0, bytes.length)).toBe(expected);
  });

  test('covers the range and nothing else', () => {
    const bytes = Buffer.from('xx123456789yyy');
    expect(crc32c(bytes, 2, 11)).toBe(0xe3069283);
  });

  test('is that of the definition for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(crc32cInJs(bytes, 0, bytes.length)).toBe(crcByDefinition(bytes));
      }),
    );
  });

  test.each([
    ['short', 40],
    ['long enough for the native library', 400_000],
  ])('goes on where another one ended: %s', (_, length) => {
    const bytes = Buffer.alloc(length, 'the quick brown fox');
    const whole = crc32cInJs(bytes, 0, length);
    for (const middle of [0, 1, 13, length - 9, length]) {
      expect(crc32c(bytes, middle, length, crc32c(bytes, 0, middle))).toBe(whole);
      expect(crc32cInJs(bytes, middle, length, crc32cInJs(bytes, 0, middle))).toBe(whole);
    }
  });

  test('is the same for large ranges, where the native library takes over', () => {
    const bytes = Buffer.alloc(300_000, 'the quick brown fox');
    const expected = crcByDefinition(bytes.subarray(1, 299_990));
    for (let round = 0; round < 3; round++) expect(crc32c(bytes, 1, 299_990)).toBe(expected);
    expect(crc32cInJs(bytes, 1, 299_990)).toBe(expected);
    expect(crc32c(bytes, 7, 7 + 512)).toBe(crc32cInJs(bytes, 7, 7 + 512));
  });

  goldenTest("Kafka's vectors", () => {
    for (const line of readGoldenLines<{ hex: string; crc32c: number }>('vectors/crc32c.jsonl')) {
      const bytes = Buffer.from(line.hex, 'hex');
      expect(crc32c(bytes, 0, bytes.length)).toBe(line.crc32c);
    }
  });
});
