import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { CoreError } from '../../../src/core/errors.js';
import type { ErrorCode } from '../../../src/core/errors.js';
import { CombinedLock, CombinedLocks } from '../../../src/core/fs/combined-lock.js';
import { KernelLocks } from '../../../src/core/fs/kernel-lock.js';
import type { LockableFile } from '../../../src/core/fs/lock.js';
import { LockfileLock } from '../../../src/core/fs/lockfile-lock.js';
import { exitOf, firstLineOf, LockProcesses } from './lock-processes.js';

const SOON_MS = 1000;

let directory: string;
let path: string;
const opened: LockableFile[] = [];

function keep<T extends LockableFile>(lock: T): T {
  opened.push(lock);
  return lock;
}

const openLock = (): LockableFile => keep(new CombinedLocks({ ignoreFullDisk: false }).open(path));
const hasLease = (): boolean => statSync(`${path}.lock`, { throwIfNoEntry: false }) !== undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spool-'));
  path = join(directory, 'lock');
  writeFileSync(path, new Uint8Array(8));
});
afterEach(() => {
  for (const lock of opened.splice(0)) lock.close();
  rmSync(directory, { recursive: true });
});

test('both locks are taken and given back', async () => {
  const [first, second] = [openLock(), openLock()];
  const kernel = keep(new KernelLocks().open(path));
  expect(first.tryLock()).toBe(true);
  expect([hasLease(), kernel.tryLock(), second.tryLock()]).toEqual([true, false, false]);
  expect(first.stillHeld()).toBe(true);
  first.unlock();
  expect(first.stillHeld()).toBe(false);
  expect(hasLease()).toBe(false);
  await second.lock({ timeoutMs: SOON_MS });
  expect([second.stillHeld(), hasLease(), kernel.tryLock()]).toEqual([true, true, false]);
  second.close();
  expect([hasLease(), kernel.tryLock()]).toEqual([false, true]);
});

test('the kernel lock alone says whether it is locked, and is what a child inherits', () => {
  const locks = new CombinedLocks({ ignoreFullDisk: false });
  mkdirSync(`${path}.lock`);
  expect(locks.isLocked(path)).toBe(false);
  const kernel = keep(new KernelLocks().open(path));
  const lock = keep(new CombinedLock(kernel, new LockfileLock(path), { ignoreFullDisk: false }));
  lock.tryLock();
  expect(locks.isLocked(path)).toBe(true);
  expect(lock.inheritable).toBe(kernel.file.descriptor);
});

test('a lease that was left behind is cleared at once', () => {
  mkdirSync(`${path}.lock`);
  const lock = openLock();
  expect(lock.tryLock()).toBe(true);
  expect(lock.stillHeld()).toBe(true);
});

test('a holder whose lease is gone is told, though the kernel lock is still there', () => {
  const lock = openLock();
  lock.tryLock();
  rmdirSync(`${path}.lock`);
  expect(lock.stillHeld()).toBe(false);
});

class FailingLease extends LockfileLock {
  readonly #code: ErrorCode;

  constructor(code: ErrorCode) {
    super(path);
    this.#code = code;
  }

  override tryLock(): boolean {
    throw new CoreError(this.#code, 'no lease');
  }
}

test.each(['DISK_FULL', 'READ_ONLY'] as const)(
  '%s: prune goes on with the kernel lock alone',
  (code) => {
    const kernel = new KernelLocks().open(path);
    const lock = keep(new CombinedLock(kernel, new FailingLease(code), { ignoreFullDisk: true }));
    expect(lock.tryLock()).toBe(true);
    expect(lock.stillHeld()).toBe(true);
    expect(openLock().tryLock()).toBe(false);
  },
);

test.each([
  ['DISK_FULL', false],
  ['PERMISSION_DENIED', true],
] as const)('%s with ignoreFullDisk: %s fails and gives the kernel lock back', (code, ignore) => {
  const kernel = new KernelLocks().open(path);
  const lock = keep(new CombinedLock(kernel, new FailingLease(code), { ignoreFullDisk: ignore }));
  expect(() => lock.tryLock()).toThrow('no lease');
  expect(openLock().tryLock()).toBe(true);
});

describe('between processes', () => {
  let processes: LockProcesses;
  beforeAll(() => {
    processes = new LockProcesses();
  });
  afterAll(() => processes.end());

  test('a waiter gets both locks at once when the holder is killed', async () => {
    const holder = processes.start('combined', path, 'hold');
    await firstLineOf(holder);
    const lock = openLock();
    expect(lock.tryLock()).toBe(false);
    const waiting = lock.lock({ timeoutMs: SOON_MS });
    holder.kill('SIGKILL');
    await waiting;
    expect(lock.stillHeld()).toBe(true);
  });

  test('a frozen holder keeps both', async () => {
    const holder = processes.start('combined', path, 'hold');
    await firstLineOf(holder);
    holder.kill('SIGSTOP');
    await expect(openLock().lock({ timeoutMs: 100 })).rejects.toMatchObject({ code: 'BUSY' });
    expect(hasLease()).toBe(true);
    holder.kill('SIGKILL');
    await exitOf(holder);
  });

  test('four processes that count in one file lose nothing', async () => {
    const children = [1, 2, 3, 4].map(() => processes.start('combined', path, 'count', 200));
    expect(await Promise.all(children.map(exitOf))).toEqual([0, 0, 0, 0]);
    expect(readFileSync(path).readDoubleBE(0)).toBe(800);
  }, 20_000);
});
