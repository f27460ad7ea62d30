import { beforeEach, describe, expect, test } from '@jest/globals';
import { consumerOf, positionsIn } from '../../../src/core/cluster/group-reading.js';
import { type GroupState, emptyGroup, withOffsets } from '../../../src/core/group/group-state.js';
import { codeOf } from '../../support/log-fixture.js';
import { MemoryMachine } from '../../support/memory-machine.js';
import {
  GROUP,
  PLAN,
  drain,
  endMembers,
  join,
  logsOf,
  requestOf,
  standing,
  stateOf,
  take,
  targetOf,
} from './group-fixture.js';
import type { PositionGap } from '../../../src/core/cluster/groups.js';

const FIRST = { topic: 'orders', partition: 0 };

let machine: MemoryMachine;

/** Holds offsets 2 to 4. */
beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 1 });
  await machine.start('produce').append('orders', 0, ['a', 'b', 'c', 'd', 'e']);
  await machine.start().cluster.trimTopic(targetOf('orders'), { kind: 'offset', offset: 2 });
});

function sources() {
  const process = machine.start();
  return { env: process.env, logs: logsOf(process) };
}

function standingAt(offset: number): GroupState {
  const rest = { topicId: 'id', leaderEpoch: -1, metadata: '', committedMs: 0 };
  return withOffsets(emptyGroup(GROUP), [{ ...FIRST, ...rest, offset }]);
}

const gapOf = (position: number, newPosition: number): PositionGap => ({
  ...FIRST,
  position,
  logStartOffset: 2,
  logEndOffset: 5,
  newPosition,
});

describe('reading goes on', () => {
  test.each([
    ['at the start', 2],
    ['in between', 4],
    ['at the end', 5],
  ])('where the group stands: %s', (_, offset) => {
    const { places, gaps } = positionsIn(standingAt(offset), [FIRST], requestOf(), sources());
    expect({ places, gaps }).toEqual({ places: [{ ...FIRST, fromOffset: offset }], gaps: [] });
  });

  test('at the start where it has no position', () => {
    const { places } = positionsIn(emptyGroup(GROUP), [FIRST], requestOf(), sources());
    expect(places).toEqual([{ ...FIRST, fromOffset: 2 }]);
  });

  test.each([
    ['below', 'earliest', 1, 2],
    ['below', 'latest', 1, 5],
    ['above', 'earliest', 6, 2],
    ['above', 'latest', 6, 5],
  ] as const)('%s what is kept at the %s', (_, onGap, position, newPosition) => {
    const request = requestOf({ onGap });
    const { places, gaps } = positionsIn(standingAt(position), [FIRST], request, sources());
    expect(places).toEqual([{ ...FIRST, fromOffset: newPosition }]);
    expect(gaps).toEqual([gapOf(position, newPosition)]);
  });

  test.each([
    [0, '2 records of orders:0 that group load has not read are gone'],
    [6, 'group load stands at 6 of orders:0, which ends at 5'],
  ])('nowhere from %i, if a gap is to fail', (position, text) => {
    const request = requestOf({ onGap: 'fail' });
    expect(() => positionsIn(standingAt(position), [FIRST], request, sources())).toThrow(
      expect.objectContaining({
        code: 'OFFSET_OUT_OF_RANGE',
        message: expect.stringContaining(text),
        details: { group: GROUP, ...gapOf(position, 2) },
        suggestion: expect.stringContaining('spool group seek load orders:0 --to start'),
      }),
    );
  });
});

test('a range ends where it says, or where the plan does', () => {
  const read = (range: object): string =>
    drain(consumerOf([{ ...FIRST, fromOffset: 3, ...range }], PLAN, sources()));
  expect(read({ untilOffset: 4 })).toBe('0=d');
  expect(read({})).toBe('0=d 0=e');
});

describe('a member whose position is gone', () => {
  async function behind(): Promise<void> {
    const process = machine.start();
    const member = await join(process);
    await member.leave();
    await machine.start().cluster.trimTopic(targetOf('orders'), { kind: 'offset', offset: 4 });
  }

  test.each([
    ['earliest', '0=e', 4],
    ['latest', '', 5],
  ] as const)(
    'is told, is moved to the %s, and that is in the history',
    async (onGap, given, to) => {
      await behind();
      const gaps: PositionGap[] = [];
      const member = await join(machine.start(), { onGap, warnOfGap: (gap) => gaps.push(gap) });
      expect((await take(member)).given).toBe(given);
      expect(gaps).toEqual([
        { ...FIRST, position: 2, logStartOffset: 4, logEndOffset: 5, newPosition: to },
      ]);
      expect(standing(machine)).toBe(`orders:0@${to}`);
      expect(stateOf(machine).moves).toMatchObject([
        { reason: 'gap', offsets: [{ fromOffset: 2, toOffset: to }] },
      ]);
      await take(member);
      expect(gaps).toHaveLength(1);
      await endMembers();
    },
  );

  test('stays where it is, and reads nothing, if that is to fail', async () => {
    await behind();
    const member = await join(machine.start(), { onGap: 'fail' });
    expect(await codeOf(() => take(member))).toBe('OFFSET_OUT_OF_RANGE');
    expect(standing(machine)).toBe('orders:0@2');
    await endMembers();
  });
});
