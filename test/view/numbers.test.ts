import { expect, test } from '@jest/globals';
import { formatCount, formatCounted, formatLocalTime } from '../../src/view/numbers.js';

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567, '1,234,567'],
  [-1000, '-1,000'],
])('%d is written %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test('one record, two records', () => {
  expect([0, 1, 2000].map((count) => formatCounted(count, 'record'))).toEqual([
    '0 records',
    '1 record',
    '2,000 records',
  ]);
});

test.each([
  [new Date(2026, 10, 22, 9, 30, 5).getTime(), '2026-11-22 09:30:05'],
  [-1, '-'],
  [NaN, '-'],
  [Infinity, '-'],
])('%d ms is %s here', (timestampMs, text) => {
  expect(formatLocalTime(timestampMs)).toBe(text);
});
