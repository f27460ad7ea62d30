import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { committedOffset, findMember } from '../../../src/core/group/group-state.js';
import { codeOf } from '../../support/log-fixture.js';
import { MemoryMachine } from '../../support/memory-machine.js';
import {
  GROUP,
  PLAN,
  changeState,
  consumeOnce,
  drain,
  endMembers,
  join,
  namesOf,
  requestOf,
  standing,
  stateOf,
  take,
} from './group-fixture.js';

let machine: MemoryMachine;

beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 2 });
  const writer = machine.start('produce');
  await writer.append('orders', 0, ['a', 'b', 'c']);
  await writer.append('orders', 1, ['d']);
});

afterEach(endMembers);

describe('a batch', () => {
  test('is written down before it is given out, and is the position once it is finished', async () => {
    const member = await join(machine.start());
    const { positions } = await take(member, { maxRecords: 2 });
    const batch = await member.begin(positions);
    expect(batch).toMatchObject({
      attempt: 1,
      ranges: [{ topic: 'orders', partition: 0, firstOffset: 0, endOffset: 2 }],
    });
    expect(stateOf(machine).pending).toMatchObject([{ id: batch.id, memberId: member.memberId }]);
    expect(standing(machine)).toBe('orders:0@0 orders:1@0');

    const moved = await member.finish(batch);
    expect(moved).toMatchObject([{ topic: 'orders', partition: 0, fromOffset: 0, toOffset: 2 }]);
    expect(stateOf(machine).pending).toEqual([]);
    expect(standing(machine)).toBe('orders:0@2 orders:1@0');
    expect(stateOf(machine).moves).toMatchObject([
      { reason: 'consume', memberId: member.memberId, offsets: moved },
    ]);
  });

  test('covers the partitions that have something new, and no others', async () => {
    await consumeOnce(machine.start());
    await machine.start().append('orders', 1, ['e']);
    const member = await join(machine.start());
    const batch = await member.begin((await take(member)).positions);
    expect(batch.ranges).toMatchObject([{ partition: 1, firstOffset: 1, endOffset: 2 }]);
  });

  test.each([
    ['whose run was killed', (process: { kill: () => void }) => process.kill()],
    [
      'whose run has left',
      async (_: unknown, member: { leave: () => Promise<void> }) => member.leave(),
    ],
  ])('%s is repeated by the next run: same id, same ranges, one attempt more', async (_, end) => {
    const process = machine.start();
    const member = await join(process);
    const batch = await member.begin((await take(member, { maxRecords: 2 })).positions);
    await end(process, member);
    await machine.start().append('orders', 0, ['later']);

    const next = await join(machine.start());
    const again = await next.nextPending();
    expect(again).toMatchObject({ id: batch.id, attempt: 2, ranges: batch.ranges });
    expect(stateOf(machine).pending).toMatchObject([{ attempt: 2, memberId: next.memberId }]);
    const consumer = await next.openBatch(again!, PLAN);
    expect(drain(consumer)).toBe('0=a 0=b');
    await next.finish(again!);
    expect(await next.nextPending()).toBeUndefined();
    expect((await take(next)).given).toBe('0=c 0=later 1=d');
  });

  test('that failed three times is on its fourth attempt', async () => {
    for (let attempt = 1; attempt <= 4; attempt++) {
      const member = await join(machine.start());
      const pending = await member.nextPending();
      const batch = pending ?? (await member.begin((await take(member)).positions));
      expect(batch.attempt).toBe(attempt);
      await member.leave();
    }
  });

  test('is tried once more, and the attempt of a command that never began does not count', async () => {
    const member = await join(machine.start());
    const batch = await member.begin((await take(member)).positions);
    const retried = await member.retry(batch);
    expect(retried).toEqual({ ...batch, attempt: 2 });
    expect(stateOf(machine).pending).toMatchObject([{ id: batch.id, attempt: 2 }]);
    await member.uncount(retried);
    expect(stateOf(machine).pending).toMatchObject([{ id: batch.id, attempt: 1 }]);
    await member.leave();
    expect(await (await join(machine.start())).nextPending()).toMatchObject({ attempt: 2 });
  });

  test('gives out what is still kept of it, and tells the rest as a gap', async () => {
    const process = machine.start();
    const member = await join(process);
    const batch = await member.begin((await take(member)).positions);
    process.kill();
    await machine
      .start()
      .cluster.trimTopic({ topic: 'orders', partitions: [0] }, { kind: 'offset', offset: 2 });
    const next = await join(machine.start());
    const consumer = await next.openBatch((await next.nextPending())!, PLAN);
    expect(drain(consumer)).toBe('0=c 1=d');
    expect(consumer.gaps).toMatchObject([
      { topic: 'orders', partition: 0, firstOffset: 0, endOffset: 2 },
    ]);
    await next.finish(batch);
    expect(standing(machine)).toBe('orders:0@3 orders:1@1');
  });

  test('is confirmed only while it is this member’s', async () => {
    const member = await join(machine.start());
    const batch = await member.begin((await take(member)).positions);
    const before = stateOf(machine);
    await member.confirm(batch);
    expect(stateOf(machine)).toEqual(before);
    await member.finish(batch);
    expect(await codeOf(() => member.confirm(batch))).toBe('ILLEGAL_GENERATION');
  });

  test('is neither read nor finished in a topic that was made anew meanwhile', async () => {
    const member = await join(machine.start());
    const { positions } = await take(member, { maxRecords: 2 });
    const batch = await member.begin(positions);
    await machine.start('topic').cluster.deleteTopic('orders');
    await machine.start('topic').createTopic('orders', 2);
    await machine.start('produce').append('orders', 0, ['new', 'newer']);
    expect(await codeOf(() => member.openBatch(batch, PLAN))).toBe('UNKNOWN_TOPIC_ID');
    expect(await codeOf(() => take(member))).toBe('UNKNOWN_TOPIC_ID');
    expect(await codeOf(() => member.commit(positions))).toBe('UNKNOWN_TOPIC_ID');
  });

  test('that a person moved away under its run is refused at its end', async () => {
    const member = await join(machine.start());
    const batch = await member.begin((await take(member)).positions);
    await changeState(machine, (state) => ({ ...state, pending: [] }));
    expect(await codeOf(() => member.finish(batch))).toBe('ILLEGAL_GENERATION');
    expect(standing(machine)).toBe('orders:0@0 orders:1@0');
  });

  test('is given up by a run that does not repeat, when it commits and not before', async () => {
    const member = await join(machine.start());
    await member.begin((await take(member, { maxRecords: 1 })).positions);
    await member.leave();
    const reader = await join(machine.start(), { repeatsBatches: false });
    const { given, positions } = await take(reader);
    expect(given).toBe('0=a 0=b 0=c 1=d');
    expect(stateOf(machine).pending).toHaveLength(1);
    await reader.commit(positions);
    expect(stateOf(machine).pending).toEqual([]);
    expect(standing(machine)).toBe('orders:0@3 orders:1@1');
  });
});

