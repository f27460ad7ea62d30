import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  FOREVER_MS,
  durationOf,
  formatDuration,
  parseDuration,
} from '../../../src/cli/grammar/duration.js';

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1h30m', 5_400_000],
    ['2d12h', 216_000_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
    ['forever', FOREVER_MS],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    ['5', 'did you mean 5s?'],
    ['60000', 'did you mean 60000ms?'],
    ['0.5', 'did you mean 0.5s?'],
    ['5 minutes', 'did you mean 5m?'],
    ['1H', 'did you mean 1h?'],
    ['1hour 30min', 'did you mean 1h30m?'],
    ['5M', undefined],
    ['30m1h', undefined],
    ['1h1h', undefined],
    ['-1h', undefined],
    ['1y', undefined],
    ['0.0001s', undefined],
    ['999999999999999w', undefined],
    ['', undefined],
  ])('%j is refused, with the guess %j', (text, suggestion) => {
    expect(durationOf(text)).toBeUndefined();
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', suggestion }),
    );
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [500, '500ms'],
    [5_400_000, '1h30m'],
    [604_800_000, '7d'],
    [1_209_600_000, '2w'],
    [90_061_001, '1d1h1m1s1ms'],
    [FOREVER_MS, 'forever'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('reads back as the same duration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});
