import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../../src/core/cluster/cluster.js';
import { listLocks } from '../../../src/core/cluster/lock-list.js';
import { LogLock } from '../../../src/core/log/log-lock.js';
import { OwnedLock } from '../../../src/core/topic/owned-lock.js';
import { GONE, MemoryMachine, type MemoryProcess } from '../../support/memory-machine.js';
import { GROUP, endMembers, join } from './group-fixture.js';

const PRIVATE = 0o600;

let machine: MemoryMachine;

beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 11, other: 1 });
});

afterEach(endMembers);

function lockOfPartition({ env, directory }: MemoryProcess, partition: number): LogLock {
  const path = directory.paths.controlFile({ topic: 'orders', partition });
  return new LogLock(env, env.locks.open(path));
}

/** Holds the lock of a partition, as a writer does while it writes. */
function holdPartition(by: MemoryProcess, partition: number): void {
  const log = lockOfPartition(by, partition);
  expect(log.tryAcquire()).toBe(true);
}

const look = () => listLocks(machine.start('locks').cluster);
const heldNow = async () => (await look()).locks;

describe('a lock is listed', () => {
  test('with who holds it', async () => {
    holdPartition(machine.start('produce'), 10);
    holdPartition(machine.start('retention prune'), 2);
    const of = (partition: number) => ({ kind: 'partition', topic: 'orders', partition });
    const sinceMs = machine.nowMs;
    expect(await look()).toMatchObject({
      locks: [
        { target: of(2), holder: { pid: process.pid, command: 'retention prune', sinceMs } },
        { target: of(10), holder: { command: 'produce', state: 'running' }, sharers: undefined },
      ],
      failures: [],
    });
  });

  test('of the registry and of a group', async () => {
    const { env, directory } = machine.start('topic delete');
    const options = { user: env, what: 'x' };
    new OwnedLock(env.locks.open(directory.paths.registryLock), options).tryLock();
    const path = `${directory.paths.groupLocks}/load%20it`;
    machine.fs.open(path, 'create', PRIVATE).close();
    new OwnedLock(env.locks.open(path), options).tryLock();
    expect(await heldNow()).toMatchObject([
      { target: { kind: 'registry' }, holder: { command: 'topic delete' } },
      { target: { kind: 'group', group: 'load it' }, holder: { command: 'topic delete' } },
    ]);
  });

  test('of a member, with what it runs', async () => {
    const member = await join(machine.start('consume'));
    member.noteChild(process.pid);
    const { memberId } = member;
    expect(await heldNow()).toMatchObject([
      {
        target: { kind: 'member', group: GROUP, memberId },
        holder: { command: 'consume' },
        childPid: process.pid,
      },
    ]);
  });

  test('also where nobody says who holds it', async () => {
    const { env, directory } = machine.start();
    env.locks.open(directory.paths.registryLock).tryLock();
    expect(await heldNow()).toMatchObject([{ target: { kind: 'registry' }, holder: undefined }]);
  });

  test('with a holder that is not to be seen from here', async () => {
    holdPartition(machine.start('produce', GONE), 0);
    expect(await heldNow()).toMatchObject([{ holder: { pid: GONE.pid, state: 'unseen' } }]);
  });
});

describe('no lock is', () => {
  test('one that was given back', async () => {
    const log = lockOfPartition(machine.start(), 0);
    log.tryAcquire();
    log.release();
    expect(await look()).toMatchObject({ locks: [], failures: [] });
  });

  test('what a killed process, or a copy of a directory in use, leaves behind', async () => {
    const writer = machine.start('produce');
    holdPartition(writer, 0);
    await join(machine.start('consume'));
    machine.killAll();
    expect(await heldNow()).toEqual([]);
    expect(await listLocks(machine.afterPowerCut(1).start().cluster)).toMatchObject({ locks: [] });
  });

  test('a file of no partition', async () => {
    const { directory } = machine.start();
    machine.fs.open(`${directory.paths.partitions}/README`, 'create', PRIVATE).close();
    expect(await look()).toMatchObject({ locks: [], failures: [] });
  });
});

test('what cannot be looked at is told, and hides nothing else', async () => {
  holdPartition(machine.start('produce'), 1);
  holdPartition(machine.start('produce'), 3);
  const looking = machine.start('locks');
  looking.fs.failWhen(({ kind, path }) =>
    kind === 'read' && path.endsWith('orders-1') ? 'PERMISSION_DENIED' : undefined,
  );
  const { locks, failures } = await listLocks(looking.cluster);
  expect(locks.map(({ target }) => 'partition' in target && target.partition)).toContain(3);
  expect(failures.length).toBeGreaterThan(0);
});

test('looking writes nothing', async () => {
  holdPartition(machine.start('produce'), 1);
  const before = machine.fs.operationCount;
  await look();
  expect(machine.fs.operationCount).toBe(before);
});

test('only a directory of this machine has locks to look at', async () => {
  await expect(listLocks({} as Cluster)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});
