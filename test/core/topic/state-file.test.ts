import { describe, expect, test } from '@jest/globals';
import { formatStateFile, parseStateFile } from '../../../src/core/topic/state-file.js';

const place = { path: '/d/x.json', formatVersion: 1 };
const parse = (bytes: Uint8Array | string) => parseStateFile(Buffer.from(bytes), place);
const damaged = expect.objectContaining({ code: 'DATA_DIR_DAMAGED' });

describe('a state file', () => {
  test('is one line of JSON that ends in its checksum', () => {
    expect(Buffer.from(formatStateFile(1, { a: 'é' })).toString()).toMatch(
      /^\{"formatVersion":1,"a":"é","checksum":"[0-9a-f]{8}"\}\n$/,
    );
  });

  test('reads back what was written', () => {
    expect(parse(formatStateFile(1, { a: 'é', b: [1], c: {} }))).toMatchObject({
      formatVersion: 1,
      a: 'é',
      b: [1],
      c: {},
    });
  });

  test('with any bit flipped is refused', () => {
    const bytes = formatStateFile(1, { config: { 'retention.ms': '604800000' } });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => parse(flipped)).toThrow(expect.objectContaining({ code: expect.any(String) }));
    }
  });

  test('cut short anywhere is damaged', () => {
    const bytes = formatStateFile(1, { a: 1 });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parse(bytes.subarray(0, length))).toThrow(damaged);
    }
  });

  test.each([
    ['zeros', '\0'.repeat(64)],
    ['no checksum', '{"formatVersion":1}\n'],
    ['no version', '{"a":1}'],
    ['a version that is no number', '{"formatVersion":"1"}'],
    ['an array', '[]'],
    ['null', 'null'],
    ['text', 'hello'],
  ])('with %s is damaged', (_, text) => {
    expect(() => parse(text)).toThrow(damaged);
  });

  test.each([
    ['a newer one, wherever that keeps its checksum', '{"formatVersion":2,"sum":"x"}', /newer/],
    ['an older one', '{"formatVersion":0}', /older/],
  ])('of another format says so: %s', (_, text, suggestion) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'DATA_DIR_UNKNOWN_FORMAT',
        message: expect.stringMatching(/version [02]; this program knows 1/),
        suggestion: expect.stringMatching(suggestion),
      }),
    );
  });
});
