import { expect, test } from '@jest/globals';

import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';

function newLocks(): MemoryLocks {
  const fs = new MemoryFileSystem();
  fs.open('/lock', 'create').close();
  return new MemoryLocks(fs);
}

test('one object has the lock, and the others get it in turn', async () => {
  const locks = newLocks();
  const [first, second, third] = [1, 2, 3].map(() => locks.open('/lock')) as [
    ReturnType<MemoryLocks['open']>,
    ReturnType<MemoryLocks['open']>,
    ReturnType<MemoryLocks['open']>,
  ];
  expect(first.tryLock()).toBe(true);
  expect(second.tryLock()).toBe(false);
  const order: string[] = [];
  const waiting = [
    second.lock({ timeoutMs: Infinity }).then(() => order.push('second')),
    third.lock({ timeoutMs: Infinity }).then(() => order.push('third')),
  ];
  first.unlock();
  await waiting[0];
  expect([first.stillHeld(), second.stillHeld(), third.stillHeld()]).toEqual([false, true, false]);
  second.close();
  await waiting[1];
  expect(order).toEqual(['second', 'third']);
});

test('a wait ends with BUSY or INTERRUPTED and leaves the line', async () => {
  const locks = newLocks();
  const [first, second, third] = [locks.open('/lock'), locks.open('/lock'), locks.open('/lock')];
  first.tryLock();
  await expect(second.lock({ timeoutMs: 5 })).rejects.toMatchObject({ code: 'BUSY' });
  const stop = new AbortController();
  const waiting = third.lock({ timeoutMs: Infinity, signal: stop.signal });
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' });
  first.unlock();
  expect(locks.isLocked('/lock')).toBe(false);
});

test('a file that is gone is not locked', () => {
  const fs = new MemoryFileSystem();
  fs.open('/lock', 'create').close();
  const locks = new MemoryLocks(fs);
  locks.open('/lock').tryLock();
  expect(locks.isLocked('/lock')).toBe(true);
  fs.removeFile('/lock');
  expect(locks.isLocked('/lock')).toBe(false);
});

test('shared locks exclude exclusive ones only', () => {
  const locks = newLocks();
  const [first, second, third] = [locks.open('/lock'), locks.open('/lock'), locks.open('/lock')];
  expect([first.tryLockShared(), second.tryLockShared(), third.tryLock()]).toEqual([
    true,
    true,
    false,
  ]);
  first.unlock();
  second.unlock();
  expect([third.tryLock(), first.tryLockShared()]).toEqual([true, false]);
});

test('the dead hold nothing, and cannot give back what others hold by now', () => {
  const locks = newLocks();
  const [dead, alive] = [locks.open('/lock'), locks.open('/lock')];
  dead.tryLock();
  locks.forgetAll();
  expect(alive.tryLock()).toBe(true);
  dead.unlock();
  expect(alive.stillHeld()).toBe(true);
});

test('a file that is not there cannot be locked', () => {
  expect(() => newLocks().open('/absent')).toThrow(
    expect.objectContaining({ code: 'FILE_NOT_FOUND' }),
  );
});
