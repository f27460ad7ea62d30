import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type PlanSources,
  type PlannedOffset,
  pendingOf,
  planOffsets,
  unknownGroup,
} from '../../../src/core/cluster/group-move-plan.js';
import type { GroupMove, Receipt } from '../../../src/core/cluster/groups.js';
import { applyMove } from '../../../src/core/group/group-moves.js';
import { type GroupState, emptyGroup } from '../../../src/core/group/group-state.js';
import { START_MS, codeOf } from '../../support/log-fixture.js';
import { MemoryMachine } from '../../support/memory-machine.js';
import { groupOf, pendingOf as batchOf } from '../group/group-states.js';
import { GROUP, commitTo, logsOf, targetOf } from './group-fixture.js';

let machine: MemoryMachine;
let sources: PlanSources;
let topicId: string;

/** orders:0 holds 1 to 3, orders:1 holds 0 to 1. */
beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 2, empty: 1 });
  const writer = machine.start('produce');
  for (const [at, value] of ['a', 'b', 'c', 'd'].entries()) {
    await writer.append('orders', 0, [value], { timestampMs: START_MS + at * 1000 });
  }
  await writer.append('orders', 1, ['e', 'f']);
  await machine.start().cluster.trimTopic(targetOf('orders:0'), { kind: 'offset', offset: 1 });
  const logs = logsOf(machine.start());
  topicId = logs.topic('orders').topic.topicId;
  sources = {
    logs,
    clusterId: 'cluster',
    readState: (group) => (group === 'other' ? standingAt({ 0: 3, 1: 1 }, group) : undefined),
    groupNames: () => ['other'],
  };
});

function standingAt(offsets: Readonly<Record<number, number>>, group = GROUP): GroupState {
  const rest = { topic: 'orders', topicId, leaderEpoch: -1, metadata: '', committedMs: 1 };
  const entries = Object.entries(offsets);
  return {
    ...emptyGroup(group),
    offsets: entries.map(([partition, offset]) => ({
      ...rest,
      partition: Number(partition),
      offset,
    })),
  };
}

const plan = (state: GroupState, move: GroupMove): PlannedOffset[] =>
  planOffsets(state, move, sources);

/** `0:1->3`, with `(9)` behind it where 9 was asked for. */
function outline(planned: readonly PlannedOffset[]): string {
  return planned
    .map(({ partition, fromOffset, toOffset, clampedFrom }) => {
      const asked = clampedFrom === null ? '' : `(${clampedFrom})`;
      return `${partition}:${fromOffset ?? ''}->${toOffset ?? ''}${asked}`;
    })
    .join(' ');
}

const seek = (to: Extract<GroupMove, { kind: 'seek' }>['to'], targets = ''): GroupMove => ({
  kind: 'seek',
  targets: targets === '' ? [] : targets.split(' ').map(targetOf),
  to,
});

