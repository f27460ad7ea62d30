import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { NodeFileSystem } from '../../src/core/fs/node-fs.js';
import { dumpFile } from '../../src/core/segment/dump-file.js';
import { DumpJson } from '../../src/view/segment-dump-json.js';
import type { ExpectedBatch } from '../support/golden.js';
import { goldenTest, listGolden, readGoldenLines } from '../support/golden.js';

const TEST = join(import.meta.dirname, '..');
const SHARED = join(TEST, '../../shared/golden');
const TRANSACTIONS = join(TEST, 'fixtures/kafka-4.3.1/transactions/partition');

function linesOf(
  path: string,
  { deep = false, printData = false } = {},
): Record<string, unknown>[] {
  const json = new DumpJson({ deep, printData });
  let text = '';
  for (const entry of dumpFile(new NodeFileSystem(), path, { deep })) text += json.textOf(entry);
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Kafka's own reader tells long bytes by length and hash. */
function shorten(value: unknown, expected: unknown): unknown {
  const hasLength = typeof expected === 'object' && expected !== null && 'len' in expected;
  return hasLength ? expected : value;
}

goldenTest('a batch is what Kafka’s reader decodes', () => {
  const logs = listGolden('kafka-generated', '.expected.jsonl');
  expect(logs.length).toBeGreaterThan(5);
  for (const log of logs) {
    const expected = readGoldenLines<ExpectedBatch>(`${log}.expected.jsonl`);
    const lines = linesOf(join(SHARED, `${log}.log`), { deep: true, printData: true });
    expect(lines.length).toBe(expected.length);
    lines.forEach((line, at) => {
      const { file, isValid, records, ...header } = line;
      const { records: wanted, ...wantedHeader } = expected[at]!;
      expect({ file, isValid }).toEqual({ file: join(SHARED, `${log}.log`), isValid: true });
      expect(header).toEqual(wantedHeader);
      const found = records as Record<string, unknown>[];
      expect(
        found.map((record, i) => ({
          ...record,
          key: shorten(record['key'], wanted[i]?.key),
          value: shorten(record['value'], wanted[i]?.value),
        })),
      ).toMatchObject(wanted);
    });
  }
});

test('records are there where they are asked for, their bytes too', () => {
  const path = join(TRANSACTIONS, '00000000000000000008.log');
  expect(linesOf(path)[1]).not.toHaveProperty('records');
  const shape = (options: object): unknown =>
    (linesOf(path, options)[1]?.['records'] as unknown[])[0];
  expect(shape({ deep: true })).toEqual({
    offset: 9,
    ts: 1767225608000,
    seq: 0,
    keySize: 6,
    valueSize: 25,
    headerCount: 0,
  });
  expect(shape({ deep: true, printData: true })).toMatchObject({ key: { hex: '757365722d31' } });
});

test.each([
  ['00000000000000000008.index', { offset: 16, position: 296 }],
  ['00000000000000000008.timeindex', { timestamp: 1795359634553, offset: 8 }],
  ['00000000000000000008.txnindex', { producerId: 13, firstOffset: 9 }],
  ['00000000000000000008.snapshot', { producerId: 13, currentTxnFirstOffset: 0, lastSequence: 7 }],
])('an entry of %s is one line', (name, expected) => {
  const path = join(TRANSACTIONS, name);
  expect(linesOf(path)[0]).toMatchObject({ file: path, ...expected });
});
