import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  GroupDescription,
  GroupMove,
  GroupReading,
  ReadRequest,
} from '../../../src/core/cluster/groups.js';
import { codeOf } from '../../support/log-fixture.js';
import { MemoryMachine } from '../../support/memory-machine.js';
import {
  GROUP,
  PLAN,
  commitTo,
  consumeOnce,
  drain,
  endMembers,
  join,
  move,
  namesOf,
  requestOf,
  standing,
  stateOf,
  take,
  targetOf,
} from './group-fixture.js';

const MINUTE_MS = 60_000;

let machine: MemoryMachine;

beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 2 });
  const writer = machine.start('produce');
  await writer.append('orders', 0, ['a', 'b', 'c']);
  await writer.append('orders', 1, ['d']);
});

afterEach(endMembers);

const describeNow = async (group = GROUP): Promise<GroupDescription> =>
  (await machine.start('group').groups()).describe(group);

async function recreate(partitions = 2): Promise<void> {
  const { cluster } = machine.start('topic');
  await cluster.deleteTopic('orders');
  await machine.start('topic').createTopic('orders', partitions);
}

/** Whoever is waited for is found there at the first try. The next one is in 200 ms. */
const hasTriedOnce = (): Promise<void> => sleep(50);

/** Begun by a run that is gone. */
async function leavePending(): Promise<string> {
  const process = machine.start();
  const member = await join(process);
  const { id } = await member.begin((await take(member, { maxRecords: 2 })).positions);
  process.kill();
  return id;
}

describe('the list of groups', () => {
  test('is in order of name, and one that is damaged does not hide the others', async () => {
    for (const group of ['zeta', 'Alpha', 'beta']) {
      await (await join(machine.start(), { group })).leave();
    }
    const path = `${machine.directory.paths.groups}/beta/state.json`;
    const file = machine.fs.open(path, 'update');
    file.truncate(10);
    file.close();
    const { names, failures } = await (await machine.start().groups()).list();
    expect(names).toEqual(['Alpha', 'zeta']);
    expect(failures).toMatchObject([{ code: 'DATA_DIR_DAMAGED', details: { group: 'beta' } }]);
  });

  test('of a new data directory is empty', async () => {
    expect(await (await machine.start().groups()).list()).toEqual({ names: [], failures: [] });
  });
});

describe('a group that is not there', () => {
  beforeEach(() => consumeOnce(machine.start()));

  test.each([
    ['described', (groups) => groups.describe('laod')],
    ['deleted', (groups) => groups.delete('laod')],
    ['undone', (groups) => groups.move('laod', { kind: 'undo' })],
    ['undone, as a plan', (groups) => groups.planMove('laod', { kind: 'undo' })],
  ] as [string, (groups: Awaited<ReturnType<typeof openGroups>>) => Promise<unknown>][])(
    'is not %s, and one of a near name is told',
    async (_, act) => {
      await expect(act(await openGroups())).rejects.toMatchObject({
        code: 'GROUP_ID_NOT_FOUND',
        details: { group: 'laod', nearest: GROUP },
        suggestion: 'Did you mean load?',
      });
      expect((await (await openGroups()).list()).names).toEqual([GROUP]);
    },
  );

  const openGroups = () => machine.start().groups();
});