describe('a seek', () => {
  test.each([
    ['to the start', seek({ kind: 'start' }), '0:2->1 1:1->0'],
    ['to the end', seek({ kind: 'end' }), '0:2->4 1:1->2'],
    ['of one partition', seek({ kind: 'end' }, 'orders:1'), '1:1->2'],
    ['to an offset, clamped', seek({ kind: 'offset', offset: 0 }), '0:2->1(0) 1:1->0'],
    ['to an offset beyond the end', seek({ kind: 'offset', offset: 3 }), '0:2->3 1:1->2(3)'],
    ['before the last records', seek({ kind: 'fromEnd', count: 1 }), '0:2->3 1:1->1'],
    [
      'to a time',
      seek({ kind: 'time', timestampMs: START_MS + 2500, text: '' }, 'orders:0'),
      '0:2->3',
    ],
    ['to where it stands', seek({ kind: 'group', group: undefined }), '0:2->2 1:1->1'],
    ['to where another stands', seek({ kind: 'group', group: 'other' }), '0:2->3 1:1->1'],
  ] as [string, GroupMove, string][])('%s', (_, move, expected) => {
    expect(outline(plan(standingAt({ 0: 2, 1: 1 }), move))).toBe(expected);
  });

  test('without targets is about what the group stands in, with a topic about all of it', () => {
    const state = standingAt({ 1: 1 });
    expect(outline(plan(state, seek({ kind: 'end' })))).toBe('1:1->2');
    expect(outline(plan(state, seek({ kind: 'end' }, 'orders')))).toBe('0:->4 1:1->2');
  });

  test('without targets passes over topics that are gone', () => {
    const [entry] = standingAt({ 0: 2 }).offsets;
    const state = { ...emptyGroup(GROUP), offsets: [{ ...entry!, topic: 'gone' }, entry!] };
    expect(outline(plan(state, seek({ kind: 'end' })))).toBe('0:2->4');
  });

  test.each([
    ['GROUP_ID_NOT_FOUND', seek({ kind: 'group', group: 'othr' })],
    ['OFFSET_OUT_OF_RANGE', seek({ kind: 'group', group: 'other' }, 'empty')],
    ['UNKNOWN_TOPIC_OR_PARTITION', seek({ kind: 'start' }, 'nothing')],
    ['UNKNOWN_TOPIC_OR_PARTITION', seek({ kind: 'start' }, 'orders:2')],
  ])('is refused: %s', async (code, move) => {
    expect(await codeOf(() => plan(standingAt({ 0: 2 }), move))).toBe(code);
  });
});

describe('a shift', () => {
  test.each([
    [1, '0:2->3 1:1->2'],
    [-2, '0:2->1(0) 1:1->0(-1)'],
    [100, '0:2->4(102) 1:1->2(101)'],
  ])('by %i goes from where it stands', (by, expected) => {
    const state = standingAt({ 0: 2, 1: 1 });
    expect(outline(plan(state, { kind: 'shift', targets: [], by }))).toBe(expected);
  });

  test('goes from nowhere where there is no position', async () => {
    const move: GroupMove = { kind: 'shift', targets: [targetOf('orders')], by: 1 };
    expect(await codeOf(() => plan(standingAt({ 0: 2 }), move))).toBe('OFFSET_OUT_OF_RANGE');
  });
});

describe('exact offsets', () => {
  test.each(['orders:0@1', 'orders:0@4', 'orders:0@2 orders:1@0'])('may be %s', (text) => {
    const planned = plan(standingAt({}), commitTo(text));
    expect(planned.map(({ partition, toOffset }) => `orders:${partition}@${toOffset}`)).toEqual(
      text.split(' '),
    );
  });

  test.each([0, 5])('may not be %i, unless they are clamped', (offset) => {
    const text = `orders:0@${offset}`;
    expect(() => plan(standingAt({}), commitTo(text))).toThrow(
      expect.objectContaining({
        code: 'OFFSET_OUT_OF_RANGE',
        details: { topic: 'orders', partition: 0, offset, logStartOffset: 1, logEndOffset: 4 },
      }),
    );
    const nearest = offset === 0 ? 1 : 4;
    expect(outline(plan(standingAt({}), commitTo(text, true)))).toBe(`0:->${nearest}(${offset})`);
  });
});

