import {
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { LockfileLocks } from '../../../src/core/fs/lockfile-lock.js';
import type { LockfileLock } from '../../../src/core/fs/lockfile-lock.js';
import { exitOf, firstLineOf, LockProcesses } from './lock-processes.js';

const SOON_MS = 1000;

let directory: string;
let path: string;
const opened: LockfileLock[] = [];

function openLock(): LockfileLock {
  const lock = new LockfileLocks().open(path);
  opened.push(lock);
  return lock;
}

function makeStale(): void {
  utimesSync(`${path}.lock`, new Date(0), new Date(0));
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spool-'));
  path = join(directory, 'lock');
  writeFileSync(path, new Uint8Array(8));
});
afterEach(() => {
  for (const lock of opened.splice(0)) lock.close();
  rmSync(directory, { recursive: true });
});

test('what others wrote is read anew: taking the lock opens the file', () => {
  const lock = openLock();
  const before = lock.file;
  expect(lock.tryLock()).toBe(true);
  expect(lock.file).not.toBe(before);
  expect(() => before.stat()).toThrow('used after it was closed');
});

test('a waiter gets the lock when it is given back', async () => {
  const [first, second] = [openLock(), openLock()];
  expect(first.tryLock()).toBe(true);
  expect(second.tryLock()).toBe(false);
  const waiting = second.lock({ timeoutMs: Infinity });
  await new Promise((resolve) => setTimeout(resolve, 20));
  first.unlock();
  first.unlock();
  await waiting;
  expect([first.stillHeld(), second.stillHeld()]).toEqual([false, true]);
  second.close();
  expect(first.tryLock()).toBe(true);
});

test('a wait ends with BUSY, or INTERRUPTED', async () => {
  const [first, second] = [openLock(), openLock()];
  first.tryLock();
  await expect(second.lock({ timeoutMs: 30 })).rejects.toMatchObject({
    code: 'BUSY',
    details: { path },
  });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);
  await expect(second.lock({ timeoutMs: Infinity, signal: stop.signal })).rejects.toMatchObject({
    code: 'INTERRUPTED',
  });
});

test('there are no shared leases, so one is always given', () => {
  const [first, second] = [openLock(), openLock()];
  first.tryLock();
  expect(second.tryLockShared()).toBe(true);
});

test('a file that was replaced is opened again', () => {
  const lock = openLock();
  writeFileSync(`${path}.new`, 'new');
  renameSync(`${path}.new`, path);
  expect(lock.tryLock()).toBe(true);
  expect(lock.file.stat().inode).toBe(statSync(path).ino);
});

test('a file that was removed is FILE_NOT_FOUND, and not locked', () => {
  const lock = openLock();
  rmSync(path);
  expect(() => lock.tryLock()).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
  expect(lock.stillHeld()).toBe(false);
  expect(statSync(`${path}.lock`, { throwIfNoEntry: false })).toBeUndefined();
});

describe('looking whether a file is locked', () => {
  test('finds a lease, also one of this process, and leaves it', () => {
    const locks = new LockfileLocks();
    const lock = openLock();
    expect(locks.isLocked(path)).toBe(false);
    lock.tryLock();
    expect([locks.isLocked(path), lock.stillHeld()]).toEqual([true, true]);
    lock.unlock();
    expect(locks.isLocked(path)).toBe(false);
  });

  test('a stale lease is none, nor is one of a file that is gone', () => {
    const locks = new LockfileLocks();
    openLock().tryLock();
    makeStale();
    expect(locks.isLocked(path)).toBe(false);
    utimesSync(`${path}.lock`, new Date(), new Date());
    expect(locks.isLocked(path)).toBe(true);
    rmSync(path);
    expect(locks.isLocked(path)).toBe(false);
  });

  test('a lease from the future counts until it was watched for as long as one may last', () => {
    const locks = new LockfileLocks();
    openLock().tryLock();
    const future = new Date('2100-01-01');
    utimesSync(`${path}.lock`, future, future);
    expect(locks.isLocked(path)).toBe(true);
    const { now } = performance;
    try {
      performance.now = () => now.call(performance) + 31_000;
      expect(locks.isLocked(path)).toBe(false);
      expect(new LockfileLocks().isLocked(path)).toBe(true);
    } finally {
      performance.now = now;
    }
  });

  test("a lease is no child's", () => {
    expect(openLock().inheritable).toBeUndefined();
  });
});

describe('between processes', () => {
  let processes: LockProcesses;
  beforeAll(() => {
    processes = new LockProcesses();
  });
  afterAll(() => processes.end());

  test('the lock of a killed holder is taken when it is stale, not before', async () => {
    const holder = processes.start('lockfile', path, 'hold');
    expect(await firstLineOf(holder)).toBe('locked');
    holder.kill('SIGKILL');
    await exitOf(holder);
    const lock = openLock();
    await expect(lock.lock({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'BUSY' });
    makeStale();
    await lock.lock({ timeoutMs: SOON_MS });
    expect(lock.stillHeld()).toBe(true);
  });

  test('a holder that exits by itself leaves nothing behind', async () => {
    const holder = processes.start('lockfile', path, 'hold-and-exit');
    expect(await exitOf(holder)).toBe(0);
    expect(openLock().tryLock()).toBe(true);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s ends a holder that is busy, as if the package were not loaded',
    async (signal) => {
      const holder = processes.start('lockfile', path, 'hold-busy', 5000);
      await firstLineOf(holder);
      const startedMs = performance.now();
      holder.kill(signal);
      expect(await exitOf(holder)).toBe(signal);
      expect(performance.now() - startedMs).toBeLessThan(SOON_MS);
    },
  );

  test('four processes that count in one file lose nothing', async () => {
    const children = [1, 2, 3, 4].map(() => processes.start('lockfile', path, 'count', 200));
    expect(await Promise.all(children.map(exitOf))).toEqual([0, 0, 0, 0]);
    expect(readFileSync(path).readDoubleBE(0)).toBe(800);
  }, 20_000);

  test('processes that find one stale lock take it one after the other', async () => {
    const first = openLock();
    first.tryLock();
    makeStale();
    const children = [1, 2, 3, 4].map(() => processes.start('lockfile', path, 'count', 20));
    expect(await Promise.all(children.map(exitOf))).toEqual([0, 0, 0, 0]);
    expect(readFileSync(path).readDoubleBE(0)).toBe(80);
  }, 20_000);
});
