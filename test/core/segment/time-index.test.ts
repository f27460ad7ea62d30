import { expect, test } from '@jest/globals';

import { TimeIndex } from '../../../src/core/segment/time-index.js';
import { fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

function indexOf(pairs: readonly (readonly [number, number])[]): TimeIndex {
  const index = new TimeIndex(fileOf(new MemoryFileSystem(), '/t', new Uint8Array(0)), 100);
  for (const [timestamp, offset] of pairs) index.append(timestamp, offset);
  return index;
}

test.each([
  [9, undefined],
  [10, 101],
  [19, 101],
  [20, 105],
  [Number.MAX_SAFE_INTEGER, 105],
])('a lookup of %d answers with the last entry at or before it', (timestamp, offset) => {
  const index = indexOf([
    [10, 101],
    [20, 105],
  ]);
  expect(index.lookup(timestamp)?.offset).toBe(offset);
  index.file.append(new Uint8Array(1200), 0, 1200);
  expect(index.lookup(timestamp)?.offset).toBe(offset);
  expect(index.last()).toEqual({ timestamp: 20, offset: 105 });
});

test('an entry is the timestamp and the relative offset, big-endian', () => {
  const bytes = new Uint8Array(12);
  indexOf([[0x1020304050607, 100 + 0x0a0b0c0d]]).file.readAt(bytes, 0, 12, 0);
  expect([...bytes]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13]);
});

test('a timestamp that no writer made is no entry, and later than any', () => {
  const index = indexOf([[10, 101]]);
  index.file.append(Uint8Array.of(0x7f, ...new Array<number>(10).fill(0xff), 1), 0, 12);
  expect(index.last()).toBeUndefined();
  expect(index.lookup(1000)).toEqual({ timestamp: 10, offset: 101 });
});
