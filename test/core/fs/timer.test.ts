import { expect, test } from '@jest/globals';

import { nap, startTimer } from '../../../src/core/fs/timer.js';

test('a timer runs out', async () => {
  await new Promise<void>((resolve) => startTimer(resolve, 1));
});

test.each([Infinity, 2 ** 31])('a limit of %d ms is none', (limitMs) => {
  const expire = (): never => {
    throw new Error('setTimeout takes this for 1 ms');
  };
  expect(startTimer(expire, limitMs)).toBeUndefined();
});

test('a nap takes its time', () => {
  const startedMs = performance.now();
  nap(5);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(4.9);
});