test('a run that does not repeat batches makes no attempt at them', async () => {
  const member = await join(machine.start());
  await member.begin((await take(member)).positions);
  await member.leave();
  await (await join(machine.start(), { repeatsBatches: false })).leave();
  expect(stateOf(machine).pending).toMatchObject([{ attempt: 1 }]);
});

describe('a commit', () => {
  test('moves what was read, and writes nothing where nothing has moved', async () => {
    const member = await join(machine.start());
    const { positions } = await take(member);
    expect(await member.commit(positions)).toMatchObject([
      { partition: 0, fromOffset: 0, toOffset: 3 },
      { partition: 1, fromOffset: 0, toOffset: 1 },
    ]);
    const before = machine.fs.operationCount;
    expect(await member.commit(positions)).toEqual([]);
    expect(machine.fs.operationCount).toBe(before);
    expect((await take(member)).given).toBe('');
  });

  test('keeps the epoch of the last record, and the time', async () => {
    machine.nowMs += 5000;
    const member = await join(machine.start());
    await member.commit((await take(member)).positions);
    expect(committedOffset(stateOf(machine), { topic: 'orders', partition: 0 })).toMatchObject({
      leaderEpoch: 0,
      committedMs: machine.nowMs,
    });
  });

  test.each(['follow', 'batch'] as const)(
    'of one %s run after another is one move to be undone',
    async (kind) => {
      const member = await join(machine.start(), {
        kind,
        targets: [{ topic: 'orders', partitions: [0] }],
      });
      await member.commit((await take(member, { maxRecords: 1 })).positions);
      await member.commit((await take(member)).positions);
      expect(stateOf(machine).moves).toMatchObject([
        { memberId: member.memberId, offsets: [{ fromOffset: 0, toOffset: 3 }] },
      ]);
    },
  );

  test('of another run is a move by itself', async () => {
    await consumeOnce(machine.start());
    await machine.start().append('orders', 0, ['e']);
    await consumeOnce(machine.start());
    expect(stateOf(machine).moves).toHaveLength(2);
  });

  test('of a partition that is not its own is refused', async () => {
    const member = await join(machine.start(), { targets: [{ topic: 'orders', partitions: [0] }] });
    const foreign = { topic: 'orders', partition: 1, offset: 1, leaderEpoch: 0 };
    expect(await codeOf(() => member.commit([foreign]))).toBe('ILLEGAL_GENERATION');
    expect(standing(machine)).toBe('orders:0@0 orders:1@0');
  });

  test('of a member that was left out is refused, and it joins anew', async () => {
    const sleeper = await join(machine.start(), { kind: 'follow' });
    const { memberId } = sleeper;
    const late = await take(sleeper, { maxRecords: 1 });
    machine.nowMs += 45_001;
    const other = await join(machine.start(), { kind: 'follow' });
    expect(namesOf(other.partitions)).toBe('orders:0 orders:1');
    expect(await codeOf(() => sleeper.commit(late.positions))).toBe('ILLEGAL_GENERATION');
    expect(standing(machine)).toBe('orders:0@0 orders:1@0');

    expect(await sleeper.rebalance()).toBe(false);
    expect(sleeper.memberId).not.toBe(memberId);
    expect(findMember(stateOf(machine), memberId)).toBeUndefined();
    expect(await other.rebalance()).toBe(true);
    expect(await sleeper.rebalance()).toBe(true);
    expect([other, sleeper].map(({ partitions }) => partitions.length)).toEqual([1, 1]);
    expect(sleeper.generation).toBe(stateOf(machine).generation);
  });
});

