import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Entrance,
  type EntranceSources,
  enterGroup,
  placesOf,
  tableOf,
  withFirstPositions,
  withoutLost,
} from '../../../src/core/cluster/group-entrance.js';
import { GroupLiveness } from '../../../src/core/cluster/group-liveness.js';
import type { JoinRequest } from '../../../src/core/cluster/groups.js';
import type { Position } from '../../../src/core/consumer/position.js';
import { type GroupState, emptyGroup } from '../../../src/core/group/group-state.js';
import { GroupStore } from '../../../src/core/group/group-store.js';
import { START_MS, codeOf } from '../../support/log-fixture.js';
import { MemoryMachine, type MemoryProcess } from '../../support/memory-machine.js';
import {
  GROUP,
  changeState,
  endMembers,
  join,
  logsOf,
  namesOf,
  requestOf,
  stateOf,
  take,
  targetOf,
} from './group-fixture.js';

let machine: MemoryMachine;

/** orders:0 holds 0 to 2, orders:1 nothing. */
beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 2 });
  for (const [at, value] of ['a', 'b', 'c'].entries()) {
    const timestampMs = START_MS + at * 1000;
    await machine.start('produce').append('orders', 0, [value], { timestampMs });
  }
});

afterEach(endMembers);

function sourcesOf(process: MemoryProcess = machine.start()): EntranceSources {
  const { env, directory } = process;
  const folder = new GroupStore(env, directory).membersFolder(GROUP);
  return { env, logs: logsOf(process), liveness: new GroupLiveness(env, folder) };
}

const enter = (state: GroupState, fields: Partial<JoinRequest> = {}): Entrance =>
  enterGroup(state, requestOf(fields), 'me', sourcesOf());

describe('the first positions', () => {
  const first = (state: GroupState, fields: Partial<JoinRequest> = {}): GroupState =>
    withFirstPositions(state, requestOf(fields), sourcesOf());
  const offsetsOf = (state: GroupState): number[] => state.offsets.map(({ offset }) => offset);

  test.each([
    [{ kind: 'start' }, [0, 0]],
    [{ kind: 'end' }, [3, 0]],
    [{ kind: 'time', timestampMs: START_MS + 500, text: '' }, [1, 0]],
    [{ kind: 'time', timestampMs: START_MS + 9000, text: '' }, [3, 0]],
    [{ kind: 'fromEnd', count: 2 }, [1, 0]],
    [{ kind: 'offset', offset: 2 }, [2, 0]],
  ] as [Position, number[]][])('are %j in every partition at once', (initial, expected) => {
    const targets = [targetOf('orders:0')];
    const state = first(emptyGroup(GROUP), { initial, targets });
    expect(offsetsOf(state)).toEqual(expected);
    expect(state.offsets[1]).toEqual({
      topic: 'orders',
      topicId: sourcesOf().logs.topic('orders').topic.topicId,
      partition: 1,
      offset: 0,
      leaderEpoch: -1,
      metadata: '',
      committedMs: START_MS,
    });
  });

  test('are not below what is kept', async () => {
    await machine.start().cluster.trimTopic(targetOf('orders:0'), { kind: 'offset', offset: 2 });
    const initial = { kind: 'offset', offset: 0 } as const;
    expect(offsetsOf(first(emptyGroup(GROUP), { initial }))).toEqual([2, 0]);
  });

  test('change nothing where there are some: the same state', () => {
    const state = first(emptyGroup(GROUP));
    expect(first(state, { initial: { kind: 'end' } })).toBe(state);
  });

  test('of a partition that was added later are its start, whatever the first ones were', async () => {
    const state = first(emptyGroup(GROUP), { initial: { kind: 'end' } });
    await machine.start().cluster.addPartitions('orders', 3);
    await machine.start('produce').append('orders', 2, ['x', 'y']);
    expect(offsetsOf(first(state, { initial: { kind: 'end' } }))).toEqual([3, 0, 0]);
  });

  test('are those of each topic by itself', async () => {
    const state = first(emptyGroup(GROUP));
    await machine.start('topic').createTopic('events', 1);
    await machine.start('produce').append('events', 0, ['x']);
    const both = { targets: [targetOf('orders'), targetOf('events')] };
    const next = first(state, { ...both, initial: { kind: 'end' } });
    expect(next.offsets.map(({ topic, offset }) => `${topic}@${offset}`)).toEqual([
      'events@1',
      'orders@0',
      'orders@0',
    ]);
  });

  test('are not given where the known ones are of a topic of the same name', () => {
    const state = first(emptyGroup(GROUP));
    const offsets = state.offsets.map((entry) => ({ ...entry, topicId: 'before' }));
    expect(() => first({ ...state, offsets })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_TOPIC_ID' }),
    );
  });
});

