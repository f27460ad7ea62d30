import { describe, expect, test } from '@jest/globals';
import { type LossQuestion, findLosses, isWithin } from '../../../src/core/log/repair-losses.js';
import type { BadPlace, Salvage } from '../../../src/core/log/repair-salvage.js';

const AT = (ms: number) => ({ firstTimestamp: ms, lastTimestamp: ms + 9 });

function salvage(
  baseOffset: number,
  runs: readonly (readonly [number, number])[],
  badPlaces: readonly BadPlace[] = [],
): Salvage {
  return {
    baseOffset,
    sizeBytes: 1000,
    runs: runs.map(([firstOffset, endOffset]) => ({
      firstOffset,
      endOffset,
      extents: [],
      ...AT(firstOffset * 10),
    })),
    badPlaces,
    mended: [],
    endOffset: runs.at(-1)?.[1] ?? baseOffset,
    recordsPerByteMax: 1,
    leaderEpochs: [],
    refusal: undefined,
  };
}

const bad = (offset: number, bytes: number, isGhost = false): BadPlace => ({
  position: 100,
  endPosition: 100 + bytes,
  reason: '',
  offset,
  offsetCount: undefined,
  isGhost,
});

function losses(salvages: readonly Salvage[], changes: Partial<LossQuestion> = {}) {
  const question = { logStartOffset: 0, endOffset: 20, knownRanges: [], allowGaps: false };
  return findLosses({ salvages, ...question, ...changes });
}

describe('the offsets that no good batch has', () => {
  test('are found inside of a segment, between two, and at the end', () => {
    const found = losses([
      salvage(
        0,
        [
          [0, 4],
          [6, 8],
        ],
        [bad(4, 50), bad(4, 7, true)],
      ),
      salvage(10, [[10, 15]]),
    ]);
    expect(found).toEqual([
      {
        firstOffset: 4,
        endOffset: 6,
        isAtEnd: false,
        damagedBytes: 50,
        afterTimestamp: 9,
        beforeTimestamp: 60,
      },
      {
        firstOffset: 8,
        endOffset: 10,
        isAtEnd: false,
        damagedBytes: 0,
        afterTimestamp: 69,
        beforeTimestamp: 100,
      },
      {
        firstOffset: 15,
        endOffset: 20,
        isAtEnd: true,
        damagedBytes: 0,
        afterTimestamp: 109,
        beforeTimestamp: null,
      },
    ]);
  });

  test('below the log’s start are not missed', () => {
    expect(
      losses(
        [
          salvage(0, [
            [0, 4],
            [8, 20],
          ]),
        ],
        { logStartOffset: 6 },
      ),
    ).toMatchObject([{ firstOffset: 6, endOffset: 8 }]);
  });

  test('that are known to be missing are no news; a part of them is not enough', () => {
    const salvages = [
      salvage(0, [
        [0, 4],
        [8, 20],
      ]),
    ];
    expect(losses(salvages, { knownRanges: [{ firstOffset: 3, endOffset: 8 }] })).toEqual([]);
    expect(losses(salvages, { knownRanges: [{ firstOffset: 3, endOffset: 7 }] })).toHaveLength(1);
  });

  test('of a compacted log prove nothing', () => {
    expect(
      losses(
        [
          salvage(0, [
            [0, 4],
            [8, 20],
          ]),
        ],
        { allowGaps: true },
      ),
    ).toEqual([]);
  });

  test('of a log of which nothing is left are all', () => {
    expect(losses([])).toMatchObject([{ firstOffset: 0, endOffset: 20, isAtEnd: true }]);
  });
});

test('losses are within those that were shown if each offset is', () => {
  const [loss] = losses([
    salvage(0, [
      [0, 4],
      [8, 20],
    ]),
  ]);
  expect(isWithin([loss!], [loss!])).toBe(true);
  expect(isWithin([], [])).toBe(true);
  expect(isWithin([loss!], [])).toBe(false);
  expect(isWithin([{ ...loss!, endOffset: 9 }], [loss!])).toBe(false);
});
