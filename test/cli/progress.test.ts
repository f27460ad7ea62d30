import { expect, test } from '@jest/globals';
import { Progress } from '../../src/cli/progress.js';

function record(
  isShown: boolean,
  total?: number,
): { at(ms: number, done: number): string; progress: Progress; written: string[] } {
  const written: string[] = [];
  let nowMs = 1000;
  const progress = new Progress({
    label: 'verifying orders',
    unit: 'records',
    ...(total === undefined ? {} : { total }),
    isShown,
    now: () => nowMs,
    write: (text) => written.push(text),
  });
  const at = (ms: number, done: number): string => {
    nowMs = 1000 + ms;
    const before = written.length;
    progress.update(done);
    return written.slice(before).join('');
  };
  return { at, progress, written };
}

test('says nothing for two seconds, then rate and time left', () => {
  const { at } = record(true, 4000);
  expect(at(1999, 999)).toBe('');
  expect(at(2000, 1000)).toBe('\r\u001b[Kverifying orders: 1,000 of 4,000, 500/s, 25 %, 6s left');
});

test('is redrawn at most five times a second', () => {
  const { at } = record(true);
  expect(at(2000, 1000)).toBe('\r\u001b[Kverifying orders: 1,000, 500/s');
  expect(at(2199, 1100)).toBe('');
  expect(at(2200, 1100)).not.toBe('');
});

test('takes its line away, once', () => {
  const { at, progress, written } = record(true);
  progress.clear();
  expect(written).toEqual([]);
  at(2000, 1);
  progress.clear();
  progress.clear();
  expect(written.slice(1)).toEqual(['\r\u001b[K']);
});

test('is never shown where nobody watches', () => {
  const { at, progress, written } = record(false);
  at(9000, 1);
  progress.clear();
  expect(written).toEqual([]);
});