describe('a receipt', () => {
  const receiptOf = (ends: Readonly<Record<number, [number, number]>>): Receipt => ({
    clusterId: 'cluster',
    group: GROUP,
    createdMs: START_MS,
    records: 1,
    ranges: Object.entries(ends).map(([partition, [firstOffset, endOffset]]) => ({
      topic: 'orders',
      topicId,
      partition: Number(partition),
      firstOffset,
      endOffset,
    })),
  });
  const commit = (state: GroupState, receipt: Receipt): PlannedOffset[] =>
    plan(state, { kind: 'receipt', receipt });

  test('moves to where its run has read', () => {
    const planned = commit(standingAt({ 0: 2, 1: 1 }), receiptOf({ 0: [2, 4], 1: [1, 1] }));
    expect(outline(planned)).toBe('0:2->4 1:1->1');
  });

  test('may be used twice', () => {
    const planned = commit(standingAt({ 0: 4, 1: 1 }), receiptOf({ 0: [2, 4], 1: [1, 1] }));
    expect(outline(planned)).toBe('0:4->4 1:1->1');
  });

  test('moves a group that has no position yet', () => {
    expect(outline(commit(standingAt({}), receiptOf({ 0: [1, 2] })))).toBe('0:->2');
  });

  test.each([
    ['moved meanwhile', standingOf({ 0: 3 }), {}, { expectedOffset: 2, committedOffset: 3 }],
    ['moved in another partition', standingOf({ 0: 2, 1: 0 }), {}, { partition: 1 }],
    ['of another cluster', standingOf({ 0: 2 }), { clusterId: 'elsewhere' }, {}],
    ['of another group', standingOf({ 0: 2 }), { group: 'other' }, {}],
  ] as [string, () => GroupState, Partial<Receipt>, object][])(
    'is refused: %s',
    (_, state, fields, details) => {
      const receipt = { ...receiptOf({ 0: [2, 4], 1: [1, 1] }), ...fields };
      expect(() => commit(state(), receipt)).toThrow(
        expect.objectContaining({
          code: 'CHECK_FAILED',
          details: expect.objectContaining({ group: GROUP, ...details }),
        }),
      );
    },
  );

  test.each([
    ['made anew', { topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['gone', { topic: 'nothing' }],
  ])('is refused where its topic is %s', async (_, fields) => {
    const receipt = receiptOf({ 0: [2, 4] });
    const ranges = receipt.ranges.map((range) => ({ ...range, ...fields }));
    const refused = () => commit(standingAt({ 0: 2 }), { ...receipt, ranges });
    expect(await codeOf(refused)).toBe('CHECK_FAILED');
  });

  function standingOf(offsets: Readonly<Record<number, number>>): () => GroupState {
    return () => standingAt(offsets);
  }
});

describe('an undo', () => {
  test('is the way back of the newest move', () => {
    const move = { reason: 'seek', memberId: null, atMs: 1 } as const;
    const before = standingAt({ 0: 2 });
    const { state } = applyMove(before, standingAt({ 0: 4, 1: 1 }).offsets, move);
    expect(outline(plan(state, { kind: 'undo' }))).toBe('0:4->2 1:1->');
  });

  test('of nothing is nothing', () => {
    expect(plan(standingAt({ 0: 2 }), { kind: 'undo' })).toEqual([]);
  });
});

test('a position in a topic that was made anew is none in the new one', () => {
  const [entry] = standingAt({ 0: 2 }).offsets;
  const state = { ...emptyGroup(GROUP), offsets: [{ ...entry!, topicId: 'before' }] };
  expect(outline(plan(state, seek({ kind: 'end' })))).toBe('0:->4');
});

test('a move is about the batches that share a partition with it', () => {
  const state = groupOf([], [batchOf('b1', 'a', 't:0 t:1'), batchOf('b2', 'a', 't:2')]);
  const idsAt = (partition: number): string[] =>
    pendingOf(state, [{ topic: 't', partition }]).map(({ id }) => id);
  expect([1, 2, 3].map(idsAt)).toEqual([['b1'], ['b2'], []]);
});

test.each([
  ['laod', { suggestion: 'Did you mean load?' }],
  ['x', { suggestion: undefined }],
])('an unknown group %s is told with what there is', (name, expected) => {
  expect(unknownGroup(name, ['load', 'mail'])).toMatchObject({
    code: 'GROUP_ID_NOT_FOUND',
    details: { group: name, groups: ['load', 'mail'] },
    ...expected,
  });
});
