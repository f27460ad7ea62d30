import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { ChangeWatcher } from '../../../src/core/fs/change-watcher.js';

const PROMPT_MS = 100;
const SOON_MS = 3000;

let directory: string;
let path: string;
let watcher: ChangeWatcher;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spool-'));
  path = join(directory, 'file');
  writeFileSync(path, 'text');
});
afterEach(() => {
  watcher.close();
  rmSync(directory, { recursive: true, force: true });
});

const append = (): void => appendFileSync(path, 'more');

/** Lets what was reported so far arrive, so that the next `wait` is about what follows. */
async function settle(): Promise<void> {
  while ((await watcher.wait(30)) === 'changed');
}

/** How long after `change` the watcher reports it. */
async function delayOf(change: () => void): Promise<number> {
  const waiting = watcher.wait(SOON_MS);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const startedMs = performance.now();
  change();
  expect(await waiting).toBe('changed');
  return performance.now() - startedMs;
}

test.each([
  ['the file', () => path],
  ['its directory', () => directory],
])('an append is noticed at once through %s', async (_name, watched) => {
  watcher = new ChangeWatcher([watched()]);
  expect(await delayOf(append)).toBeLessThan(PROMPT_MS);
  await settle();
  expect(await delayOf(append)).toBeLessThan(PROMPT_MS);
});

test('what happened between two waits is reported by the second', async () => {
  watcher = new ChangeWatcher([path]);
  append();
  expect(await watcher.wait(0)).toBe('changed');
  await settle();
  append();
  expect(await watcher.wait(0)).toBe('changed');
});

test('without a change a wait ends in time', async () => {
  watcher = new ChangeWatcher([path, directory]);
  const startedMs = performance.now();
  expect(await watcher.wait(50)).toBe('timeout');
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(49);
});

/** The quickest of three: a poll would take 80 ms each time, and a busy machine is not slow thrice. */
async function quickestAppend(to: string): Promise<number> {
  const delaysMs: number[] = [];
  for (let i = 0; i < 3; i++) {
    await settle();
    delaysMs.push(await delayOf(() => appendFileSync(to, 'more')));
  }
  return Math.min(...delaysMs);
}

test('a file that appears is watched from then on', async () => {
  const late = join(directory, 'late');
  watcher = new ChangeWatcher([late]);
  await delayOf(() => writeFileSync(late, 'new'));
  expect(await quickestAppend(late)).toBeLessThan(50);
});

test('a file that is replaced, or goes and comes again, is watched on', async () => {
  const other = join(directory, 'other');
  writeFileSync(other, 'new');
  watcher = new ChangeWatcher([other]);
  expect(await delayOf(() => renameSync(path, other))).toBeLessThan(PROMPT_MS);
  expect(await quickestAppend(other)).toBeLessThan(50);
  await settle();
  await delayOf(() => unlinkSync(other));
  await settle();
  await delayOf(() => writeFileSync(other, 'again'));
  expect(await quickestAppend(other)).toBeLessThan(50);
  // At once: the new file may well get the number of the old one.
  await delayOf(() => {
    unlinkSync(other);
    writeFileSync(other, 'once more');
  });
  expect(await quickestAppend(other)).toBeLessThan(50);
});

test('where nothing can be watched, polling finds the change', async () => {
  const absent = join(directory, 'a');
  watcher = new ChangeWatcher([join(absent, 'file')]);
  const delayMs = await delayOf(() => {
    mkdirSync(absent);
    writeFileSync(join(absent, 'file'), '');
  });
  expect(delayMs).toBeLessThan(PROMPT_MS * 3);
});

test('a wait is ended by a signal and by close', async () => {
  watcher = new ChangeWatcher([path]);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 10);
  expect(await watcher.wait(Infinity, stop.signal)).toBe('aborted');
  expect(await watcher.wait(Infinity, stop.signal)).toBe('aborted');
  setTimeout(() => watcher.close(), 10);
  expect(await watcher.wait(Infinity)).toBe('timeout');
  expect(await watcher.wait(Infinity)).toBe('timeout');
});

test('waiting costs next to nothing', async () => {
  watcher = new ChangeWatcher([path, directory]);
  const before = process.cpuUsage();
  expect(await watcher.wait(1500)).toBe('timeout');
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(150);
});
