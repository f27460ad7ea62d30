import { describe, expect, test } from '@jest/globals';

import {
  type OffsetRange,
  coarsened,
  intersection,
  isCovered,
  withRange,
} from '../../../src/core/log/offset-range.js';

type Pair = [number, number];

const range = ([firstOffset, endOffset]: Pair): OffsetRange => ({ firstOffset, endOffset });
const pairs = (ranges: readonly OffsetRange[]): Pair[] =>
  ranges.map(({ firstOffset, endOffset }) => [firstOffset, endOffset]);

test.each<[Pair, Pair, Pair | undefined]>([
  [[0, 5], [5, 9], undefined],
  [
    [0, 6],
    [5, 9],
    [5, 6],
  ],
  [
    [6, 8],
    [5, 9],
    [6, 8],
  ],
  [
    [8, 20],
    [5, 9],
    [8, 9],
  ],
  [[9, 20], [5, 9], undefined],
])('%p and %p have %p in common', (one, other, common) => {
  expect(intersection(range(one), range(other))).toEqual(common && range(common));
  expect(intersection(range(other), range(one))).toEqual(common && range(common));
});

test.each<[Pair, boolean]>([
  [[5, 9], true],
  [[6, 7], true],
  [[4, 6], false],
  [[8, 10], false],
  [[9, 20], false],
  [[20, 21], true],
])('%p is covered: %p', (pair, covered) => {
  expect(isCovered(range(pair), [range([5, 9]), range([20, 22])])).toBe(covered);
});

test.each<[string, Pair[], Pair, Pair[]]>([
  ['the first', [], [3, 5], [[3, 5]]],
  ['none for an empty one', [[1, 2]], [7, 7], [[1, 2]]],
  ['in order', [[9, 10]], [3, 5], [[3, 5], [9, 10]]], // prettier-ignore
  ['one of two that touch', [[3, 5]], [5, 8], [[3, 8]]],
  ['one of three that overlap', [[1, 4], [6, 9]], [3, 7], [[1, 9]]], // prettier-ignore
  ['the larger of two', [[1, 9]], [3, 4], [[1, 9]]],
])('adding one leaves %s', (_, before, more, after) => {
  expect(pairs(withRange(before.map(range), range(more)))).toEqual(after);
});

describe('too many', () => {
  test('become fewer where the gap between them is smallest', () => {
    const ranges = [[0, 1], [10, 11], [13, 14], [30, 31]].map((pair) => range(pair as Pair)); // prettier-ignore
    expect(pairs(coarsened(ranges, 3))).toEqual([
      [0, 1],
      [10, 14],
      [30, 31],
    ]);
    expect(pairs(coarsened(ranges, 1))).toEqual([[0, 31]]);
  });

  test('are left alone when they are not', () => {
    expect(pairs(coarsened([range([0, 1])], 1))).toEqual([[0, 1]]);
  });
});
