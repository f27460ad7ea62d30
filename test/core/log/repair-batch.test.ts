import { describe, expect, test } from '@jest/globals';
import { stampCrc } from '../../../src/core/batch/stamp.js';
import { factsOf, matchByChecksum, uncheckedBytes } from '../../../src/core/log/repair-batch.js';
import { START_MS, batchAt, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const BATCH = batchAt(7, ['a', 'b', 'c']);

test('the facts of a batch are those of its header', () => {
  expect(factsOf(BATCH, 0, 100)).toEqual({
    position: 100,
    endPosition: 100 + BATCH.length,
    baseOffset: 7,
    offsetCount: 3,
    leaderEpoch: 0,
    firstTimestamp: START_MS,
    maxTimestamp: START_MS + 2,
    codecId: 0,
    isDecodable: true,
  });
});

test('records that are not what the checksum covers cannot be decoded', () => {
  const bytes = Buffer.from(BATCH);
  bytes[61] = 99;
  stampCrc(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);
  expect(factsOf(bytes, 0, 0).isDecodable).toBe(false);
});

test('the unchecked fields are those that a batch begins with', () => {
  const fields = { baseOffset: 7, sizeBytes: BATCH.length, leaderEpoch: 0 };
  expect(uncheckedBytes(fields)).toEqual(BATCH.subarray(0, 17));
});

describe('a batch is known by its checksum', () => {
  const match = (bytes: Buffer, ends = [70, BATCH.length, BATCH.length + 5]) => {
    const file = fileOf(new MemoryFileSystem(), '/log', Buffer.concat([bytes, Buffer.alloc(9)]));
    return matchByChecksum(file, 0, ends);
  };

  test.each([
    ['nothing', 0, 0],
    ['its length', 11, 0x40],
    ['its magic', 16, 0x01],
  ])('though %s is wrong', (_, at, flip) => {
    const bytes = Buffer.from(BATCH);
    bytes[at]! ^= flip;
    expect(match(bytes)).toMatchObject({
      endPosition: BATCH.length,
      baseOffset: 7,
      offsetCount: 3,
    });
  });

  test('with a base offset that cannot be, it says so', () => {
    const bytes = Buffer.from(BATCH);
    bytes[0] = 0x80;
    expect(match(bytes)).toMatchObject({ baseOffset: -1, offsetCount: 3 });
  });

  test.each([
    ['its records', 65],
    ['its checksum', 18],
    ['its last offset delta', 23],
  ])('and not where %s is wrong', (_, at) => {
    const bytes = Buffer.from(BATCH);
    bytes[at]! ^= 0x80;
    expect(match(bytes)).toBeUndefined();
  });

  test('nor where it may not end there', () => {
    expect(match(BATCH, [60, BATCH.length - 1])).toBeUndefined();
  });
});
