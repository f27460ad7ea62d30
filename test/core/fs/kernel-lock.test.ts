import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { KernelLock, KernelLocks, kernelLocksAvailable } from '../../../src/core/fs/kernel-lock.js';
import { exitOf, firstLineOf, LockProcesses } from './lock-processes.js';

const SOON_MS = 1000;

let directory: string;
let path: string;
const opened: KernelLock[] = [];

function openLock(): KernelLock {
  const lock = new KernelLocks().open(path);
  opened.push(lock);
  return lock;
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
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

test('kernel locks are available where this suite runs', () => {
  expect(kernelLocksAvailable()).toBe(true);
});

describe('within one process', () => {
  test('two objects on one file exclude each other', () => {
    const [first, second] = [openLock(), openLock()];
    expect(first.tryLock()).toBe(true);
    expect(first.stillHeld()).toBe(true);
    expect(second.tryLock()).toBe(false);
    first.unlock();
    first.unlock();
    expect(first.stillHeld()).toBe(false);
    expect(second.tryLock()).toBe(true);
  });

  test('a file system that refuses to lock or to unlock is told as what it is', () => {
    const refuse = (): never => {
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    };
    const addon = { tryLock: refuse, unlock: refuse, waitForLock: refuse };
    const lock = new KernelLock(addon, path);
    opened.push(lock);
    const failure = { code: 'IO_ERROR', details: { path, errno: 'EIO' } };
    expect(() => lock.tryLock()).toThrow(expect.objectContaining(failure));
    const locked = new KernelLock({ ...addon, tryLock: () => undefined }, path);
    opened.push(locked);
    expect(locked.tryLock()).toBe(true);
    expect(() => locked.unlock()).toThrow(expect.objectContaining(failure));
    expect(locked.stillHeld()).toBe(false);
  });

  test('shared locks stand beside each other, and exclude an exclusive one', () => {
    const [first, second, third] = [openLock(), openLock(), openLock()];
    expect(first.tryLockShared()).toBe(true);
    expect(second.tryLockShared()).toBe(true);
    expect(third.tryLock()).toBe(false);
    first.close();
    second.unlock();
    expect(third.tryLock()).toBe(true);
    expect(second.tryLockShared()).toBe(false);
  });

  test('closing another file on the same path leaves the lock alone', () => {
    const [first, second, third] = [openLock(), openLock(), openLock()];
    first.tryLock();
    second.close();
    readFileSync(path);
    expect(third.tryLock()).toBe(false);
  });

  test('a waiter gets the lock when it is given back', async () => {
    const [first, second] = [openLock(), openLock()];
    first.tryLock();
    const waiting = second.lock({ timeoutMs: Infinity });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(second.stillHeld()).toBe(false);
    first.unlock();
    await waiting;
    expect(second.stillHeld()).toBe(true);
    expect(first.tryLock()).toBe(false);
  });

  test.each([0, 30])('a wait of at most %d ms ends with BUSY', async (timeoutMs) => {
    const [first, second] = [openLock(), openLock()];
    first.tryLock();
    await expect(second.lock({ timeoutMs })).rejects.toMatchObject({
      code: 'BUSY',
      details: { path },
    });
  });

  test('a waiter that gave up does not hold the lock later, and can try again', async () => {
    const [first, second, third] = [openLock(), openLock(), openLock()];
    first.tryLock();
    await expect(second.lock({ timeoutMs: 20 })).rejects.toMatchObject({ code: 'BUSY' });
    first.unlock();
    await third.lock({ timeoutMs: SOON_MS });
    expect(second.tryLock()).toBe(false);
    third.unlock();
    await second.lock({ timeoutMs: SOON_MS });
    // The wait that was given up ends about now, and must not take this lock with it.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(third.tryLock()).toBe(false);
  });

  test('a wait can be interrupted', async () => {
    const [first, second] = [openLock(), openLock()];
    first.tryLock();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const waiting = second.lock({ timeoutMs: Infinity, signal: stop.signal });
    await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(second.lock({ timeoutMs: Infinity, signal: stop.signal })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });

  test('a file that was replaced while we waited is let go, and the new one locked', async () => {
    const [first, second] = [openLock(), openLock()];
    first.tryLock();
    const waiting = second.lock({ timeoutMs: SOON_MS });
    writeFileSync(`${path}.new`, 'new');
    renameSync(`${path}.new`, path);
    first.unlock();
    await waiting;
    expect(second.file.stat().inode).toBe(statSync(path).ino);
    expect(openLock().tryLock()).toBe(false);
  });

  test('a file that was removed while we waited is FILE_NOT_FOUND', () => {
    const lock = openLock();
    rmSync(path);
    expect(() => lock.tryLock()).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
    expect(() => openLock()).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
  });
});

describe('looking whether a file is locked', () => {
  const isLocked = (): boolean => new KernelLocks().isLocked(path);

  test('finds a lock of this process too, and takes none away', () => {
    const [first, second] = [openLock(), openLock()];
    expect(isLocked()).toBe(false);
    first.tryLock();
    expect([isLocked(), isLocked(), second.tryLock()]).toEqual([true, true, false]);
    first.unlock();
    expect([isLocked(), second.tryLock()]).toEqual([false, true]);
    second.close();
    expect(isLocked()).toBe(false);
  });

  test('is about exclusive locks alone, and about the file that is there now', () => {
    const lock = openLock();
    lock.tryLockShared();
    expect(isLocked()).toBe(false);
    lock.unlock();
    writeFileSync(`${path}.new`, 'new');
    renameSync(`${path}.new`, path);
    expect(lock.tryLock()).toBe(true);
    expect(isLocked()).toBe(true);
  });

  test('is false where there is no file, and leaves no file open', () => {
    rmSync(path);
    const before = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 10; i++) expect(isLocked()).toBe(false);
    writeFileSync(path, '');
    for (let i = 0; i < 10; i++) expect(isLocked()).toBe(false);
    expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  });
});

describe('between processes', () => {
  let processes: LockProcesses;
  beforeAll(() => {
    processes = new LockProcesses();
  });
  afterAll(() => processes.end());

  test('a waiter gets the lock at once when the holder is killed', async () => {
    const holder = processes.start('kernel', path, 'hold');
    expect(await firstLineOf(holder)).toBe('locked');
    const lock = openLock();
    expect(lock.tryLock()).toBe(false);
    const waiting = lock.lock({ timeoutMs: SOON_MS });
    holder.kill('SIGKILL');
    await waiting;
    expect(lock.stillHeld()).toBe(true);
  });

  test('a frozen holder keeps the lock', async () => {
    const holder = processes.start('kernel', path, 'hold');
    await firstLineOf(holder);
    holder.kill('SIGSTOP');
    const lock = openLock();
    await expect(lock.lock({ timeoutMs: 100 })).rejects.toMatchObject({ code: 'BUSY' });
    holder.kill('SIGCONT');
    await expect(lock.lock({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'BUSY' });
    holder.kill('SIGKILL');
    await lock.lock({ timeoutMs: SOON_MS });
  });

  test.each(['hand-on', 'hand-on-and-close'])(
    'a lock that was handed to a child (%s) outlives its owner, and ends with the child',
    async (job) => {
      const owner = processes.start('kernel', path, job);
      const childPid = Number(await firstLineOf(owner));
      try {
        const locks = new KernelLocks();
        expect(locks.isLocked(path)).toBe(true);
        owner.kill('SIGKILL');
        await exitOf(owner);
        expect(locks.isLocked(path)).toBe(true);
        const waiting = openLock().lock({ timeoutMs: 5 * SOON_MS });
        process.kill(childPid, 'SIGKILL');
        await waiting;
      } finally {
        killIfThere(childPid);
      }
    },
  );

  test('four processes that count in one file lose nothing', async () => {
    const children = [1, 2, 3, 4].map(() => processes.start('kernel', path, 'count', 200));
    expect(await Promise.all(children.map(exitOf))).toEqual([0, 0, 0, 0]);
    expect(readFileSync(path).readDoubleBE(0)).toBe(800);
  });
});