describe('joining', () => {
  test('gives a batch run all that is free, and the next one BUSY, with whom to blame', async () => {
    const first = await join(machine.start('consume'));
    expect(namesOf(first.partitions)).toBe('orders:0 orders:1');
    machine.nowMs += 1000;
    await expect(join(machine.start())).rejects.toMatchObject({
      code: 'BUSY',
      details: {
        group: GROUP,
        memberId: first.memberId,
        pid: expect.any(Number),
        command: 'consume',
        childPid: null,
        sinceMs: machine.nowMs - 1000,
      },
    });
    expect(stateOf(machine).members).toHaveLength(1);
    expect(machine.fs.list(`${machine.directory.paths.groups}/${GROUP}/members`)).toHaveLength(1);
  });

  test('shares among as many runs as it was told', async () => {
    const runs = [
      await join(machine.start(), { members: 2 }),
      await join(machine.start(), { members: 2 }),
    ];
    expect(runs.map(({ partitions }) => namesOf(partitions))).toEqual(['orders:0', 'orders:1']);
    expect(await codeOf(() => join(machine.start(), { members: 2 }))).toBe('BUSY');
    await runs[0]!.leave();
    expect(namesOf((await join(machine.start(), { members: 2 })).partitions)).toBe('orders:0');
  });

  test('of a part begins with what has waited longest, so that all have their turn', async () => {
    await consumeOnce(machine.start());
    await machine.start().append('orders', 1, ['e']);
    const run = await join(machine.start(), { members: 2 });
    expect(namesOf(run.partitions)).toBe('orders:1');
  });

  test('waits for who holds all, as long as it was told', async () => {
    const holder = await join(machine.start());
    const waiting = join(machine.start(), { busyWaitMs: 10_000 });
    await hasTriedOnce();
    await holder.leave();
    expect(namesOf((await waiting).partitions)).toBe('orders:0 orders:1');
    const startedAt = performance.now();
    expect(await codeOf(() => join(machine.start(), { busyWaitMs: 300 }))).toBe('BUSY');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(300);
  });

  test('takes over at once from one that was killed while it was waited for', async () => {
    const process = machine.start();
    await join(process);
    const waiting = join(machine.start(), { busyWaitMs: 10_000 });
    await hasTriedOnce();
    process.kill();
    expect(namesOf((await waiting).partitions)).toBe('orders:0 orders:1');
  });

  test('stops waiting when it is told to', async () => {
    await join(machine.start());
    const process = machine.start();
    const waiting = join(process, { busyWaitMs: 10_000 });
    await hasTriedOnce();
    process.stop.abort(new Error('SIGINT'));
    await expect(waiting).rejects.toThrow('SIGINT');
  });

  test('is BUSY where a batch must be repeated first that the run is not about', async () => {
    const process = machine.start();
    const member = await join(process);
    const { id } = await member.begin((await take(member)).positions);
    process.kill();
    await expect(
      join(machine.start(), { targets: [targetOf('orders:1')], busyWaitMs: 10_000 }),
    ).rejects.toMatchObject({
      code: 'BUSY',
      details: { group: GROUP, batch: id },
      suggestion: expect.stringContaining('spool group seek load --to group'),
    });
  });

  test.each([
    ['INVALID_GROUP_ID', { group: '' }],
    ['UNKNOWN_TOPIC_OR_PARTITION', { targets: [targetOf('nothing')] }],
    ['UNKNOWN_TOPIC_OR_PARTITION', { targets: [targetOf('orders:7')] }],
  ])('fails with %s, and leaves no group behind', async (code, fields) => {
    expect(await codeOf(() => join(machine.start(), fields))).toBe(code);
    expect((await (await machine.start().groups()).list()).names).toEqual([]);
  });

  test('by another assignor than those who follow is refused', async () => {
    await join(machine.start(), { kind: 'follow', assignor: 'range' });
    const other = { kind: 'follow', assignor: 'roundrobin' } as const;
    expect(await codeOf(() => join(machine.start(), other))).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect(await codeOf(() => join(machine.start()))).toBe('BUSY');
  });
});

describe('a static member', () => {
  const asOne = { kind: 'follow', instanceId: 'one' } as const;

  test('is there once', async () => {
    await join(machine.start(), asOne);
    expect(await codeOf(() => join(machine.start(), asOne))).toBe('UNRELEASED_INSTANCE_ID');
  });

  test('waits for the one of its name to end, as long as it was told', async () => {
    const before = await join(machine.start(), asOne);
    const waiting = join(machine.start(), { ...asOne, busyWaitMs: 10_000 });
    await hasTriedOnce();
    await before.leave();
    expect(namesOf((await waiting).partitions)).toBe('orders:0 orders:1');
  });

  test('that was killed keeps its partitions for the session timeout, and comes back to them', async () => {
    const process = machine.start();
    await join(process, asOne);
    const other = await join(machine.start(), { kind: 'follow' });
    process.kill();
    await other.rebalance();
    expect(other.partitions).toEqual([]);
    const back = await join(machine.start(), asOne);
    expect(stateOf(machine).members).toHaveLength(2);
    // It has nothing in hand, so it makes room for the other at once.
    expect(namesOf(back.partitions)).toBe('orders:0');
    await other.rebalance();
    expect(namesOf(other.partitions)).toBe('orders:1');
  });

  test('that does not come back in time has lost them', async () => {
    const process = machine.start();
    await join(process, asOne);
    process.kill();
    machine.nowMs += 45_000;
    expect(await codeOf(() => join(machine.start()))).toBe('BUSY');
    machine.nowMs += 1;
    expect(namesOf((await join(machine.start())).partitions)).toBe('orders:0 orders:1');
  });
});

