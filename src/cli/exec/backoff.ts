/** How long to wait before a command is run once more: twice as long each time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LONGEST_TIMER_MS } from '../timer.js';

const HOUR_MS = 3_600_000;

/**
 * In ms before the `retry`th retry (1 for the first). No more than an hour, unless `firstMs` is more
 * itself.
 */
export function backoffMs(firstMs: number, retry: number): number {
  const longestMs = Math.min(Math.max(HOUR_MS, firstMs), LONGEST_TIMER_MS);
  // Beyond 32 doublings a millisecond is past every limit, and 0 times infinity is no number.
  return Math.min(firstMs * 2 ** Math.min(retry - 1, 32), longestMs);
}

/** Rejects with the reason of `stop`, and then at once. */
export async function waitForRetry(waitMs: number, stop: AbortSignal): Promise<void> {
  try {
    await sleep(waitMs, undefined, { signal: stop });
  } catch (error) {
    stop.throwIfAborted();
    throw error;
  }
}
