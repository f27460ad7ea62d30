import { describe, expect, test } from '@jest/globals';

import { OffsetIndex } from '../../../src/core/segment/offset-index.js';
import { fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

function indexOf(pairs: readonly (readonly [number, number])[], padding = 0): OffsetIndex {
  const index = new OffsetIndex(fileOf(new MemoryFileSystem(), '/i', new Uint8Array(0)), 100);
  for (const [offset, position] of pairs) expect(index.append(offset, position)).toBe(true);
  if (padding > 0) index.file.append(new Uint8Array(padding), 0, padding);
  return index;
}

describe('a lookup answers with the last entry at or before the offset', () => {
  const pairs = [
    [104, 50],
    [110, 120],
    [129, 4000],
  ] as const;
  test.each([
    [0, undefined],
    [103, undefined],
    [104, 50],
    [105, 50],
    [110, 120],
    [128, 120],
    [129, 4000],
    [10_000_000_000, 4000],
  ])('%d -> %p', (offset, position) => {
    expect(indexOf(pairs).lookup(offset)?.position).toBe(position);
    // A killed broker leaves its indexes at 10 MiB, the rest of them zeros.
    expect(indexOf(pairs, 10 * 1024 * 1024).lookup(offset)?.position).toBe(position);
    // Half an entry at the end.
    expect(indexOf(pairs, 5).lookup(offset)?.position).toBe(position);
  });
});

test('an empty index has no entry', () => {
  expect([indexOf([]).last(), indexOf([]).lookup(200), indexOf([]).entry(-1)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('the last entry is the one before the padding', () => {
  const index = indexOf([[105, 7]], 8000);
  expect([index.last(), index.entryCount, index.slotCount]).toEqual([
    { offset: 105, position: 7 },
    1,
    1001,
  ]);
});

test('entries are relative offset and position, big-endian', () => {
  const bytes = new Uint8Array(8);
  indexOf([[100 + 0x01020304, 0x05060708]]).file.readAt(bytes, 0, 8, 0);
  expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
