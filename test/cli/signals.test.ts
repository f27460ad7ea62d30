import { expect, test } from '@jest/globals';
import { SignalWatch, stopSignalOf } from '../../src/cli/signals.js';
import { CoreError } from '../../src/core/errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

test.each(SIGNALS)('a stop by %s knows it', (signal) => {
  const before = SIGNALS.map((each) => process.listeners(each));
  const controller = new AbortController();
  const watch = new SignalWatch(controller);
  process.emit(signal, signal);
  // Not `release`: that would raise the signal again, and end the test.
  SIGNALS.forEach((each, at) => {
    for (const listener of process.listeners(each)) {
      if (!before[at]!.includes(listener)) process.off(each, listener);
    }
  });
  expect(watch.received).toBe(signal);
  expect(controller.signal.reason).toMatchObject({
    code: 'INTERRUPTED',
    message: `interrupted by ${signal}`,
  });
  expect(stopSignalOf(controller.signal)).toBe(signal);
});

test.each([
  new Error('the reader has gone'),
  new CoreError('INTERRUPTED', 'interrupted', { details: { signal: 'SIGKILL' } }),
  undefined,
])('a stop for another reason counts as SIGTERM: %s', (reason) => {
  expect(stopSignalOf(AbortSignal.abort(reason))).toBe('SIGTERM');
});
