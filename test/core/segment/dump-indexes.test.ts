import { describe, expect, test } from '@jest/globals';
import { stampBatch } from '../../../src/core/batch/stamp.js';
import { dumpOffsetIndex, dumpTimeIndex } from '../../../src/core/segment/dump-indexes.js';
import { START_MS, batchOf } from '../../support/log-fixture.js';
import { entriesOf, fileOf } from './dumping.js';

/** Three batches of two records at offsets 100, 102 and 104. */
const BATCHES = [0, 1, 2].map((at) => {
  const batch = batchOf(['a', 'b'], { timestamp: START_MS + 10 * at });
  stampBatch(batch, 0, 100 + 2 * at, 0);
  return batch;
});
const BATCH_BYTES = BATCHES[0]!.length;
const LOG = fileOf(Buffer.concat(BATCHES), '/log');

function offsets(...entries: readonly (readonly [number, number])[]): Buffer {
  const bytes = Buffer.alloc(8 * entries.length);
  entries.forEach(([relative, position], slot) => {
    bytes.writeInt32BE(relative, 8 * slot);
    bytes.writeInt32BE(position, 8 * slot + 4);
  });
  return bytes;
}

function times(...entries: readonly (readonly [number | bigint, number])[]): Buffer {
  const bytes = Buffer.alloc(12 * entries.length);
  entries.forEach(([timestamp, relative], slot) => {
    bytes.writeBigInt64BE(BigInt(timestamp), 12 * slot);
    bytes.writeInt32BE(relative, 12 * slot + 8);
  });
  return bytes;
}

describe('an offset index', () => {
  function dump(bytes: Uint8Array, log: typeof LOG | undefined = LOG) {
    return entriesOf(dumpOffsetIndex(fileOf(bytes), { baseOffset: 100, log }));
  }

  test('is told entry by entry', () => {
    expect(dump(offsets([3, BATCH_BYTES], [5, 2 * BATCH_BYTES]))).toEqual([
      { kind: 'offset-entry', offset: 103, position: BATCH_BYTES },
      { kind: 'offset-entry', offset: 105, position: 2 * BATCH_BYTES },
    ]);
  });

  test('without entries is empty, and padding ends it', () => {
    expect(dump(Buffer.alloc(0))).toEqual([{ kind: 'empty', file: '/f' }]);
    expect(dump(Buffer.concat([offsets([3, BATCH_BYTES]), Buffer.alloc(80)])).length).toBe(1);
    expect(dump(Buffer.alloc(80))).toEqual([{ kind: 'offset-entry', offset: 100, position: 0 }]);
  });

  test.each<[string, Buffer, number]>([
    ['another offset than the batch', offsets([4, BATCH_BYTES]), 0],
    ['a place where no batch begins', offsets([3, BATCH_BYTES + 1]), 0],
    ['a place behind the end', offsets([3, 99_999]), 0],
    ['a place before the start', offsets([3, -5]), 0],
    ['what comes before the entry before it', offsets([5, 2 * BATCH_BYTES], [3, BATCH_BYTES]), 8],
  ])('that names %s is damaged there', (_, bytes, position) => {
    expect(dump(bytes).filter(({ kind }) => kind === 'damage')).toMatchObject([
      { file: '/f', position },
    ]);
  });

  test('is not compared without its log', () => {
    const entries = entriesOf(
      dumpOffsetIndex(fileOf(offsets([4, 9])), { baseOffset: 100, log: undefined }),
    );
    expect(entries.map(({ kind }) => kind)).toEqual(['offset-entry']);
  });

  test('that ends inside of an entry is worth a note', () => {
    expect(dump(offsets([3, BATCH_BYTES], [5, 1]).subarray(0, 11)).at(-1)).toMatchObject({
      kind: 'note',
      position: 8,
    });
  });
});

describe('a time index', () => {
  function dump(bytes: Uint8Array) {
    const options = { baseOffset: 100, log: LOG, offsetIndex: undefined };
    return entriesOf(dumpTimeIndex(fileOf(bytes), options));
  }

  test('is told entry by entry', () => {
    expect(dump(times([START_MS + 1, 1], [START_MS + 21, 5]))).toEqual([
      { kind: 'time-entry', timestamp: START_MS + 1, offset: 101 },
      { kind: 'time-entry', timestamp: START_MS + 21, offset: 105 },
    ]);
  });

  test.each<[string, Buffer, number]>([
    ['another time than the batch', times([START_MS, 1]), 0],
    ['an offset inside of a batch', times([START_MS + 11, 2]), 0],
    ['an offset behind the end', times([START_MS + 11, 9]), 0],
    ['no possible time', times([2n ** 60n, 1]), 0],
    ['no later time than the entry before it', times([START_MS + 11, 3], [START_MS + 11, 3]), 12],
  ])('that names %s is damaged there', (_, bytes, position) => {
    expect(dump(bytes).filter(({ kind }) => kind === 'damage')).toMatchObject([{ position }]);
  });
});