describe('moving a group', () => {
  const seek = { kind: 'seek', targets: [], to: { kind: 'end' } } as const;

  test('plans what it then does, and changes nothing in the plan', async () => {
    await consumeOnce(machine.start());
    const back = { ...seek, to: { kind: 'start' } } as const;
    const before = stateOf(machine);
    const planned = await (await machine.start().groups()).planMove(GROUP, back);
    expect(stateOf(machine)).toEqual(before);
    expect(planned).toMatchObject({
      group: GROUP,
      reason: 'seek',
      offsets: [
        { partition: 0, fromOffset: 3, toOffset: 0, clampedFrom: null },
        { partition: 1, fromOffset: 1, toOffset: 0, clampedFrom: null },
      ],
      clearedPending: [],
    });
    expect(await move(machine, back)).toEqual(planned);
    expect(standing(machine)).toBe('orders:0@0 orders:1@0');
    expect(stateOf(machine).moves.at(-1)).toMatchObject({ reason: 'seek', memberId: null });
  });

  test('that is not there makes it', async () => {
    await move(machine, { ...seek, targets: [targetOf('orders')] });
    expect(standing(machine)).toBe('orders:0@3 orders:1@1');
    expect(await consumeOnce(machine.start())).toBe('');
  });

  test('gives up its batches there, and says which', async () => {
    const id = await leavePending();
    const to = commitTo('orders:0@1');
    const planned = await (await machine.start().groups()).planMove(GROUP, to);
    expect(planned.clearedPending).toMatchObject([{ id, attempt: 1, memberId: null }]);
    expect((await describeNow()).pending).toMatchObject([{ id }]);
    expect((await move(machine, to)).clearedPending).toEqual(planned.clearedPending);
    expect((await describeNow()).pending).toEqual([]);
    expect(await consumeOnce(machine.start())).toBe('0=b 0=c 1=d');
  });

  test('gives up its batches also where the position stays', async () => {
    const id = await leavePending();
    const toItself = {
      kind: 'seek',
      targets: [],
      to: { kind: 'group', group: undefined },
    } as const;
    expect((await move(machine, toItself)).clearedPending).toMatchObject([{ id }]);
    expect(stateOf(machine).pending).toEqual([]);
  });

  test('leaves batches of other partitions as they are', async () => {
    const id = await leavePending();
    expect((await move(machine, commitTo('orders:1@1'))).clearedPending).toEqual([]);
    expect(stateOf(machine).pending).toMatchObject([{ id }]);
  });

  test.each(['batch', 'follow'] as const)(
    'is refused while a %s member holds it, naming it, and not for what nobody holds',
    async (kind) => {
      const targets = [targetOf('orders:0')];
      const { memberId } = await join(machine.start(), { kind, targets });
      await expect(move(machine, commitTo('orders:0@1'))).rejects.toMatchObject({
        code: 'NON_EMPTY_GROUP',
        details: { group: GROUP, memberId },
      });
      expect(standing(machine)).toBe('orders:0@0 orders:1@0');
      await move(machine, commitTo('orders:1@1'));
      expect(standing(machine)).toBe('orders:0@0 orders:1@1');
    },
  );

  test('asks nobody who is dead', async () => {
    const process = machine.start();
    await join(process);
    process.kill();
    await move(machine, commitTo('orders:0@2'));
    expect(standing(machine)).toBe('orders:0@2 orders:1@0');
  });

  test('syncs the records below its position', async () => {
    await machine.start('produce').append('orders', 0, ['x'], { isSynced: false });
    await move(machine, { ...seek, targets: [targetOf('orders')] });
    const later = machine.afterPowerCut(0);
    await later.start('produce').append('orders', 0, ['y']);
    expect(await consumeOnce(later.start())).toBe('0=y');
  });

  test('is taken back move by move', async () => {
    await consumeOnce(machine.start());
    await move(machine, commitTo('orders:0@1'));
    await move(machine, commitTo('orders:0@2 orders:1@0'));
    const undone = await move(machine, { kind: 'undo' });
    expect(undone).toMatchObject({
      reason: 'undo',
      offsets: [
        { partition: 0, fromOffset: 2, toOffset: 1 },
        { partition: 1, fromOffset: 0, toOffset: 1 },
      ],
    });
    expect(standing(machine)).toBe('orders:0@1 orders:1@1');
    await move(machine, { kind: 'undo' });
    await move(machine, { kind: 'undo' });
    expect(standing(machine)).toBe('orders:0@0 orders:1@0');
    expect((await move(machine, { kind: 'undo' })).offsets).toEqual([]);
  });

  test('is taken back where a topic of it is gone', async () => {
    await consumeOnce(machine.start());
    await machine.start('topic').createTopic('events', 1);
    await move(machine, commitTo('orders:0@1 events:0@0'));
    await machine.start('topic').cluster.deleteTopic('events');
    await move(machine, { kind: 'undo' });
    expect(standing(machine)).toBe('orders:0@3 orders:1@1');
  });

  test('is taken back where the first position was by hand: it has none again', async () => {
    await move(machine, commitTo('orders:0@2'));
    const undone = await move(machine, { kind: 'undo' });
    expect(undone.offsets).toMatchObject([{ fromOffset: 2, toOffset: null }]);
    expect(standing(machine)).toBe('');
  });
});

