import { expect, test } from '@jest/globals';

import { PartitionBuffer } from '../../../src/core/producer/partition-buffer.js';

const LIMITS = {
  compression: 'none',
  level: undefined,
  batchBytes: 300,
  initialBytes: 100,
  maxMessageBytes: 400,
} as const;
const value = Buffer.alloc(60);

test('a record that does not fit closes the batch and begins the next', () => {
  const buffer = new PartitionBuffer(LIMITS);
  const closed = Array.from({ length: 6 }, () => buffer.append(1, null, value, [], 0));
  expect(closed.filter(Boolean)).toHaveLength(1);
  expect([buffer.hasFullBatch, buffer.isEmpty]).toEqual([true, false]);
  expect(buffer.take(false).map(({ recordCount }) => recordCount)).toEqual([3]);
  buffer.recycle();
  expect(buffer.take(true).map(({ recordCount }) => recordCount)).toEqual([3]);
  buffer.recycle();
  expect([buffer.isEmpty, buffer.take(true)]).toEqual([true, []]);
});

test('a range of bytes makes the same batch as the record', () => {
  const [one, other] = [new PartitionBuffer(LIMITS), new PartitionBuffer(LIMITS)];
  one.append(5, Buffer.from('k'), Buffer.from('v'), [], 0);
  other.appendRange(5, Buffer.from('..kv'), 2, 1, 3, 1);
  expect(other.take(true)[0]?.batch).toEqual(one.take(true)[0]?.batch);
});

test('a batch that is larger than the topic allows is refused', () => {
  const buffer = new PartitionBuffer(LIMITS);
  buffer.append(1, null, Buffer.alloc(380), [], 0);
  expect(() => buffer.take(true)).toThrow(expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }));
});
