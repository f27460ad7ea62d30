import { describe, expect, test } from '@jest/globals';
import { UNLIMITED_BYTES, formatSize, parseSize } from '../../../src/cli/grammar/size.js';

describe('parseSize', () => {
  test.each([
    ['0', 0],
    ['512', 512],
    ['512B', 512],
    ['64KB', 64_000],
    ['64KiB', 65_536],
    ['64kib', 65_536],
    ['1.5GB', 1_500_000_000],
    ['10GB', 10_000_000_000],
    ['2TiB', 2_199_023_255_552],
    ['unlimited', UNLIMITED_BYTES],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each([
    ['64K', 'did you mean 64KiB?'],
    ['1.5m', 'did you mean 1.5MiB?'],
    ['10 GB', 'did you mean 10GB?'],
    ['1,000', 'did you mean 1000?'],
    ['10 bytes', 'did you mean 10?'],
    ['1.5', undefined],
    ['-1', undefined],
    ['KB', undefined],
    ['', undefined],
    ['99999999TB', undefined],
  ])('%j is refused, with the guess %j', (text, suggestion) => {
    expect(() => parseSize(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', suggestion }),
    );
  });
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [10_189, '10 KiB'],
  [1_048_575, '1 MiB'],
  [112_197_632, '107 MiB'],
  [2 ** 60, '1024 PiB'],
  [UNLIMITED_BYTES, 'unlimited'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
