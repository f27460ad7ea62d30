import { describe, expect, test } from '@jest/globals';
import {
  type Salvage,
  type SalvageQuestion,
  badTail,
  isDamaged,
  salvageLog,
} from '../../../src/core/log/repair-salvage.js';
import { START_MS, batchAt, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const [A, B, C, D] = [0, 2, 4, 6].map((base) => batchAt(base, ['x', 'y']));
const SIZE = A!.length;

function salvage(parts: readonly Uint8Array[], changes: Partial<SalvageQuestion> = {}): Salvage {
  const log = fileOf(new MemoryFileSystem(), '/log', Buffer.concat(parts));
  const question = { baseOffset: 0, nextBase: undefined, allowGaps: false, ...changes };
  const steps = salvageLog(log, question);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function withByte(batch: Buffer | undefined, at: number, flip = 0x10): Buffer {
  const copy = Buffer.from(batch!);
  copy[at]! ^= flip;
  return copy;
}

/** Runs as `[first, end]`, and bad places as `[position, end]`. */
function shapeOf({ runs, badPlaces }: Salvage) {
  return {
    runs: runs.map(({ firstOffset, endOffset }) => [firstOffset, endOffset]),
    bad: badPlaces.map(({ position, endPosition }) => [position / SIZE, endPosition / SIZE]),
  };
}

test('a sound log is one run of one extent', () => {
  const found = salvage([A!, B!, C!]);
  expect(found.runs).toEqual([
    {
      firstOffset: 0,
      endOffset: 6,
      firstTimestamp: START_MS,
      lastTimestamp: START_MS + 1,
      extents: [{ position: 0, endPosition: 3 * SIZE, header: undefined }],
    },
  ]);
  expect([found.badPlaces, found.mended, isDamaged(found)]).toEqual([[], [], false]);
});

describe('bad places', () => {
  test.each<[string, Buffer[], number[][], number[][]]>([
    [
      'in the middle',
      [A!, withByte(B, 65), C!],
      [
        [0, 2],
        [4, 6],
      ],
      [[1, 2]],
    ],
    ['at the beginning', [withByte(A, 65), B!], [[2, 4]], [[0, 1]]],
    ['at the end', [A!, withByte(B, 65)], [[0, 2]], [[1, 2]]],
    [
      'one after the other',
      [A!, withByte(B, 65), withByte(C, 65), D!],
      [
        [0, 2],
        [6, 8],
      ],
      [[1, 3]],
    ],
    [
      'at the end, one after the other',
      [A!, withByte(B, 65), withByte(C, 65)],
      [[0, 2]],
      [
        [1, 2],
        [2, 3],
      ],
    ],
    ['all of it', [Buffer.alloc(SIZE, 7)], [], [[0, 1]]],
  ])('%s', (_, parts, runs, bad) => {
    const found = salvage(parts);
    expect(shapeOf(found)).toEqual({ runs, bad });
    expect(isDamaged(found)).toBe(true);
  });

  test('say how many records they had, where their header still does', () => {
    const [place] = salvage([A!, withByte(B, 65)]).badPlaces;
    expect(place).toMatchObject({ offset: 2, offsetCount: 2, isGhost: false });
    expect(salvage([A!, Buffer.alloc(SIZE)]).badPlaces[0]?.offsetCount).toBeUndefined();
  });
});

describe('a wrong field that no checksum covers is put right', () => {
  test.each([
    ['base offset', 3, 0x10],
    ['base offset, by one', 7, 0x01],
    ['batch length', 10, 0x40],
    ['batch length, so that it cannot be', 8, 0x80],
    ['magic', 16, 0x01],
    ['leader epoch', 12, 0x80],
  ])('%s', (_, at, flip) => {
    const found = salvage([A!, withByte(B, at, flip), C!, D!]);
    expect(shapeOf(found)).toEqual({ runs: [[0, 8]], bad: [] });
    expect(found.mended).toEqual([{ position: SIZE, offset: 2 }]);
    const header = found.runs[0]?.extents.find((extent) => extent.header !== undefined)?.header;
    expect(Buffer.from(header!)).toEqual(B!.subarray(0, 17));
  });

  test('at the end of a sealed segment, by the segment behind it', () => {
    const found = salvage([A!, withByte(B, 3)], { nextBase: 4 });
    expect(shapeOf(found)).toEqual({ runs: [[0, 4]], bad: [] });
  });

  test('but not where nothing tells which offset it had', () => {
    expect(shapeOf(salvage([A!, withByte(B, 3)]))).toEqual({ runs: [[0, 2]], bad: [[1, 2]] });
  });
});

describe('offsets', () => {
  test('that are missing between whole batches begin a new run', () => {
    expect(shapeOf(salvage([A!, C!, D!]))).toEqual({
      runs: [
        [0, 2],
        [4, 8],
      ],
      bad: [],
    });
    expect(isDamaged(salvage([A!, C!, D!]))).toBe(true);
  });

  test('that are missing are normal where compaction took them', () => {
    const found = salvage([A!, C!, D!], { allowGaps: true });
    expect(shapeOf(found)).toEqual({ runs: [[0, 8]], bad: [] });
    expect(isDamaged(found)).toBe(false);
  });

  test('that were given out before make a ghost, which is no damage', () => {
    const found = salvage([A!, B!, A!, C!]);
    expect(found.badPlaces).toMatchObject([{ position: 2 * SIZE, isGhost: true }]);
    expect(shapeOf(found).runs).toEqual([[0, 6]]);
    expect(isDamaged(found)).toBe(false);
  });

  test('behind the next segment’s first are not ours to judge', () => {
    expect(salvage([A!, B!], { nextBase: 3 }).refusal).toContain('where the next segment begins');
  });

  test('that jump farther than lost bytes can explain are not believed', () => {
    const far = batchAt(1_000_000, ['x', 'y']);
    expect(shapeOf(salvage([A!, withByte(B, 65), far])).runs).toEqual([[0, 2]]);
  });
});

test('epochs are taken as they rise', () => {
  const later = Buffer.from(C!);
  later.writeInt32BE(3, 12);
  expect(salvage([A!, B!, later]).leaderEpochs).toEqual([
    { epoch: 0, startOffset: 0 },
    { epoch: 3, startOffset: 4 },
  ]);
});

test('nothing behind the end that is given is looked at', () => {
  const found = salvage([A!, B!, Buffer.from('torn')], { endPosition: 2 * SIZE });
  expect([isDamaged(found), found.sizeBytes, found.endOffset]).toEqual([false, 2 * SIZE, 4]);
});

test('the bad tail is what stands behind the last good batch', () => {
  expect(badTail(salvage([A!, withByte(B, 65), C!]))).toEqual([]);
  const tail = badTail(salvage([withByte(A, 65), B!, withByte(C, 65), Buffer.from('torn')]));
  expect(tail.map(({ position }) => position)).toEqual([3 * SIZE, 2 * SIZE]);
});