describe('deleting a group', () => {
  test('returns what it was, and its name is free', async () => {
    await consumeOnce(machine.start());
    const before = await describeNow();
    expect(await (await machine.start().groups()).delete(GROUP)).toEqual(before);
    expect(await codeOf(() => describeNow())).toBe('GROUP_ID_NOT_FOUND');
    expect(await consumeOnce(machine.start())).toBe('0=a 0=b 0=c 1=d');
  });

  test('is refused while it has a member, whatever that holds', async () => {
    const first = await join(machine.start(), { kind: 'follow' });
    const idle = await join(machine.start(), { kind: 'follow', targets: [targetOf('orders:0')] });
    const remove = async (): Promise<unknown> => (await machine.start().groups()).delete(GROUP);
    await expect(remove()).rejects.toMatchObject({
      code: 'NON_EMPTY_GROUP',
      details: { memberId: first.memberId },
    });
    await first.leave();
    expect(await codeOf(remove)).toBe('NON_EMPTY_GROUP');
    await idle.leave();
    await remove();
  });

  test('asks nobody who is dead', async () => {
    await leavePending();
    const { pending } = await (await machine.start().groups()).delete(GROUP);
    expect(pending).toHaveLength(1);
  });
});

describe('a topic that was deleted and made anew', () => {
  beforeEach(async () => {
    await consumeOnce(machine.start());
    await recreate();
    await machine.start('produce').append('orders', 0, ['new']);
  });

  test('is never silently gone on with', async () => {
    await expect(join(machine.start())).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC_ID',
      details: { group: GROUP, topic: 'orders', partition: 0, offset: 3 },
      suggestion: 'say where it is to begin: spool group seek load orders --to start',
    });
    expect(await codeOf(() => readOnly())).toBe('UNKNOWN_TOPIC_ID');
    expect(standing(machine)).toBe('orders:0@3 orders:1@1');
  });

  test('is begun where a seek says', async () => {
    const { offsets } = await move(machine, {
      kind: 'seek',
      targets: [targetOf('orders')],
      to: { kind: 'start' },
    });
    expect(offsets).toMatchObject([{ fromOffset: null }, { fromOffset: null }]);
    expect(await consumeOnce(machine.start())).toBe('0=new');
  });

  test('is begun where a seek says, also with fewer partitions than it had', async () => {
    await recreate(1);
    await move(machine, { kind: 'seek', targets: [targetOf('orders')], to: { kind: 'start' } });
    expect(await consumeOnce(machine.start())).toBe('');
  });

  test.each([
    ['relative to', { kind: 'shift', targets: [], by: 1 }],
    ['to', { kind: 'seek', targets: [], to: { kind: 'group', group: undefined } }],
    [
      'to another group at',
      { kind: 'seek', targets: [targetOf('orders')], to: { kind: 'group', group: GROUP } },
      'new',
    ],
  ] as [string, GroupMove, string?][])(
    'is not begun %s the position in the one before',
    async (_, asked, group = GROUP) => {
      const moved = (await machine.start().groups()).move(group, asked);
      await expect(moved).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' });
    },
  );

  test('takes its place under a following member with an error, not a guess', async () => {
    const member = await join(machine.start(), { group: 'other', kind: 'follow' });
    await recreate();
    expect(await codeOf(() => member.rebalance())).toBe('UNKNOWN_TOPIC_ID');
  });
});

const readOnly = async (fields: Partial<ReadRequest> = {}): Promise<GroupReading> =>
  (await machine.start().groups()).read(
    { ...requestOf(), keepsFirstPositions: false, ...fields },
    PLAN,
  );