describe('a batch of a member that was left out', () => {
  test('is not begun', async () => {
    const sleeper = await join(machine.start(), { kind: 'follow' });
    const { positions } = await take(sleeper);
    machine.nowMs += 45_001;
    await join(machine.start(), { kind: 'follow' });
    expect(await codeOf(() => sleeper.begin(positions))).toBe('ILLEGAL_GENERATION');
    expect(stateOf(machine).pending).toEqual([]);
  });

  test('is refused at its end, and is the other member’s', async () => {
    const sleeper = await join(machine.start(), { kind: 'follow' });
    const batch = await sleeper.begin((await take(sleeper)).positions);
    machine.nowMs += 45_001;
    const other = await join(machine.start(), { kind: 'follow' });
    expect(await codeOf(() => sleeper.finish(batch))).toBe('ILLEGAL_GENERATION');
    expect(await codeOf(() => sleeper.retry(batch))).toBe('ILLEGAL_GENERATION');
    const again = await other.nextPending();
    expect(again).toMatchObject({ id: batch.id, attempt: 2 });
    expect(await codeOf(() => sleeper.finish(batch))).toBe('ILLEGAL_GENERATION');
    await other.finish(again!);
    expect(standing(machine)).toBe('orders:0@3 orders:1@1');
  });
});

describe('rebalancing', () => {
  test('leaves nobody out for its own silence that nobody else has noticed', async () => {
    const member = await join(machine.start(), { kind: 'follow' });
    const { memberId } = member;
    machine.nowMs += 45_001;
    expect(await member.nextPending()).toBeUndefined();
    expect(await member.rebalance()).toBe(true);
    expect(member.memberId).toBe(memberId);
  });

  test('of one that was left out forgets the batch that it was to repeat', async () => {
    const killed = machine.start();
    const worker = await join(killed);
    await worker.begin((await take(worker)).positions);
    killed.kill();
    const sleeper = await join(machine.start());
    machine.nowMs += 45_001;
    const other = await join(machine.start());
    await other.finish((await other.nextPending())!);
    await other.leave();
    expect(await sleeper.rebalance()).toBe(false);
    expect(await sleeper.nextPending()).toBeUndefined();
  });

  test('shares the partitions at batch boundaries, and gives them back when one leaves', async () => {
    const first = await join(machine.start(), { kind: 'follow' });
    const second = await join(machine.start(), { kind: 'follow' });
    expect([first.partitions.length, second.partitions.length]).toEqual([2, 0]);
    const { generation } = first;
    await first.rebalance();
    await second.rebalance();
    expect([first.partitions.length, second.partitions.length]).toEqual([1, 1]);
    expect(second.generation).toBeGreaterThan(generation);
    await second.leave();
    expect(await first.rebalance()).toBe(true);
    expect(namesOf(first.partitions)).toBe('orders:0 orders:1');
  });

  test('keeps the partitions of a batch that is at work', async () => {
    const first = await join(machine.start(), { kind: 'follow' });
    const batch = await first.begin((await take(first)).positions);
    const second = await join(machine.start(), { kind: 'follow' });
    await first.rebalance();
    await second.rebalance();
    expect(namesOf(first.partitions)).toBe('orders:0 orders:1');
    await first.finish(batch);
    await first.rebalance();
    await second.rebalance();
    expect([first.partitions.length, second.partitions.length]).toEqual([1, 1]);
  });

  test('has a new signal each time', async () => {
    const member = await join(machine.start(), { kind: 'follow' });
    const before = member.mustRebalance;
    await member.rebalance();
    expect(member.mustRebalance).not.toBe(before);
  });

  test('takes a partition that was added, from its start', async () => {
    const member = await join(machine.start(), { kind: 'follow', initial: { kind: 'end' } });
    await machine.start().cluster.addPartitions('orders', 3);
    await machine.start().append('orders', 2, ['e', 'f']);
    await member.rebalance();
    expect(namesOf(member.partitions)).toBe('orders:0 orders:1 orders:2');
    expect((await take(member)).given).toBe('2=e 2=f');
  });

  test('adopts what a dead member has left, where batches are not repeated', async () => {
    const process = machine.start();
    const worker = await join(process, { kind: 'follow' });
    await worker.begin((await take(worker)).positions);
    const reader = await join(machine.start(), { kind: 'follow', repeatsBatches: false });
    expect(reader.partitions).toEqual([]);
    process.kill();
    await reader.rebalance();
    expect(namesOf(reader.partitions)).toBe('orders:0 orders:1');
    const { given, positions } = await take(reader);
    expect(given).toBe('0=a 0=b 0=c 1=d');
    await reader.commit(positions);
    expect(stateOf(machine).pending).toEqual([]);
  });
});

