import { describe, expect, test } from '@jest/globals';
import { baseOffsetAt, nextGoodBatch } from '../../../src/core/log/repair-search.js';
import { goodBatchesFrom } from '../../../src/core/segment/good-batch.js';
import { batchAt, batchOf, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const ANY = { minOffset: 0, endOffset: Infinity };
const [ONE, TWO, THREE] = [batchAt(0, ['a']), batchAt(1, ['b']), batchAt(2, ['c'])];

function fileWith(...parts: readonly Uint8Array[]) {
  return fileOf(new MemoryFileSystem(), '/log', Buffer.concat(parts));
}

function bad(batch: Buffer, at: number): Buffer {
  const copy = Buffer.from(batch);
  copy[at]! ^= 0x10;
  return copy;
}

test('good batches are found wherever they begin, within the limits', () => {
  const log = fileWith(ONE, Buffer.alloc(100_000, 2), TWO, Buffer.from('xyz'), THREE);
  const second = ONE.length + 100_000;
  const third = second + TWO.length + 3;
  expect([...goodBatchesFrom(log, 0, ANY)]).toEqual([0, second, third]);
  expect([...goodBatchesFrom(log, 1, ANY)]).toEqual([second, third]);
  expect([...goodBatchesFrom(log, 0, { minOffset: 1, endOffset: 2 })]).toEqual([second]);
});

describe('behind a bad batch', () => {
  test('the next good one is where it begins, or nowhere', () => {
    expect(nextGoodBatch(fileWith(bad(ONE, 65), TWO), 0, ANY)).toBe(ONE.length);
    expect(nextGoodBatch(fileWith(bad(ONE, 65), bad(TWO, 65)), 0, ANY)).toBeUndefined();
    expect(nextGoodBatch(fileWith(Buffer.alloc(30), TWO), 0, ANY)).toBe(30);
  });

  test('a batch in the value of its record is none', () => {
    const holder = batchOf([TWO.toString('latin1')]);
    const inside = Buffer.concat([holder.subarray(0, 61), Buffer.alloc(10), TWO, Buffer.alloc(5)]);
    inside.writeInt32BE(inside.length - 12, 8);
    const log = fileWith(inside, THREE);
    expect(nextGoodBatch(log, 0, ANY)).toBe(inside.length);
  });

  test('a length that leads past good batches hides none of them', () => {
    const liar = bad(ONE, 65);
    liar.writeInt32BE(ONE.length + 20, 8);
    expect(nextGoodBatch(fileWith(liar, TWO, THREE), 0, ANY)).toBe(ONE.length);
  });
});

test('the base offset at a position is that of a good batch', () => {
  const log = fileWith(ONE, TWO, bad(THREE, 65));
  expect(baseOffsetAt(log, ONE.length)).toBe(1);
  expect(baseOffsetAt(log, ONE.length + 1)).toBeUndefined();
  expect(baseOffsetAt(log, ONE.length + TWO.length)).toBeUndefined();
});
