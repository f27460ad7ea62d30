import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { LockfileLease, STALE_MS } from '../../../src/core/fs/lockfile-lease.js';

let directory: string;
let path: string;
const leases: LockfileLease[] = [];

function newLease(): LockfileLease {
  const lease = new LockfileLease(path);
  leases.push(lease);
  return lease;
}

const lockDirectory = (): string => `${path}.lock`;
const isThere = (): boolean => statSync(lockDirectory(), { throwIfNoEntry: false }) !== undefined;

function age(byMs: number): void {
  const modified = new Date(Date.now() - byMs);
  utimesSync(lockDirectory(), modified, modified);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spool-'));
  path = join(directory, 'file');
});
afterEach(() => {
  jest.useRealTimers();
  for (const lease of leases.splice(0)) lease.release();
  rmSync(directory, { recursive: true, force: true });
});

test('one takes it, the other does not, until it is released', () => {
  const [first, second] = [newLease(), newLease()];
  expect(first.isHeld()).toBe(false);
  expect(first.tryTake()).toBe(true);
  expect(first.isHeld()).toBe(true);
  expect(second.tryTake()).toBe(false);
  expect(second.isHeld()).toBe(false);
  first.release();
  first.release();
  expect(isThere()).toBe(false);
  expect(second.tryTake()).toBe(true);
  expect(first.isHeld()).toBe(false);
});

test('a stale lease is taken over, and its holder notices', () => {
  const [first, second] = [newLease(), newLease()];
  first.tryTake();
  age(STALE_MS - 5_000);
  expect(second.tryTake()).toBe(false);
  age(STALE_MS + 5_000);
  expect(second.tryTake()).toBe(true);
  expect(first.isHeld()).toBe(false);
  expect(second.isHeld()).toBe(true);
});

/** The clocks go forward at a word, and no timer of proper-lockfile gets its turn. */
function playClock(): (ms: number) => void {
  const timers = ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick'] as const;
  jest.useFakeTimers({ doNotFake: [...timers] });
  return (ms) => jest.advanceTimersByTime(ms);
}

test('work that gives timers no turn keeps the lease by asking for it', () => {
  const pass = playClock();
  const lease = newLease();
  expect(lease.tryTake()).toBe(true);
  for (let at = 0; at < 10; at++) {
    pass(STALE_MS / 2);
    expect(lease.isHeld()).toBe(true);
    expect(Date.now() - statSync(lockDirectory()).mtimeMs).toBeLessThan(STALE_MS / 2);
  }
  lease.release();
  expect(isThere()).toBe(false);
});

test('a lease that nobody asked for is lost when it may have gone stale', () => {
  const pass = playClock();
  const lease = newLease();
  lease.tryTake();
  pass(STALE_MS - 4_000);
  expect(lease.isHeld()).toBe(false);
});

test('a holder that lost its lease does not remove the lease of its successor', () => {
  const [first, second, third] = [newLease(), newLease(), newLease()];
  first.tryTake();
  age(STALE_MS + 5_000);
  second.tryTake();
  first.release();
  expect(isThere()).toBe(true);
  expect(second.isHeld()).toBe(true);
  expect(third.tryTake()).toBe(false);
});

test('a lease whose directory was removed, or made again at once, is not held', () => {
  const lease = newLease();
  lease.tryTake();
  const mtime = join(directory, 'mtime');
  execFileSync('touch', ['-r', lockDirectory(), mtime]);
  rmdirSync(lockDirectory());
  expect(lease.isHeld()).toBe(false);
  mkdirSync(lockDirectory());
  // Even with the same mtime, which is all that proper-lockfile would look at.
  execFileSync('touch', ['-r', mtime, lockDirectory()]);
  expect(lease.isHeld()).toBe(false);
  lease.release();
  expect(isThere()).toBe(true);
});

test('what a dead holder left is cleared', () => {
  mkdirSync(lockDirectory());
  const lease = newLease();
  expect(lease.tryTake()).toBe(false);
  lease.clear();
  lease.clear();
  expect(lease.tryTake()).toBe(true);
});

test('a directory that is missing altogether is an error, not a lock', () => {
  rmSync(directory, { recursive: true });
  expect(() => newLease().tryTake()).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
});

test('something else in its place is an error, not a lock', () => {
  mkdirSync(lockDirectory());
  mkdirSync(join(lockDirectory(), 'full'));
  age(STALE_MS + 5_000);
  expect(() => newLease().tryTake()).toThrow(expect.objectContaining({ code: 'FILE_EXISTS' }));
});
