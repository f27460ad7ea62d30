import { describe, expect, test } from '@jest/globals';
import { withRegistryLock } from '../../../src/core/topic/registry-lock.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';

const PATH = '/registry';
const locksOf = () => {
  const fs = new MemoryFileSystem();
  fs.open(PATH, 'create').close();
  return new MemoryLocks(fs);
};
const optionsOf = (locks: MemoryLocks, lockTimeoutMs = 0) => ({
  openLock: (path: string) => locks.open(path),
  lockTimeoutMs,
});

describe('the registry lock', () => {
  test('is held during the change and free after it', async () => {
    const locks = locksOf();
    const wasLocked = await withRegistryLock(PATH, optionsOf(locks), () => locks.isLocked(PATH));
    expect(wasLocked).toBe(true);
    expect(locks.isLocked(PATH)).toBe(false);
  });

  test('is free after a change that failed', async () => {
    const locks = locksOf();
    const change = withRegistryLock(PATH, optionsOf(locks), () => {
      throw new RangeError('no');
    });
    await expect(change).rejects.toThrow('no');
    expect(locks.isLocked(PATH)).toBe(false);
  });

  test('that another holds for too long is BUSY', async () => {
    const locks = locksOf();
    locks.open(PATH).tryLock();
    await expect(withRegistryLock(PATH, optionsOf(locks, 5), () => 1)).rejects.toMatchObject({
      code: 'BUSY',
    });
  });

  test('is not waited for after an interruption', async () => {
    const locks = locksOf();
    locks.open(PATH).tryLock();
    const options = { ...optionsOf(locks, Infinity), signal: AbortSignal.abort() };
    await expect(withRegistryLock(PATH, options, () => 1)).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });

  test('that was lost stops the change before its step', async () => {
    const locks = locksOf();
    const change = withRegistryLock(PATH, optionsOf(locks), (checkLock) => {
      checkLock();
      locks.forgetAll();
      checkLock();
    });
    await expect(change).rejects.toMatchObject({ code: 'FENCED' });
  });
});
