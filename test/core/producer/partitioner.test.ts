import { expect, test } from '@jest/globals';

import { Partitioner } from '../../../src/core/producer/partitioner.js';

test('no key sticks to a partition until it is told to move on', () => {
  const draws = [0.5, 0.1, 0.1];
  const partitioner = new Partitioner(4, () => draws.shift() ?? 0);
  expect([partitioner.forNoKey, partitioner.forNoKey]).toEqual([2, 2]);
  partitioner.moveOn();
  expect(partitioner.forNoKey).toBe(0);
  // Drawn again, the same one is not taken.
  partitioner.moveOn();
  expect(partitioner.forNoKey).toBe(1);
});

test.each([
  ['21', 3],
  ['foobar', 0],
  ['', 2],
])('a key chooses as in Kafka: %p', (key, partition) => {
  const bytes = Buffer.from(`x${key}y`);
  expect(new Partitioner(7, () => 0).forKey(bytes, 1, 1 + key.length)).toBe(partition);
});

test('with one partition there is no choice', () => {
  const partitioner = new Partitioner(1, () => 0.99);
  partitioner.moveOn();
  expect([partitioner.forNoKey, partitioner.forKey(Buffer.from('k'), 0, 1)]).toEqual([0, 0]);
});
