import { expect, test } from '@jest/globals';
import { backoffMs, waitForRetry } from '../../../src/cli/exec/backoff.js';

const HOUR_MS = 3_600_000;

test.each([
  [1000, 1, 1000],
  [1000, 2, 2000],
  [1000, 5, 16_000],
  [1000, 13, HOUR_MS],
  [1000, 5000, HOUR_MS],
  [0, 3, 0],
  [0, 5000, 0],
  [2 * HOUR_MS, 1, 2 * HOUR_MS],
  [2 * HOUR_MS, 2, 2 * HOUR_MS],
  [Infinity, 1, 2 ** 31 - 1],
])('%d ms at first are before retry %d: %d ms', (firstMs, retry, ms) => {
  expect(backoffMs(firstMs, retry)).toBe(ms);
});

test('the wait lasts, and ends with a stop', async () => {
  const controller = new AbortController();
  const startedMs = performance.now();
  await waitForRetry(30, controller.signal);
  expect(performance.now() - startedMs).toBeGreaterThan(28);
  const reason = new Error('enough');
  const waiting = waitForRetry(60_000, controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(waitForRetry(60_000, controller.signal)).rejects.toBe(reason);
});
