import { describe, expect, test } from '@jest/globals';
import type { GroupMovePlan } from '../../src/core/index.js';
import {
  clampTexts,
  createdText,
  isMove,
  moveDocument,
  movedText,
  movePreview,
  moveQuestion,
  moveView,
  nothingToDoText,
} from '../../src/view/group-move.js';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { pending } from './group-descriptions.js';

type Offset = GroupMovePlan['offsets'][number];
type Move = readonly [from: number | null, to: number | null, clampedFrom?: number];

function offsets(...moves: Move[]): Offset[] {
  return moves.map(([fromOffset, toOffset, clampedFrom = null], partition) => {
    return { topic: 'orders', partition, topicId: 'id', fromOffset, toOffset, clampedFrom };
  });
}

function document(moves: readonly Move[], given: Partial<GroupMovePlan> = {}, isNew = false) {
  const base = { group: 'load', reason: 'seek' as const, clearedPending: [] };
  const plan = { ...base, offsets: offsets(...moves), ...given };
  return moveDocument(plan, { dryRun: true, isNew });
}

describe('what is said of a move', () => {
  test.each<[string, Move[], string | undefined]>([
    ['one partition', [[120, 340]], 'load moved 120 -> 340'],
    [
      'one of two',
      [
        [120, 340],
        [5, 5],
      ],
      'load moved 120 -> 340',
    ],
    ['a first position', [[null, 340]], 'load moved none -> 340'],
    [
      'several',
      [
        [0, 1000],
        [0, 204],
        [1, 1],
      ],
      'load moved 2 partitions by 1,204 records',
    ],
    [
      'back',
      [
        [10, 9],
        [3, 3],
        [1, 1],
      ],
      'load moved 10 -> 9',
    ],
    [
      'several back',
      [
        [10, 0],
        [10, 9],
      ],
      'load moved 2 partitions by -11 records',
    ],
    [
      'both ways',
      [
        [0, 1204],
        [30, 0],
      ],
      'load moved 2 partitions (+1,204 and -30 records)',
    ],
    [
      'new ones',
      [
        [null, 5],
        [null, 6],
      ],
      'load moved 2 partitions',
    ],
    ['nothing', [[5, 5]], undefined],
  ])('%s', (_name, moves, text) => {
    const undo = '; undo: spool group undo load';
    expect(movedText('load', offsets(...moves), { reason: 'consume' })).toBe(
      text === undefined ? undefined : text + undo,
    );
  });

  test('an undo cannot be undone, and a name is quoted for the shell', () => {
    expect(movedText('load', offsets([340, 120]), { reason: 'undo' })).toBe(
      'load moved back 340 -> 120',
    );
    expect(movedText("bob's", offsets([1, 2]), { reason: 'seek' })).toContain(
      "undo: spool group undo 'bob'\\''s'",
    );
  });
});

test('a preview: from, to, by how much, and what was clamped', () => {
  const text = movePreview(
    document([
      [120, 1340, 9000],
      [null, 5],
      [7, 7],
      [9, 2],
    ]),
    PLAIN_LOOK,
  );
  const lines = text.split('\n');
  expect(lines[0]).toMatch(/^TOPIC +PARTITION +FROM +TO +CHANGE +NOTE$/);
  expect(lines[1]).toMatch(/^orders +0 +120 +1,340 +\+1,220 {2}clamped from 9000$/);
  expect(lines[2]).toMatch(/^orders +1 +- +5 +-$/);
  expect(lines[3]).toMatch(/^orders +2 +7 +7 +-$/);
  expect(lines[4]).toMatch(/^orders +3 +9 +2 +-7$/);
  expect(movePreview(document([[1, 2]]), PLAIN_LOOK)).not.toContain('NOTE');
  expect(moveView({ ...document([[1, 2]]), dryRun: false }, PLAIN_LOOK)).toBe('');
});

test('what was clamped is told with the end at which it was', () => {
  expect(
    clampTexts(
      document([
        [0, 340, 900],
        [0, 100, 3],
        [0, 1],
      ]),
    ),
  ).toEqual([
    'orders:0: 900 is past the end; clamped to the end, 340',
    'orders:1: 3 is not kept; clamped to the start, 100',
  ]);
});

describe('the question', () => {
  const cleared = { clearedPending: [pending()] };

  test.each<[string, ReturnType<typeof document>, string]>([
    ['a move', document([[120, 340]]), 'move load 120 -> 340?'],
    ['an undo', document([[340, 120]], { reason: 'undo' }), 'move back load 340 -> 120?'],
    [
      'a batch that goes with it',
      document([[12, 15]], cleared),
      'move load 12 -> 15 and give up batch b1, attempt 2 (orders:0:12-14)?',
    ],
    ['a new group', document([[null, 5]], {}, true), 'create group load at 5 of orders:0?'],
    [
      'of several',
      document(
        [
          [null, 5],
          [null, 6],
        ],
        {},
        true,
      ),
      'create group load in 2 partitions?',
    ],
  ])('%s', (_name, move, question) => {
    expect(moveQuestion(move)).toBe(question);
    expect(isMove(move)).toBe(true);
  });
});

test('nothing to do is said, and why', () => {
  expect(isMove(document([[5, 5]]))).toBe(false);
  expect(isMove(document([[5, 5]], { clearedPending: [pending()] }))).toBe(true);
  expect(nothingToDoText(document([[5, 5]]))).toBe('nothing to do: load is there already');
  expect(nothingToDoText(document([]))).toBe('nothing to do: load has no position in these topics');
  expect(nothingToDoText(document([], { reason: 'undo' }))).toBe(
    'nothing to undo: no move of load is known',
  );
  expect(createdText(document([[null, 5]], {}, true))).toBe(
    'created group load: it begins in 1 partition',
  );
});

test('as JSON: numbers, and null for what is not known', () => {
  const clearedPending = [pending()];
  expect(
    document(
      [
        [120, 340],
        [null, 5],
      ],
      { clearedPending },
    ),
  ).toEqual({
    dryRun: true,
    group: 'load',
    isNew: false,
    reason: 'seek',
    partitions: [
      {
        topic: 'orders',
        topicId: 'id',
        partition: 0,
        fromOffset: 120,
        toOffset: 340,
        change: 220,
        clampedFrom: null,
      },
      {
        topic: 'orders',
        topicId: 'id',
        partition: 1,
        fromOffset: null,
        toOffset: 5,
        change: null,
        clampedFrom: null,
      },
    ],
    clearedPending: [
      {
        id: 'b1',
        attempt: 2,
        ranges: pending().ranges,
        since: '1970-01-01T00:00:04.000Z',
        memberId: null,
      },
    ],
  });
});
