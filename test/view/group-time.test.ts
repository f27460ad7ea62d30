import { expect, test } from '@jest/globals';
import { formatSpan, localMoment, utcMoment } from '../../src/view/group-time.js';

test.each([
  [0, '<1s'],
  [999, '<1s'],
  [45_000, '45s'],
  [60_000, '1m'],
  [61_999, '1m 1s'],
  [7_380_000, '2h 3m'],
  [7_200_000 + 59_000, '2h'],
  [3 * 86_400_000 + 4 * 3_600_000 + 1, '3d 4h'],
  [1000 * 86_400_000, '1000d'],
])('%d ms is %s', (ms, text) => {
  expect(formatSpan(ms)).toBe(text);
});

test('never is no time', () => {
  expect(utcMoment(0)).toBeNull();
  expect(utcMoment(1)).toBe('1970-01-01T00:00:00.001Z');
  expect(localMoment(null)).toBe('-');
  expect(localMoment('1970-01-02T00:00:00.000Z')).toMatch(/^1970-01-0[123] \d\d:\d\d:00$/);
});
