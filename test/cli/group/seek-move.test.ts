import { expect, test } from '@jest/globals';
import { parseShift, planSeek, type SeekFlags } from '../../../src/cli/group/seek-move.js';
import type { GroupMove } from '../../../src/core/index.js';

const NOW_MS = 7_200_000;

function plan(words: string[], flags: SeekFlags, csv = ''): Promise<GroupMove> {
  return planSeek(words, flags, {
    group: 'load',
    topics: ['orders', 'orders-eu', 'audit'],
    nowMs: NOW_MS,
    readText: (sourceName) => Promise.resolve({ text: csv, sourceName }),
  });
}

test.each<[string[], SeekFlags, GroupMove]>([
  [[], { to: 'start' }, { kind: 'seek', targets: [], to: { kind: 'start' } }],
  [
    ['orders:1', 'orders:0'],
    { to: '-1h' },
    {
      kind: 'seek',
      targets: [{ topic: 'orders', partitions: [1, 0] }],
      to: { kind: 'time', timestampMs: 3_600_000, text: '-1h' },
    },
  ],
  [
    ['orders*'],
    { by: -100 },
    {
      kind: 'shift',
      targets: [
        { topic: 'orders', partitions: undefined },
        { topic: 'orders-eu', partitions: undefined },
      ],
      by: -100,
    },
  ],
  [
    ['orders'],
    { by: 0 },
    { kind: 'shift', targets: [{ topic: 'orders', partitions: undefined }], by: 0 },
  ],
  [[], { to: 'group:other' }, { kind: 'seek', targets: [], to: { kind: 'group', group: 'other' } }],
])('%j %j', async (words, flags, move) => {
  expect(await plan(words, flags)).toEqual(move);
});

test('a file names the partitions', async () => {
  expect(await plan([], { file: 'p.csv' }, 'orders,0,5\n')).toEqual({
    kind: 'offsets',
    offsets: [{ topic: 'orders', partition: 0, offset: 5 }],
    clamp: true,
  });
  await expect(plan(['orders'], { file: 'p.csv' })).rejects.toThrow('names the partitions itself');
});

test('nowhere to go is an error, and so is a pattern that matches nothing', async () => {
  await expect(plan(['orders'], {})).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    suggestion: expect.stringContaining('--to start'),
  });
  await expect(plan(['x*'], { to: 'end' })).rejects.toMatchObject({
    code: 'UNKNOWN_TOPIC_OR_PARTITION',
  });
});

test.each([
  ['+100', 100],
  ['-100', -100],
  ['7', 7],
])('%s is %d records', (text, by) => {
  expect(parseShift(text)).toBe(by);
});

test.each(['1h', '', '1.5', '+', '9007199254740993', '0x10'])(
  '%j is no number of records',
  (text) => {
    expect(() => parseShift(text)).toThrow('is not a number of records');
  },
);
