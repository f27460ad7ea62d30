import process from 'node:process';

import { expect, test } from '@jest/globals';

import { withoutSignalListeners } from '../../../src/core/fs/exit-signals.js';

const ignore = (): void => undefined;

test('signal listeners are refused while it loads, and others are not', () => {
  const before = process.listenerCount('SIGTERM');
  const result = withoutSignalListeners(() => {
    expect(() => process.on('SIGTERM', ignore)).toThrow('no listener for SIGTERM');
    process.on('warning', ignore);
    return 'loaded';
  });
  expect(result).toBe('loaded');
  expect(process.listenerCount('SIGTERM')).toBe(before);
  expect(process.listeners('warning')).toContain(ignore);
  process.off('warning', ignore);
});

test('afterwards all is as it was, also when loading fails', () => {
  const on = (): unknown => Reflect.get(process, 'on');
  const before = on();
  expect(() =>
    withoutSignalListeners(() => {
      throw new Error('not installed');
    }),
  ).toThrow('not installed');
  expect(on()).toBe(before);
  process.on('SIGUSR2', ignore);
  expect(process.listeners('SIGUSR2')).toContain(ignore);
  process.off('SIGUSR2', ignore);
});
