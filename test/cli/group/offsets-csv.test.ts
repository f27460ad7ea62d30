import { describe, expect, test } from '@jest/globals';
import {
  formatOffsetsCsv,
  type OffsetRow,
  parseOffsetsCsv,
  plannedOffsetsCsv,
} from '../../../src/cli/group/offsets-csv.js';

function parse(text: string, group = 'load'): OffsetRow[] {
  return parseOffsetsCsv({ text, sourceName: 'p.csv' }, group);
}

const ROWS = [
  { topic: 'orders', partition: 0, offset: 120 },
  { topic: 'orders', partition: 1, offset: 0 },
];

test('rows are those of kafka-consumer-groups --export', () => {
  expect(formatOffsetsCsv(ROWS)).toBe('orders,0,120\norders,1,0\n');
  const row = { topic: 'orders', partition: 0, offset: 5 };
  expect(formatOffsetsCsv([{ ...row, group: 'my "load"' }])).toBe('"my ""load""",orders,0,5\n');
  expect(formatOffsetsCsv([{ ...row, topic: 'a'.repeat(24) }])).toBe(`${'a'.repeat(24)},0,5\n`);
  expect(formatOffsetsCsv([{ ...row, topic: 'a'.repeat(25) }])).toBe(`"${'a'.repeat(25)}",0,5\n`);
  const partitions = [{ topic: 'orders', partition: 0, toOffset: 5 }];
  const gone = { topic: 'orders', partition: 1, toOffset: null };
  expect(plannedOffsetsCsv({ partitions: [...partitions, gone] })).toBe('orders,0,5\n');
});

test.each([
  ['orders,0,120\norders,1,0\n\n'],
  ['orders,0,120\r\norders,1,0'],
  ['\ufeff"orders",0,120\n"orders","1",0\n'],
  ['load,orders,0,120\nload,orders,1,0\n'],
])('%j is read', (text) => {
  expect(parse(text)).toEqual(ROWS);
});

test('of a group with any name', () => {
  const group = 'a, "b" ' + 'c'.repeat(30);
  const text = formatOffsetsCsv(ROWS.map((row) => ({ ...row, group })));
  expect(parse(text, group)).toEqual(ROWS);
});

describe('what is not such a row is refused, naming its line', () => {
  test.each([
    ['orders,0,1\naudit,orders,0,1\n', 'line 2 of p.csv: it is of group audit, not of load'],
    ['topic,partition,offset\n', 'line 1 of p.csv: "partition" is not a partition'],
    ['orders,0\n', 'line 1 of p.csv: 2 fields'],
    ['a,b,c,d,e\n', 'line 1 of p.csv: 5 fields'],
    ['\n\norders,-1,5\n', 'line 3 of p.csv: "-1" is not a partition'],
    ['orders,0,end\n', 'line 1 of p.csv: "end" is not an offset'],
    ['orders,0,99999999999999999999\n', 'is not an offset'],
    ['orders,0,\n', 'line 1 of p.csv: "" is not an offset'],
    [',0,5\n', 'line 1 of p.csv: it names no topic'],
    ['orders,0,5\norders,00,6\n', 'line 2 of p.csv: orders:0 is there twice'],
    ['"orders,0,5\n', 'line 1 of p.csv: a quote is never closed'],
  ])('%j', (text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(message) }),
    );
  });
});