describe('leaving', () => {
  test('frees all, removes the member’s file, and is done once', async () => {
    const process = machine.start();
    const member = await join(process);
    machine.nowMs += 1000;
    await member.leave();
    const before = machine.fs.operationCount;
    await member.leave();
    expect(machine.fs.operationCount).toBe(before);
    expect(stateOf(machine)).toMatchObject({ members: [], lastActiveMs: machine.nowMs });
    expect(machine.fs.list(`${machine.directory.paths.groups}/${GROUP}/members`)).toEqual([]);
    expect((await join(machine.start())).partitions).toHaveLength(2);
  });

  test('of one that was left out changes nothing for those who are in', async () => {
    const sleeper = await join(machine.start(), { kind: 'follow' });
    machine.nowMs += 45_001;
    await join(machine.start(), { kind: 'follow' });
    const before = stateOf(machine);
    await sleeper.leave();
    expect(stateOf(machine)).toEqual(before);
  });

  test('lets go of the lock even where the state cannot be written', async () => {
    const process = machine.start();
    const member = await join(process);
    process.fs.failWhen(({ kind, path }) =>
      kind === 'rename' && path.endsWith('state.json') ? 'IO_ERROR' : undefined,
    );
    expect(await codeOf(() => member.leave())).toBe('IO_ERROR');
    expect(namesOf((await join(machine.start())).partitions)).toBe('orders:0 orders:1');
  });
});

describe('the child of a member', () => {
  test('is named to others for as long as it is noted', async () => {
    const member = await join(machine.start());
    const childPid = async (): Promise<unknown> =>
      (await (await machine.start().groups()).describe(GROUP)).members[0]?.childPid;
    member.noteChild(4242);
    expect(await childPid()).toBe(4242);
    member.noteChild(undefined);
    expect(await childPid()).toBeNull();
  });

  test('gets no open file where a lock belongs to one process', async () => {
    expect((await join(machine.start())).lockDescriptor).toBeUndefined();
  });
});

describe('before a batch or a position is written down its records are on disk', () => {
  const append = (): Promise<void> =>
    machine.start('produce').append('orders', 0, ['x', 'y'], { isSynced: false });
  const endAfterPowerCut = async (): Promise<number> => {
    const later = machine.afterPowerCut(0);
    await later.start().append('orders', 0, ['after']);
    const { partitions } = await later.start().cluster.describeTopic('orders');
    return partitions[0]!.logEndOffset - 1;
  };

  test.each(['begin', 'commit'] as const)('by %s', async (act) => {
    await consumeOnce(machine.start());
    await append();
    expect(await endAfterPowerCut()).toBe(3);
    const member = await join(machine.start());
    const { given, positions } = await take(member);
    expect(given).toBe('0=x 0=y');
    await member[act](positions);
    expect(await endAfterPowerCut()).toBe(5);
  });

  test('by the first position of a group that begins at the end', async () => {
    await append();
    await join(machine.start(), requestOf({ initial: { kind: 'end' } }));
    expect(standing(machine)).toBe('orders:0@5 orders:1@1');
    expect(await endAfterPowerCut()).toBe(5);
  });
});