describe('who enters', () => {
  test('is in the state with all that it said, and with what it has', () => {
    const { state, taken } = enter(emptyGroup(GROUP), {
      kind: 'follow',
      instanceId: 'one',
      assignor: 'range',
      sessionTimeoutMs: 9000,
      targets: [targetOf('orders:1')],
    });
    expect(taken).toEqual([]);
    const place = { topic: 'orders', partition: 1 };
    expect(state.members).toEqual([
      {
        memberId: 'me',
        instanceId: 'one',
        kind: 'follow',
        assignor: 'range',
        sessionTimeoutMs: 9000,
        subscriptions: [{ topic: 'orders', partitions: [1] }],
        target: [place],
        owned: [place],
        generation: state.generation,
        sinceMs: START_MS,
      },
    ]);
  });

  test('subscribes to partitions that are yet to come, where it named none', () => {
    const { state } = enter(emptyGroup(GROUP));
    expect(state.members[0]?.subscriptions).toEqual([{ topic: 'orders', partitions: null }]);
  });

  test.each([
    ['one at a time, with one attempt more', true, [2]],
    ['all, with none, where it reads on over them', false, [1, 1]],
  ])('takes over batches of the dead: %s', async (_, repeatsBatches, attempts) => {
    for (const name of ['orders:0', 'orders:1']) {
      const partition = Number(name.at(-1));
      await machine.start('produce').append('orders', partition, ['x']);
      const process = machine.start();
      const member = await join(process, { targets: [targetOf(name)] });
      await member.begin((await take(member)).positions);
      process.kill();
    }
    const { state, taken } = enter(stateOf(machine), { repeatsBatches });
    const own = state.pending.filter(({ memberId }) => memberId === 'me');
    expect(own.map(({ attempt }) => attempt)).toEqual(attempts);
    expect(taken).toEqual(repeatsBatches ? own : []);
    expect(state.members.map(({ memberId }) => memberId)).toEqual(['me']);
  });

  test('gets only what nobody has, and BUSY for nothing', async () => {
    const other = await join(machine.start(), { targets: [targetOf('orders:0')] });
    const { state } = enter(stateOf(machine));
    expect(state.members.map(({ owned }) => namesOf(owned))).toEqual(['orders:0', 'orders:1']);
    expect(() => enter(stateOf(machine), { targets: [targetOf('orders:0')] })).toThrow(
      expect.objectContaining({
        code: 'BUSY',
        details: expect.objectContaining({ memberId: other.memberId }),
      }),
    );
  });

  test('takes the part first that has something to read, then what was read the longest ago', async () => {
    const ofShare = async (
      offsets: readonly (readonly [offset: number, committedMs: number])[],
    ): Promise<string> => {
      await changeState(machine, (state) => ({
        ...state,
        offsets: state.offsets.map((entry, at) => {
          const [offset, committedMs] = offsets[at]!;
          return { ...entry, offset, committedMs };
        }),
      }));
      const { state } = enter(stateOf(machine), { members: 2 });
      return namesOf(state.members[0]!.owned);
    };
    await (await join(machine.start())).leave();
    await machine.start('produce').append('orders', 1, ['x']);
    const [readAll, readNone] = [3, 0];
    expect(
      await ofShare([
        [readNone, 2],
        [0, 1],
      ]),
    ).toBe('orders:1');
    expect(
      await ofShare([
        [readNone, 1],
        [0, 2],
      ]),
    ).toBe('orders:0');
    expect(
      await ofShare([
        [readAll, 1],
        [0, 2],
      ]),
    ).toBe('orders:1');
    expect(
      await ofShare([
        [readAll, 2],
        [1, 1],
      ]),
    ).toBe('orders:1');
  });
});

describe('who is gone', () => {
  test('is taken out, and the time is kept', async () => {
    const process = machine.start();
    await join(process);
    const state = stateOf(machine);
    expect(withoutLost(state, sourcesOf())).toBe(state);
    process.kill();
    machine.nowMs += 10;
    expect(withoutLost(state, sourcesOf())).toMatchObject({
      members: [],
      lastActiveMs: START_MS + 10,
      generation: state.generation + 1,
    });
  });

  test('leaves its partitions to those who follow', async () => {
    const process = machine.start();
    await join(process, { kind: 'follow' });
    await join(machine.start(), { kind: 'follow' });
    process.kill();
    const { members } = withoutLost(stateOf(machine), sourcesOf());
    expect(members.map(({ target }) => namesOf(target))).toEqual(['orders:0 orders:1']);
  });
});

test('what a request is about are partitions that there are', async () => {
  const { logs } = sourcesOf();
  const names = (text: string): string => namesOf(placesOf({ targets: [targetOf(text)] }, logs));
  expect(names('orders')).toBe('orders:0 orders:1');
  expect(names('orders:1')).toBe('orders:1');
  expect(await codeOf(() => names('orders:1,2'))).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  expect(await codeOf(() => names('nothing'))).toBe('UNKNOWN_TOPIC_OR_PARTITION');
});

test('the table has the topics of the members and of the request, if they exist', async () => {
  await machine.start('topic').createTopic('events', 1);
  await join(machine.start(), { targets: [targetOf('events')] });
  const { logs } = sourcesOf();
  const both = requestOf({ targets: [targetOf('orders'), targetOf('nothing')] });
  expect([...tableOf(stateOf(machine), logs)]).toEqual([['events', 1]]);
  expect(Object.fromEntries(tableOf(stateOf(machine), logs, both))).toEqual({
    events: 1,
    orders: 2,
  });
});
