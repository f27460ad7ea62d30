import { expect, test } from '@jest/globals';
import { SubscribedPartitions } from '../../../src/core/group/subscribed-partitions.js';

test.each([
  ['all of a topic', [{ topic: 't', partitions: null }], [0, 1, 2, 3]],
  ['some of a topic', [{ topic: 't', partitions: [1, 3] }], [1, 3]],
  [
    'a topic named twice',
    [
      { topic: 't', partitions: [1] },
      { topic: 't', partitions: [0, 1] },
    ],
    [0, 1],
  ],
  [
    'some, then all',
    [
      { topic: 't', partitions: [1] },
      { topic: 't', partitions: null },
    ],
    [0, 1, 2, 3],
  ],
  [
    'all, then some',
    [
      { topic: 't', partitions: null },
      { topic: 't', partitions: [1] },
    ],
    [0, 1, 2, 3],
  ],
  ['no partition', [{ topic: 't', partitions: [] }], []],
  ['another topic', [{ topic: 'u', partitions: null }], []],
])('%s', (_, subscriptions, expected) => {
  const subscribed = new SubscribedPartitions(subscriptions);
  expect([0, 1, 2, 3].filter((partition) => subscribed.has({ topic: 't', partition }))).toEqual(
    expected,
  );
  expect(subscribed.topics).toEqual([subscriptions[0]!.topic]);
});