describe('reading without taking part', () => {
  test('moves nothing and makes no group', async () => {
    const { consumer } = await readOnly();
    expect(drain(consumer)).toBe('0=a 0=b 0=c 1=d');
    expect((await (await machine.start().groups()).list()).names).toEqual([]);
  });

  test('does not mind those who take part', async () => {
    const member = await join(machine.start());
    await member.commit((await take(member, { maxRecords: 2 })).positions);
    expect(drain((await readOnly()).consumer)).toBe('0=c 1=d');
  });

  test('keeps where a new group begins, if it is told to', async () => {
    const reading = { initial: { kind: 'end' }, keepsFirstPositions: true } as const;
    expect(drain((await readOnly(reading)).consumer)).toBe('');
    await machine.start().append('orders', 0, ['later']);
    expect(drain((await readOnly({ initial: { kind: 'end' } })).consumer)).toBe('0=later');
  });

  test('has a receipt that moves the group', async () => {
    const { consumer, receipt } = await readOnly({ keepsFirstPositions: true });
    expect([consumer.next(), consumer.next()]).toHaveLength(2);
    const written = receipt(2);
    expect(written).toMatchObject({
      clusterId: machine.directory.clusterId,
      group: GROUP,
      records: 2,
      createdMs: machine.nowMs,
      ranges: [
        { topic: 'orders', partition: 0, firstOffset: 0, endOffset: 2 },
        { topic: 'orders', partition: 1, firstOffset: 0, endOffset: 0 },
      ],
    });
    const commit = { kind: 'receipt', receipt: written } as const;
    expect(await move(machine, commit)).toMatchObject({ reason: 'commit' });
    expect(standing(machine)).toBe('orders:0@2 orders:1@0');
    await move(machine, commit);
    expect(standing(machine)).toBe('orders:0@2 orders:1@0');
    expect(stateOf(machine).moves).toHaveLength(1);
    await move(machine, commitTo('orders:0@1'));
    expect(await codeOf(() => move(machine, commit))).toBe('CHECK_FAILED');
    expect(standing(machine)).toBe('orders:0@1 orders:1@0');
  });
});

describe('offsets that nobody uses', () => {
  const expire = async (dryRun = false): Promise<unknown> =>
    (await machine.start('retention').groups()).expireOffsets('orders', { dryRun });
  const limit = (minutes: number): Promise<unknown> =>
    machine.start().cluster.alterTopic('orders', {
      set: { 'offsets.retention.minutes': String(minutes) },
      unset: [],
    });

  test('never expire where nothing was set', async () => {
    await consumeOnce(machine.start());
    machine.nowMs += 10 * 365 * 24 * 60 * MINUTE_MS;
    expect(await expire()).toEqual([]);
    expect(standing(machine)).toBe('orders:0@3 orders:1@1');
  });

  test('expire once they are old enough, and not in a dry run', async () => {
    await limit(10);
    await consumeOnce(machine.start());
    machine.nowMs += 10 * MINUTE_MS - 1;
    expect(await expire()).toEqual([]);
    machine.nowMs += 1;
    const expired = [{ group: GROUP, topic: 'orders', partitions: [0, 1] }];
    expect(await expire(true)).toEqual(expired);
    expect(standing(machine)).toBe('orders:0@3 orders:1@1');
    expect(await expire()).toEqual(expired);
    expect(standing(machine)).toBe('');
    expect(await expire()).toEqual([]);
  });

  test('are counted from when the group was left, not only from the commit', async () => {
    await limit(10);
    const member = await join(machine.start());
    await member.commit((await take(member)).positions);
    machine.nowMs += 9 * MINUTE_MS;
    await member.leave();
    machine.nowMs += 9 * MINUTE_MS;
    expect(await expire()).toEqual([]);
  });

  test.each([
    ['a member', () => join(machine.start(), { sessionTimeoutMs: 100 * MINUTE_MS })],
    ['a batch to be repeated', leavePending],
  ] as [string, () => Promise<unknown>][])(
    'do not expire in a group with %s',
    async (_, occupy) => {
      await limit(10);
      await occupy();
      machine.nowMs += 100 * MINUTE_MS;
      expect(await expire()).toEqual([]);
      expect(standing(machine)).toBe('orders:0@0 orders:1@0');
    },
  );

  test('of another topic stay', async () => {
    await machine.start().createTopic('events', 1);
    await limit(10);
    await (
      await join(machine.start(), { targets: [targetOf('orders'), targetOf('events')] })
    ).leave();
    machine.nowMs += 100 * MINUTE_MS;
    await expire();
    expect(standing(machine)).toBe('events:0@0');
  });
});
