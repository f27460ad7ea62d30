import { describe, expect, test } from '@jest/globals';
import {
  parsePositionArgument,
  resolvePositions,
} from '../../../src/cli/group/position-argument.js';
import type { Cluster } from '../../../src/core/index.js';

/** As many partitions as its name says. */
const cluster = {
  describeTopic: (topic: string) =>
    Promise.resolve({
      partitions: Array.from({ length: Number(topic.slice(1)) }, (_, partition) => ({ partition })),
    }),
} as unknown as Cluster;

test.each([
  ['orders=120', { topic: 'orders', partition: undefined, offset: 120 }],
  ['orders:2=0', { topic: 'orders', partition: 2, offset: 0 }],
])('%s is understood', (text, meaning) => {
  expect(parsePositionArgument(text)).toEqual(meaning);
});

test.each([
  ['orders', '"orders" says no offset'],
  ['orders:0=end', '"end" is not an offset'],
  ['orders:0=-1', '"-1" is not an offset'],
  ['orders:0=', '"" is not an offset'],
  ['orders:0=9007199254740992', 'is not an offset'],
  ['=5', '"" names no topic'],
  ['ord*:0=5', 'a pattern cannot have one offset'],
  ['orders:x=5', '"x" is not a partition number'],
])('%s is refused', (text, message) => {
  expect(() => parsePositionArgument(text)).toThrow(
    expect.objectContaining({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    }),
  );
});

describe('the partitions that are meant', () => {
  test('the only one need not be named', async () => {
    expect(await resolvePositions(['t1=5', 't3:2=6'], cluster)).toEqual([
      { topic: 't1', partition: 0, offset: 5 },
      { topic: 't3', partition: 2, offset: 6 },
    ]);
  });

  test.each([
    [['t3=5'], 't3 has 3 partitions: say which one', 'write it like t3:0=5'],
    [['t1=5', 't1:0=6'], 't1:0 is given two offsets', undefined],
  ])('%j is refused', async (words, message, suggestion) => {
    await expect(resolvePositions(words, cluster)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message,
      suggestion,
    });
  });
});
