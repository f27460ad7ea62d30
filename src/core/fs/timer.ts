/** setTimeout takes no more (24 days); a longer limit is as good as none. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** setTimeout for limits that may be Infinity: then nothing is started. */
export function startTimer(expire: () => void, limitMs: number): NodeJS.Timeout | undefined {
  return limitMs > LONGEST_TIMER_MS ? undefined : setTimeout(expire, limitMs);
}

/** Milliseconds that only go forward, to measure times with. */
export function monotonicMs(): number {
  return performance.now();
}

/** Blocks the thread. For waits that are shorter than any timer, or that must not let others run. */
export function nap(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
