import { expect, test } from '@jest/globals';

import { DEFAULT_LOG_CONFIG } from '../../../src/core/log/log-config.js';
import { type RollQuestion, rollReason } from '../../../src/core/log/roll-policy.js';

const CONFIG = {
  ...DEFAULT_LOG_CONFIG,
  segmentBytes: 1000,
  segmentMs: 500,
  segmentIndexBytes: 48,
  segmentJitterMs: 0,
};
const QUESTION: RollQuestion = {
  baseOffset: 0,
  sizeBytes: 900,
  firstTimestamp: 10_000,
  offsetEntryCount: 0,
  timeEntryCount: 0,
  batchBytes: 100,
  batchMaxTimestamp: 10_500,
  batchLastOffset: 50,
};

test.each<[string, Partial<RollQuestion>, string | undefined]>([
  ['room to the last byte', {}, undefined],
  ['one byte too many', { batchBytes: 101 }, 'size'],
  [
    'a large batch into an empty segment',
    { sizeBytes: 0, firstTimestamp: undefined, batchBytes: 5000 },
    undefined,
  ],
  ['a millisecond too late', { batchMaxTimestamp: 10_501 }, 'time'],
  ['a first batch without a time', { firstTimestamp: -1, batchMaxTimestamp: 99_999 }, undefined],
  ['a batch without a time', { firstTimestamp: 0, batchMaxTimestamp: -1 }, undefined],
  ['a first batch at the epoch', { firstTimestamp: 0 }, 'time'],
  ['a batch of long ago', { batchMaxTimestamp: 1 }, undefined],
  ['room for an offset entry', { offsetEntryCount: 5 }, undefined],
  ['no room for an offset entry', { offsetEntryCount: 6 }, 'index-full'],
  ['room for a time entry and the last', { timeEntryCount: 2 }, undefined],
  ['room for the last time entry only', { timeEntryCount: 3 }, 'index-full'],
  ['the largest relative offset', { batchLastOffset: 2 ** 31 - 1 }, undefined],
  ['an offset that does not fit the index', { batchLastOffset: 2 ** 31 }, 'offset-overflow'],
])('%s', (_, change, reason) => {
  expect(rollReason({ ...QUESTION, ...change }, CONFIG)).toBe(reason);
});

test('a segment is never larger than its positions can be', () => {
  const config = { ...CONFIG, segmentBytes: Infinity };
  expect(rollReason({ ...QUESTION, sizeBytes: 2 ** 31 - 100 }, config)).toBe('size');
  expect(rollReason({ ...QUESTION, sizeBytes: 2 ** 31 - 101 }, config)).toBeUndefined();
});

test('jitter rolls earlier, the same for everybody, other for other segments', () => {
  const limitOf = (baseOffset: number): number => {
    let age = 0;
    const ask = (): string | undefined =>
      rollReason(
        { ...QUESTION, baseOffset, batchLastOffset: baseOffset, batchMaxTimestamp: 10_000 + age },
        { ...CONFIG, segmentJitterMs: 400 },
      );
    while (ask() === undefined) age++;
    return age;
  };
  const limits = Array.from({ length: 20 }, (_, at) => limitOf(at * 1000));
  expect(Math.min(...limits)).toBeGreaterThan(100);
  expect(Math.max(...limits)).toBeLessThanOrEqual(501);
  expect(new Set(limits).size).toBeGreaterThan(10);
  expect(limitOf(3000)).toBe(limits[3]);
});
