import { expect, test } from '@jest/globals';

import { LazyLocks } from '../../../src/core/cluster/lazy-locks.js';
import { fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';

test('looking for a lock loads them too', () => {
  let loads = 0;
  const locks = new LazyLocks('kernel', () => {
    loads++;
    return new MemoryLocks(new MemoryFileSystem());
  });
  expect([locks.isLocked('/absent'), locks.isLocked('/absent'), loads]).toEqual([false, false, 1]);
});

test('locks are loaded once, when the first one is opened', () => {
  const fs = new MemoryFileSystem();
  fileOf(fs, '/c', new Uint8Array(1));
  let loads = 0;
  const locks = new LazyLocks('kernel', () => {
    loads++;
    return new MemoryLocks(fs);
  });
  expect([locks.protocol, loads]).toEqual(['kernel', 0]);
  const [one, other] = [locks.open('/c'), locks.open('/c')];
  expect(loads).toBe(1);
  expect([one.tryLock(), other.tryLock()]).toEqual([true, false]);
  expect(locks.isLocked('/c')).toBe(true);
});
