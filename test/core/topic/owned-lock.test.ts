import { beforeEach, describe, expect, test } from '@jest/globals';
import { ownIdentity } from '../../../src/core/fs/process-identity.js';
import { OwnedLock, readLockHolder } from '../../../src/core/topic/owned-lock.js';
import { formatStateFile } from '../../../src/core/topic/state-file.js';
import { environment } from '../../support/log-fixture.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';

const PATH = '/registry';
const NO_WAIT = { timeoutMs: 0 };

let disk: MemoryFileSystem;
let fs: FaultFileSystem;
let locks: MemoryLocks;

beforeEach(() => {
  disk = new MemoryFileSystem();
  disk.open(PATH, 'create').close();
  fs = new FaultFileSystem(disk);
  locks = new MemoryLocks(fs);
});

function openOwned(command = 'topic create'): OwnedLock {
  const user = { ...environment(fs), owner: ownIdentity(command) };
  return new OwnedLock(locks.open(PATH), { user, what: 'topics are being changed' });
}

function holderNow() {
  const file = disk.open(PATH, 'read');
  try {
    return readLockHolder(file);
  } finally {
    file.close();
  }
}

describe('the file of a lock', () => {
  test('says who holds it, until it is given back', async () => {
    const lock = openOwned();
    expect(holderNow()).toBeUndefined();
    await lock.lock(NO_WAIT);
    expect(holderNow()).toEqual({
      ...ownIdentity('topic create'),
      bootId: 'boot-1',
      sinceMs: 1_700_000_000_000,
    });
    lock.unlock();
    expect(holderNow()).toBeUndefined();
    expect(lock.tryLock()).toBe(true);
    expect(holderNow()).toMatchObject({ pid: process.pid });
    lock.close();
    expect([holderNow(), locks.isLocked(PATH)]).toEqual([undefined, false]);
  });

  test('tells those who wait in vain', async () => {
    await openOwned('topic delete').lock(NO_WAIT);
    const waiting = openOwned('topic create');
    await expect(waiting.lock(NO_WAIT)).rejects.toMatchObject({
      code: 'BUSY',
      message: expect.stringMatching(
        /^topics are being changed by topic delete \(pid \d+\) since 2023-11-14T/,
      ),
    });
    waiting.close();
    expect(holderNow()).toMatchObject({ command: 'topic delete' });
  });

  test('holds the longest command', async () => {
    await openOwned('ü'.repeat(500)).lock(NO_WAIT);
    expect(holderNow()?.command).toBe('ü'.repeat(32));
  });

  test('that cannot be written is no reason not to work', async () => {
    fs.failWhen(({ kind }) => (kind === 'writeAt' ? 'DISK_FULL' : undefined));
    const lock = openOwned();
    await lock.lock(NO_WAIT);
    expect([lock.stillHeld(), disk.stat(PATH)?.sizeBytes]).toEqual([true, 0]);
    lock.close();
  });

  test("of another size is somebody else's, and left alone", async () => {
    disk.removeFile(PATH);
    const file = disk.open(PATH, 'create');
    file.append(Buffer.from('precious'), 0, 8);
    file.close();
    const lock = openOwned();
    await lock.lock(NO_WAIT);
    lock.close();
    expect([disk.stat(PATH)?.sizeBytes, holderNow()]).toEqual([8, undefined]);
  });

  test('is not touched any more by who has lost the lock', async () => {
    const [first, second] = [openOwned('topic create'), openOwned('topic delete')];
    await first.lock(NO_WAIT);
    locks.forgetAll();
    await second.lock(NO_WAIT);
    first.close();
    expect(holderNow()).toMatchObject({ command: 'topic delete' });
  });
});

test.each([[{ pid: 'x' }], [{ sinceMs: 9e15 }], [{ command: undefined }], [{ isHeld: 'yes' }]])(
  'a record with %j was not written by us, and names nobody',
  (wrong) => {
    const right = { ...ownIdentity('a'), bootId: 'b', sinceMs: 1, isHeld: true };
    const recordOf = (fields: object): Buffer => {
      const bytes = Buffer.alloc(512, ' ');
      bytes.set(formatStateFile(1, fields));
      return bytes;
    };
    const file = disk.open(PATH, 'update');
    file.writeAt(recordOf(right), 0, 512, 0);
    expect(readLockHolder(file)).toMatchObject({ command: 'a' });
    file.writeAt(recordOf({ ...right, ...wrong }), 0, 512, 0);
    expect(readLockHolder(file)).toBeUndefined();
  },
);

test('a record that is torn names nobody', async () => {
  await openOwned().lock(NO_WAIT);
  const file = disk.open(PATH, 'update');
  file.writeAt(Buffer.from('x'), 0, 1, 40);
  expect(readLockHolder(file)).toBeUndefined();
});
