import { beforeEach, describe, expect, test } from '@jest/globals';

import { appendIndexEntries } from '../../../src/core/segment/segment-scan.js';
import {
  isConfirmed,
  positionForOffset,
  positionForTimestamp,
} from '../../../src/core/segment/segment-lookup.js';
import { SegmentTail } from '../../../src/core/segment/segment-tail.js';
import {
  type WritableSegment,
  createSegment,
  openSegmentForAppend,
} from '../../../src/core/segment/segment.js';
import { batchAt, contentOf, flipBit, overwrite } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

/** Of batches of two records: the time of the newest. Times go back twice. */
const TIMES = [100, 200, 150, 300, 300, 250, 400, 500];

let fs: MemoryFileSystem;
let segment: WritableSegment;
let positions: number[];

beforeEach(() => {
  fs = new MemoryFileSystem();
  fs.makeDirectory('/p', 0o700);
  createSegment(fs, '/p', 1000, 0o600);
  segment = openSegmentForAppend(fs, '/p', 1000, 0o600);
  const tail = new SegmentTail(1000);
  positions = [];
  TIMES.forEach((time, at) => {
    const bytes = batchAt(1000 + 2 * at, ['a', 'b'], { timestamp: time - 1 });
    const position = tail.sizeBytes;
    positions.push(position);
    segment.log.append(bytes, 0, bytes.length);
    const lastOffset = 1001 + 2 * at;
    if (tail.add({ position, sizeBytes: bytes.length, lastOffset, maxTimestamp: time }, 1)) {
      appendIndexEntries(segment, tail);
    }
  });
});

/** Whether nothing that is looked for stands before the answer. */
function isBeforeOffset(offset: number): boolean {
  const at = positions.indexOf(positionForOffset(segment, offset));
  return at >= 0 && (1000 + 2 * at <= offset || at === 0);
}

function isBeforeTime(time: number): boolean {
  const at = positions.indexOf(positionForTimestamp(segment, time));
  const first = TIMES.findIndex((newest) => newest >= time);
  return at >= 0 && (first === -1 || at <= first);
}

const OFFSETS = Array.from({ length: 22 }, (_, at) => 997 + at);
const ALL_TIMES = [0, 99, 100, 101, 150, 199, 200, 201, 299, 300, 301, 400, 499, 500, 501];

test('the way to an offset is short where the index is right', () => {
  expect(OFFSETS.every(isBeforeOffset)).toBe(true);
  expect(positionForOffset(segment, 1015)).toBe(positions[7]);
  expect(positionForOffset(segment, 1014)).toBe(positions[6]);
});

test('the way to a time is short where the index is right', () => {
  expect(ALL_TIMES.every(isBeforeTime)).toBe(true);
  expect(positionForTimestamp(segment, 450)).toBe(positions[6]);
});

describe('whatever bit of an index is wrong, nothing is passed over', () => {
  test('of the offset index', () => {
    const path = '/p/00000000000000001000.index';
    for (let bit = 0; bit < contentOf(fs, path).length * 8; bit++) {
      flipBit(fs, path, bit >> 3, bit & 7);
      expect([bit, OFFSETS.filter((offset) => !isBeforeOffset(offset))]).toEqual([bit, []]);
      flipBit(fs, path, bit >> 3, bit & 7);
    }
  });

  test('of the time index', () => {
    const path = '/p/00000000000000001000.timeindex';
    for (let bit = 0; bit < contentOf(fs, path).length * 8; bit++) {
      flipBit(fs, path, bit >> 3, bit & 7);
      expect([bit, ALL_TIMES.filter((time) => !isBeforeTime(time))]).toEqual([bit, []]);
      flipBit(fs, path, bit >> 3, bit & 7);
    }
  });
});

test('an entry of an old broker names a record inside the batch', () => {
  expect(isConfirmed(segment, { timestamp: 400, offset: 1012 })).toBe(true);
  expect(isConfirmed(segment, { timestamp: 400, offset: 1013 })).toBe(true);
  expect(isConfirmed(segment, { timestamp: 400, offset: 1014 })).toBe(false);
  expect(isConfirmed(segment, { timestamp: 400, offset: 9999 })).toBe(false);
  expect(isConfirmed(segment, { timestamp: 100, offset: 3 })).toBe(false);
});

test('an entry past the end, at it, or inside a batch leads to the first byte', () => {
  for (const position of [positions[7]! + 5, 1 << 30, -1]) {
    const entry = Buffer.alloc(4);
    entry.writeInt32BE(position);
    overwrite(fs, '/p/00000000000000001000.index', 6 * 8 + 4, entry);
    expect(positionForOffset(segment, 1016)).toBe(0);
  }
});

test('without indexes everything begins at the first byte', () => {
  const bare = { ...segment, offsetIndex: undefined, timeIndex: undefined };
  expect([positionForOffset(bare, 1015), positionForTimestamp(bare, 500)]).toEqual([0, 0]);
});
