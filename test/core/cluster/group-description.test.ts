import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { describeGroup } from '../../../src/core/cluster/group-description.js';
import type { GroupDescription } from '../../../src/core/cluster/groups.js';
import type { CommittedOffset } from '../../../src/core/group/group-state.js';
import { GroupStore } from '../../../src/core/group/group-store.js';
import { START_MS } from '../../support/log-fixture.js';
import { MemoryMachine } from '../../support/memory-machine.js';
import {
  GROUP,
  changeState,
  consumeOnce,
  endMembers,
  join,
  logsOf,
  move,
  commitTo,
  stateOf,
  take,
  targetOf,
} from './group-fixture.js';

let machine: MemoryMachine;

beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 2 });
  const writer = machine.start('produce');
  await writer.append('orders', 0, ['a'], { timestampMs: START_MS - 3000 });
  await writer.append('orders', 0, ['b'], { timestampMs: START_MS - 2000 });
  await writer.append('orders', 0, ['c'], { timestampMs: START_MS - 1000 });
});

afterEach(endMembers);

function describeNow(): GroupDescription {
  const process = machine.start('group');
  const membersFolder = new GroupStore(process.env, process.directory).membersFolder(GROUP);
  return describeGroup(stateOf(machine), {
    env: process.env,
    logs: logsOf(process),
    membersFolder,
  });
}

/** Stands there whatever is kept. */
const standAt = (partition: number, fields: Partial<CommittedOffset>): Promise<void> =>
  changeState(machine, (state) => ({
    ...state,
    offsets: state.offsets.map((entry) =>
      entry.partition === partition ? { ...entry, ...fields } : entry,
    ),
  }));

describe('a partition', () => {
  test.each([
    [0, { lag: 3, lagMs: 3000 }],
    [2, { lag: 1, lagMs: 1000 }],
    [3, { lag: 0, lagMs: 0 }],
  ])('that stands at %i has its lag in records and in time', async (offset, expected) => {
    await move(machine, commitTo(`orders:0@${offset}`));
    expect(describeNow().partitions).toEqual([
      {
        topic: 'orders',
        topicId: expect.any(String),
        partition: 0,
        committedOffset: offset,
        leaderEpoch: -1,
        metadata: '',
        committedMs: START_MS,
        logStartOffset: 0,
        logEndOffset: 3,
        memberId: null,
        problem: null,
        ...expected,
      },
    ]);
  });

  test('whose records are of a later time has no age below zero', async () => {
    await move(machine, commitTo('orders:0@2'));
    machine.nowMs = START_MS - 5000;
    expect(describeNow().partitions[0]).toMatchObject({ lag: 1, lagMs: 0 });
  });

  test('below what is kept has a lag of what is kept, and says so', async () => {
    await move(machine, commitTo('orders:0@0'));
    await machine.start().cluster.trimTopic(targetOf('orders:0'), { kind: 'offset', offset: 2 });
    expect(describeNow().partitions[0]).toMatchObject({
      committedOffset: 0,
      logStartOffset: 2,
      lag: 1,
      lagMs: 1000,
      problem: 'below-start',
    });
  });

  test('above the end has no lag, and says so', async () => {
    await move(machine, commitTo('orders:0@3'));
    await standAt(0, { offset: 9 });
    expect(describeNow().partitions[0]).toMatchObject({ lag: 0, lagMs: 0, problem: 'above-end' });
  });

  test.each([
    ['topic-deleted', async () => machine.start().cluster.deleteTopic('orders')],
    ['topic-recreated', () => standAt(0, { topicId: 'AAAAAAAAAAAAAAAAAAAAAA' })],
  ] as [string, () => Promise<void>][])('is not compared with a log: %s', async (problem, act) => {
    await move(machine, commitTo('orders:0@1'));
    await act();
    expect(describeNow().partitions[0]).toMatchObject({
      committedOffset: 1,
      logStartOffset: null,
      logEndOffset: null,
      lag: null,
      lagMs: null,
      problem,
    });
  });

  test('has the member that lives and owns it, and no dead one', async () => {
    const process = machine.start();
    const { memberId } = await join(process, { targets: [targetOf('orders:1')] });
    const holders = (): unknown[] => describeNow().partitions.map((each) => each.memberId);
    expect(holders()).toEqual([null, memberId]);
    process.kill();
    expect(holders()).toEqual([null, null]);
  });
});

describe('a member', () => {
  test('is described by its state and its file', async () => {
    const process = machine.start('consume');
    const { memberId, generation } = await join(process, { kind: 'follow', instanceId: 'one' });
    expect(describeNow()).toMatchObject({
      group: GROUP,
      state: 'stable',
      generation,
      members: [
        {
          memberId,
          instanceId: 'one',
          kind: 'follow',
          assignor: 'cooperative-sticky',
          pid: process.env.owner.pid,
          command: 'consume',
          childPid: null,
          sinceMs: START_MS,
          heartbeatMs: START_MS,
          isAlive: true,
          generation,
          partitions: [
            { topic: 'orders', partition: 0 },
            { topic: 'orders', partition: 1 },
          ],
        },
      ],
    });
  });

  test('that is dead leaves the group empty, also before anybody has taken it out', async () => {
    const process = machine.start();
    await join(process);
    process.kill();
    expect(describeNow()).toMatchObject({ state: 'empty', members: [{ isAlive: false }] });
  });

  test('whose file is gone is described as far as the state goes', async () => {
    const process = machine.start();
    const { memberId } = await join(process);
    process.kill();
    machine.fs.removeFile(`${machine.directory.paths.groups}/${GROUP}/members/${memberId}`);
    machine.nowMs += 1000;
    expect(describeNow().members).toMatchObject([
      { memberId, pid: 0, command: '', heartbeatMs: START_MS, isAlive: false },
    ]);
  });
});

describe('a batch', () => {
  test('has a holder while its member lives, and then waits', async () => {
    const process = machine.start();
    const member = await join(process);
    machine.nowMs += 5;
    const { id, ranges } = await member.begin((await take(member)).positions);
    const pending = { id, attempt: 1, ranges, createdMs: START_MS + 5 };
    expect(describeNow().pending).toEqual([{ ...pending, memberId: member.memberId }]);
    process.kill();
    expect(describeNow().pending).toEqual([{ ...pending, memberId: null }]);
  });

  test('waits too once its member has left', async () => {
    const member = await join(machine.start());
    await member.begin((await take(member)).positions);
    await member.leave();
    expect(describeNow().pending).toMatchObject([{ memberId: null }]);
  });
});

test('a group was last active at its last commit, or when it was last left', async () => {
  expect(describeNow().lastActiveMs).toBe(0);
  await consumeOnce(machine.start());
  machine.nowMs += 1000;
  const member = await join(machine.start());
  expect(describeNow().lastActiveMs).toBe(START_MS);
  await member.leave();
  expect(describeNow().lastActiveMs).toBe(START_MS + 1000);
  machine.nowMs += 1000;
  await move(machine, commitTo('orders:0@1'));
  expect(describeNow().lastActiveMs).toBe(START_MS + 2000);
});
