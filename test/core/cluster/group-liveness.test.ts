import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GroupLiveness } from '../../../src/core/cluster/group-liveness.js';
import type { GroupMembership } from '../../../src/core/cluster/groups.js';
import { identify } from '../../../src/core/fs/process-identity.js';
import { GroupStore } from '../../../src/core/group/group-store.js';
import { GONE, MemoryMachine, type MemoryProcess } from '../../support/memory-machine.js';
import { GROUP, endMembers, join, stateOf } from './group-fixture.js';

/** Of the process that runs the tests: it lives, for certain. */
const LIVING = identify(process.pid);

let machine: MemoryMachine;

beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 2 });
});

afterEach(endMembers);

function livenessNow(): GroupLiveness {
  const { env, directory } = machine.start();
  return new GroupLiveness(env, new GroupStore(env, directory).membersFolder(GROUP));
}

const lost = (): string[] => livenessNow().lostMembers(stateOf(machine));

describe('a member is lost', () => {
  let holder: MemoryProcess;
  let member: GroupMembership;

  async function hold(fields: Parameters<typeof join>[1] = {}): Promise<void> {
    holder = machine.start();
    member = await join(holder, fields);
  }

  test('the moment its process is gone', async () => {
    await hold();
    expect([lost(), livenessNow().isAlive(member.memberId)]).toEqual([[], true]);
    holder.kill();
    expect([lost(), livenessNow().isAlive(member.memberId)]).toEqual([[member.memberId], false]);
  });

  test('when it was silent for longer than its session timeout, though it lives', async () => {
    await hold({ sessionTimeoutMs: 3000 });
    machine.nowMs += 3000;
    expect(lost()).toEqual([]);
    machine.nowMs += 1;
    expect(lost()).toEqual([member.memberId]);
    expect(livenessNow().isAlive(member.memberId)).toBe(true);
  });

  test('not while it is heard', async () => {
    await hold({ sessionTimeoutMs: 3000 });
    for (let i = 0; i < 3; i++) {
      machine.nowMs += 3000;
      member.noteChild(undefined);
    }
    expect(lost()).toEqual([]);
  });

  test('not because somebody has set the clock', async () => {
    await hold();
    machine.setClock(machine.nowMs + 1_000_000);
    expect(lost()).toEqual([]);
    machine.nowMs += 45_001;
    machine.setClock(machine.nowMs - 1_000_000);
    expect(lost()).toEqual([member.memberId]);
  });

  test('not while something that it has started holds its lock, though itself it is gone', async () => {
    holder = machine.start('consume', GONE);
    member = await join(holder);
    machine.nowMs += 45_001;
    expect(lost()).toEqual([]);
    holder.kill();
    expect(lost()).toEqual([member.memberId]);
  });

  test('not while its command is at work, however silent it is itself', async () => {
    await hold({ sessionTimeoutMs: 3000 });
    member.noteChild(process.pid);
    machine.nowMs += 3001;
    expect(lost()).toEqual([]);
    member.noteChild(undefined);
    machine.nowMs += 3001;
    expect(lost()).toEqual([member.memberId]);
  });

  test('not where its process is gone but its command is not', async () => {
    await hold();
    member.noteChild(process.pid);
    holder.kill();
    expect(lost()).toEqual([]);
  });

  test('after its session timeout only, where it has a name to come back under', async () => {
    await hold({ instanceId: 'one', sessionTimeoutMs: 3000 });
    holder.kill();
    machine.nowMs += 3000;
    expect(lost()).toEqual([]);
    machine.nowMs += 1;
    expect(lost()).toEqual([member.memberId]);
  });

  test('where its file is gone', async () => {
    await hold();
    holder.kill();
    const folder = `${machine.directory.paths.groups}/${GROUP}/members`;
    machine.fs.removeFile(`${folder}/${member.memberId}`);
    expect(lost()).toEqual([member.memberId]);
  });
});

describe('who is to blame', () => {
  const orders = (partition: number): { topic: string; partition: number } => ({
    topic: 'orders',
    partition,
  });

  test('is whoever has one of the places, or is to have it', async () => {
    const owner = await join(machine.start(), { targets: [{ topic: 'orders', partitions: [0] }] });
    const state = stateOf(machine);
    const find = (places: Parameters<GroupLiveness['busyError']>[2]): unknown =>
      livenessNow().busyError('BUSY', state, places)?.details['memberId'];
    expect(find([orders(1), orders(0)])).toBe(owner.memberId);
    expect(find([orders(1)])).toBeUndefined();
    expect(find([])).toBeUndefined();
    expect(find(undefined)).toBe(owner.memberId);
    const wants = { ...state.members[0]!, owned: [], target: [orders(1)] };
    const waiting = { ...state, members: [wants] };
    expect(livenessNow().busyError('BUSY', waiting, [orders(1)])?.code).toBe('BUSY');
  });

  test('is nobody in an empty group', () => {
    expect(livenessNow().busyError('BUSY', stateOf(machine), undefined)).toBeUndefined();
  });

  const textOf = (): string =>
    livenessNow().busyError('BUSY', stateOf(machine), undefined)?.message ?? '';

  test('is told by process, command and since when', async () => {
    const member = await join(machine.start('consume'));
    const run = `consume (pid ${LIVING.pid})`;
    const since = 'since 2023-11-14T22:13:20.000Z';
    expect(textOf()).toBe(`group load is at work: ${run} ${since}`);
    member.noteChild(LIVING.pid);
    expect(textOf()).toBe(
      `group load is at work: ${run} and its command (pid ${LIVING.pid}) ${since}`,
    );
  });

  test('is the command where the process that started it was killed', async () => {
    const holder = machine.start('consume', GONE);
    const member = await join(holder);
    member.noteChild(LIVING.pid);
    holder.kill();
    const run = `consume (pid ${holder.env.owner.pid})`;
    expect(textOf()).toContain(
      `: ${run} was killed, but its command (pid ${LIVING.pid}) goes on, since `,
    );
    expect(livenessNow().busyError('BUSY', stateOf(machine), undefined)?.details).toMatchObject({
      pid: holder.env.owner.pid,
      childPid: LIVING.pid,
    });
  });

  test('is another process, where its file cannot be made out', async () => {
    await join(machine.start());
    const folder = `${machine.directory.paths.groups}/${GROUP}/members`;
    const file = machine.fs.open(`${folder}/${machine.fs.list(folder)[0]!}`, 'update');
    file.truncate(9);
    expect(textOf()).toContain('group load is at work: another process since');
  });

  test('is said to keep its name, where a static member is dead', async () => {
    const holder = machine.start('consume', GONE);
    await join(holder, { instanceId: 'one' });
    holder.kill();
    expect(textOf()).not.toContain('has started');
  });
});
