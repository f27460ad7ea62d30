import { expect, test } from '@jest/globals';

import { LazyLocks } from '../../../src/core/cluster/lazy-locks.js';
import { environment, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';

const user = environment(new MemoryFileSystem());

test('looking for a lock loads them too', () => {
  let loads = 0;
  const load = (): MemoryLocks => {
    loads++;
    return new MemoryLocks(new MemoryFileSystem());
  };
  const beforeOpen = (): void => {
    throw new Error('nothing is opened');
  };
  const locks = new LazyLocks('kernel', { user, load, beforeOpen });
  expect([locks.isLocked('/absent'), locks.isLocked('/absent'), loads]).toEqual([false, false, 1]);
});

test('locks are loaded once, when the first one is opened', () => {
  const fs = new MemoryFileSystem();
  fileOf(fs, '/c', new Uint8Array(1));
  let loads = 0;
  let checks = 0;
  const load = (): MemoryLocks => {
    loads++;
    return new MemoryLocks(fs);
  };
  const locks = new LazyLocks('kernel', { user, load, beforeOpen: () => checks++ });
  expect([locks.protocol, loads]).toEqual(['kernel', 0]);
  const [one, other] = [locks.open('/c'), locks.open('/c')];
  expect([loads, checks]).toEqual([1, 1]);
  expect([one.tryLock(), other.tryLock()]).toEqual([true, false]);
  expect(locks.isLocked('/c')).toBe(true);
});

test('what must not be locked is refused each time, and then nothing is loaded', () => {
  const load = (): never => {
    throw new Error('loaded');
  };
  const beforeOpen = (): void => {
    throw new RangeError('not here');
  };
  const locks = new LazyLocks('kernel', { user, load, beforeOpen });
  for (let at = 0; at < 2; at++) expect(() => locks.open('/c')).toThrow('not here');
});

test('a lock that says what its holder does names the holder; another writes nothing', () => {
  const fs = new MemoryFileSystem();
  for (const path of ['/group', '/control']) fs.open(path, 'create').close();
  const options = { user, load: () => new MemoryLocks(fs), beforeOpen: () => undefined };
  const locks = new LazyLocks('kernel', options);
  for (const lock of [
    locks.open('/group', 'group load is being changed'),
    locks.open('/control'),
  ]) {
    expect(lock.tryLock()).toBe(true);
  }
  expect([fs.stat('/group')?.sizeBytes, fs.stat('/control')?.sizeBytes]).toEqual([512, 0]);
});
