import { beforeEach, expect, test } from '@jest/globals';

import { AssertionError } from '../../../src/core/assert.js';
import { LogLock } from '../../../src/core/log/log-lock.js';
import { writeRunning } from '../../../src/core/log/control-file.js';
import {
  LOCATION,
  NO_WAIT,
  codeOf,
  createPartition,
  environment,
} from '../../support/log-fixture.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';

let fs: MemoryFileSystem;
let locks: MemoryLocks;

beforeEach(() => {
  fs = new MemoryFileSystem();
  createPartition(fs);
  locks = new MemoryLocks(fs);
});

function lockOf(bootId = 'boot-1'): LogLock {
  return new LogLock(environment(fs, { locks, bootId }), locks.open(LOCATION.controlPath));
}

test('nobody in between: undisturbed; somebody: not', async () => {
  const [one, other] = [lockOf(), lockOf()];
  const take = async (lock: LogLock): Promise<boolean> => {
    await lock.acquire(NO_WAIT);
    const { isUndisturbed } = lock;
    lock.release();
    return isUndisturbed;
  };
  expect([await take(one), await take(one), await take(other), await take(one)]).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

test('a lock that was never given back raises the fence, once', async () => {
  await lockOf().acquire(NO_WAIT);
  locks.forgetAll();
  const next = lockOf();
  await next.acquire(NO_WAIT);
  expect([next.wasAbandoned, next.state.fence]).toEqual([true, 1]);
  next.release();
  await next.acquire(NO_WAIT);
  expect([next.wasAbandoned, next.state.fence]).toEqual([false, 1]);
});

test('what a dead holder kept is durable before anybody builds on it', async () => {
  // Twice wrapped, so that the sync is not made, rather than refused with the loss of what it covers.
  const dying = new FaultFileSystem(new FaultFileSystem(fs));
  const holder = new LogLock(environment(fs), new MemoryLocks(dying).open(LOCATION.controlPath));
  await holder.acquire(NO_WAIT);
  dying.failWhen(({ kind }) => (kind === 'sync' ? 'IO_ERROR' : undefined));
  expect(() => holder.keep({ logStartOffset: 7 })).toThrow('made to fail');

  const next = lockOf();
  await next.acquire(NO_WAIT);
  expect(next.state.logStartOffset).toBe(7);
  fs = fs.crashClone(0);
  locks = new MemoryLocks(fs);
  const later = lockOf('boot-2');
  await later.acquire(NO_WAIT);
  expect(later.state.logStartOffset).toBe(7);
});

test('a holder that was passed over is fenced, and writes nothing when it lets go', async () => {
  const stale = lockOf();
  await stale.acquire(NO_WAIT);
  stale.check();
  locks.forgetAll();
  const next = lockOf();
  await next.acquire(NO_WAIT);
  expect(await codeOf(() => stale.check())).toBe('FENCED');
  const before = next.peek();
  stale.release({ baseOffset: 0, position: 999 });
  expect(next.peek()).toEqual(before);
});

test('a claim written over ours is noticed though the lock seems held', async () => {
  const lock = lockOf();
  await lock.acquire(NO_WAIT);
  writeRunning(fs.open(LOCATION.controlPath, 'update'), lock.state, {});
  expect(await codeOf(() => lock.check())).toBe('FENCED');
});

test('whoever waits in vain is told who holds it', async () => {
  const holder = lockOf();
  await holder.acquire(NO_WAIT);
  await expect(lockOf().acquire(NO_WAIT)).rejects.toMatchObject({
    code: 'BUSY',
    details: { owner: { pid: 42, command: 'test' } },
    message: expect.stringContaining('2023-11-14'),
  });
  expect(lockOf().tryAcquire()).toBe(false);
});

test('another boot means that power may have been lost', async () => {
  const lock = lockOf();
  await lock.acquire(NO_WAIT);
  // Nothing was here before, so nothing can have been lost.
  expect(lock.isAfterPowerCut).toBe(false);
  lock.keep({ isEstablished: true });
  expect(lock.isAfterPowerCut).toBe(true);
  lock.update({ bootId: 'boot-1' });
  lock.release();
  const [same, later] = [lockOf(), lockOf('boot-2')];
  await same.acquire(NO_WAIT);
  expect(same.isAfterPowerCut).toBe(false);
  same.release();
  await later.acquire(NO_WAIT);
  expect(later.isAfterPowerCut).toBe(true);
});

test('two calls of one process line up', async () => {
  const lock = lockOf();
  const order: string[] = [];
  const turn = async (name: string): Promise<void> => {
    await lock.acquire({ timeoutMs: 1000 });
    order.push(`${name} in`);
    await Promise.resolve();
    order.push(`${name} out`);
    lock.release();
  };
  await Promise.all([turn('a'), turn('b'), turn('c')]);
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
});

test('a call that failed does not hold up the next; without the lock there is no state', async () => {
  const [lock, holder] = [lockOf(), locks.open(LOCATION.controlPath)];
  holder.tryLock();
  expect(await codeOf(() => lock.acquire(NO_WAIT))).toBe('BUSY');
  holder.unlock();
  expect(() => lock.state).toThrow(AssertionError);
  await lock.acquire(NO_WAIT);
  expect(lock.state.isHeld).toBe(true);
});
