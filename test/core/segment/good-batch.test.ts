import { expect, test } from '@jest/globals';

import type { File } from '../../../src/core/fs/file-system.js';
import { findGoodBatch, goodBatchesFrom } from '../../../src/core/segment/good-batch.js';
import { batchAt, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const THIRD = batchAt(3, ['d', 'e']);
/** A record whose value is a batch, as somebody makes who keeps logs in a log. */
const NESTED = batchAt(2, [batchAt(9, ['inner']).toString('latin1')]);

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

test('a batch inside the value of the bad one is not taken for one that follows', () => {
  const nested = changed(NESTED, 20, 0x55);
  const log = fileOf(new MemoryFileSystem(), '/l', nested);
  expect(findGoodBatch(log, 0, 0)).toBeUndefined();
  const followed = fileOf(new MemoryFileSystem(), '/m', Buffer.concat([nested, THIRD]));
  expect(findGoodBatch(followed, 0, 0)).toBe(nested.length);
});

test('a good batch is found across the border of the search buffer', () => {
  for (const gap of [65_515, 65_530, 65_536, 65_552, 131_072]) {
    const bytes = Buffer.concat([Buffer.alloc(gap, 0xee), THIRD]);
    expect(findGoodBatch(fileOf(new MemoryFileSystem(), '/l', bytes), 0, 0)).toBe(gap);
  }
});

test('all of them are found, within the limits', () => {
  const parts = [1, 2, 3, 4].map((base) => batchAt(base, ['v']));
  const log = fileOf(new MemoryFileSystem(), '/l', Buffer.concat(parts));
  const size = parts[0]!.length;
  expect([...goodBatchesFrom(log, 1, { minOffset: 0 })]).toEqual([size, 2 * size, 3 * size]);
  expect([...goodBatchesFrom(log, 1, { minOffset: 3, endOffset: 4 })]).toEqual([2 * size]);
});

/** Every 62 bytes something that looks like the header of a batch which reaches to the end. */
function overlappingHeaders(count: number): Buffer {
  const header = THIRD.subarray(0, 61);
  const bytes = Buffer.alloc(62 * count);
  for (let at = 0; at < count; at++) {
    header.copy(bytes, 62 * at);
    bytes.writeInt32BE(bytes.length - 62 * at - 12, 62 * at + 8);
  }
  return bytes;
}

test('bytes that are made to look like batches again and again are given up', () => {
  const bytes = overlappingHeaders(40_000);
  const log = fileOf(new MemoryFileSystem(), '/l', bytes);
  let readBytes = 0;
  const counted = {
    stat: () => log.stat(),
    readAt: (target: Uint8Array, at: number, length: number, position: number) => {
      const read = log.readAt(target, at, length, position);
      readBytes += read;
      return read;
    },
  } as unknown as File;
  expect(findGoodBatch(counted, 0, 0)).toBeUndefined();
  expect([...goodBatchesFrom(counted, 1, { minOffset: 0 })]).toEqual([]);
  // Each of the forty thousand would have been read to the end.
  expect(readBytes).toBeLessThan(40 * bytes.length);
});
