import { afterEach, expect, test } from '@jest/globals';
import { groupLockFiles } from '../../../src/core/cluster/group-lock-files.js';
import { groupFileName } from '../../../src/core/group/group-name.js';
import { OwnedLock } from '../../../src/core/topic/owned-lock.js';
import { MemoryMachine } from '../../support/memory-machine.js';
import { GROUP, endMembers, join } from './group-fixture.js';

afterEach(endMembers);

test('the locks of groups, then those of their members, with who holds them', async () => {
  const machine = await MemoryMachine.boot({ orders: 2 });
  const member = await join(machine.start('consume'));
  member.noteChild(process.pid);
  const { env, directory } = machine.start('group seek');
  const lockPath = `${directory.paths.groupLocks}/${groupFileName(GROUP)}`;
  new OwnedLock(env.locks.open(lockPath), { user: env, what: 'x' }).tryLock();
  const { files, failures } = groupLockFiles(env, directory);
  expect(failures).toEqual([]);
  expect(files.map((file) => ({ ...file, readHolder: file.readHolder() }))).toMatchObject([
    {
      group: GROUP,
      memberId: undefined,
      path: lockPath,
      readHolder: { holder: { command: 'group seek' }, childPid: undefined },
    },
    {
      group: GROUP,
      memberId: member.memberId,
      readHolder: { holder: { command: 'consume' }, childPid: process.pid },
    },
  ]);
});

test('a group that is only being made has the name of its lock', async () => {
  const machine = await MemoryMachine.boot();
  const { env, directory } = machine.start();
  const long = 'x'.repeat(250);
  for (const name of ['new', long]) {
    machine.fs.open(`${directory.paths.groupLocks}/${groupFileName(name)}`, 'create').close();
  }
  machine.fs.makeDirectory(`${directory.paths.groupLocks}/new.lock`, 0o700);
  const { files } = groupLockFiles(env, directory);
  expect(files.map(({ group }) => group)).toEqual(['new', groupFileName(long)]);
});

test('a damaged group is told, and hides no other', async () => {
  const machine = await MemoryMachine.boot({ orders: 1 });
  await join(machine.start('consume'));
  const { env, directory } = machine.start();
  machine.fs.makeDirectory(`${directory.paths.groups}/bad`, 0o700);
  machine.fs.open(`${directory.paths.groups}/bad/state.json`, 'create').close();
  const { files, failures } = groupLockFiles(env, directory);
  expect(files.map(({ group }) => group)).toEqual([GROUP, GROUP]);
  expect(failures).toMatchObject([{ code: 'DATA_DIR_DAMAGED' }]);
});
