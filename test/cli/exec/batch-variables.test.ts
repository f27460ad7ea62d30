import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import type { OffsetRange } from '../../../src/cli/exec/batch-variables.js';
import { batchVariables, childEnvironment, formatRanges } from '../../../src/cli/exec/batch-variables.js'; // prettier-ignore

function range(partition: number, firstOffset: number, endOffset: number): OffsetRange {
  return { topic: 'orders', partition, firstOffset, endOffset };
}

const BATCH = {
  group: 'load',
  id: 'b-1',
  attempt: 2,
  count: 6,
  ranges: [range(0, 12, 15), range(1, 7, 10)],
  gaps: [],
  file: undefined,
};

test.each<[readonly OffsetRange[], string]>([
  [[], ''],
  [[range(0, 12, 15)], 'orders:0:12-14'],
  [[range(0, 12, 13)], 'orders:0:12-12'],
  [[range(0, 12, 12)], ''],
  [BATCH.ranges, 'orders:0:12-14,orders:1:7-9'],
])('%j is written %j', (ranges, text) => {
  expect(formatRanges(ranges)).toBe(text);
});

describe('the variables', () => {
  test('say what there is to say', () => {
    expect(batchVariables(BATCH)).toEqual({
      SPOOL_BATCH_GROUP: 'load',
      SPOOL_BATCH_ID: 'b-1',
      SPOOL_BATCH_ATTEMPT: '2',
      SPOOL_BATCH_COUNT: '6',
      SPOOL_BATCH_RANGES: 'orders:0:12-14,orders:1:7-9',
    });
  });

  test('name the file and the gap where there is one', () => {
    expect(batchVariables({ ...BATCH, file: '/tmp/f', gaps: [range(0, 3, 10)] })).toMatchObject({
      SPOOL_BATCH_FILE: '/tmp/f',
      SPOOL_BATCH_GAP: 'orders:0:3-9',
    });
  });

  test('fit into the environment of a command, however many partitions there are', () => {
    const ranges = Array.from({ length: 10_000 }, (_, partition) => range(partition, 10, 20));
    const variables = batchVariables({ ...BATCH, ranges, gaps: ranges });
    for (const name of ['SPOOL_BATCH_RANGES', 'SPOOL_BATCH_GAP']) {
      const text = variables[name]!;
      expect(Buffer.byteLength(text)).toBeGreaterThan(99_900);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100_004);
      expect(text).toMatch(/^(orders:\d+:10-19,)+…$/);
      expect(formatRanges(ranges).startsWith(text.slice(0, -1))).toBe(true);
    }
    const seen = execFileSync('sh', ['-c', 'printf %s "$SPOOL_BATCH_RANGES"'], { env: variables });
    expect(String(seen)).toBe(variables['SPOOL_BATCH_RANGES']);
  });

  test('of up to 100,000 bytes are whole', () => {
    const ranges = [{ ...range(0, 0, 1), topic: 'x'.repeat(99_994) }];
    expect(batchVariables({ ...BATCH, ranges })['SPOOL_BATCH_RANGES']).toHaveLength(100_000);
  });
});

test('a batch that this process works on itself is not the command’s', () => {
  const own = {
    PATH: '/bin',
    SPOOL_DIR: '/d',
    SPOOL_BATCH_FILE: '/f',
    SPOOL_BATCH_X: '',
    U: undefined,
  };
  expect(childEnvironment(own, { SPOOL_BATCH_ID: 'b' })).toEqual({
    PATH: '/bin',
    SPOOL_DIR: '/d',
    SPOOL_BATCH_ID: 'b',
  });
});
