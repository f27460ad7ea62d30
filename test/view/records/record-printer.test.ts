import { describe, expect, test } from '@jest/globals';
import { ByteSink } from '../../../src/view/records/byte-sink.js';
import { jsonFormat } from '../../../src/view/records/json-format.js';
import {
  keyValueFormat,
  lengthFormat,
  noFormat,
  valueFormat,
} from '../../../src/view/records/plain-formats.js';
import type { RecordFormat } from '../../../src/view/records/record-format.js';
import { RecordPrinter } from '../../../src/view/records/record-printer.js';
import { recordOf } from './printing.js';

function printed(
  format: RecordFormat,
  delimiter: string,
  values: readonly string[],
): [string, number] {
  const out = new ByteSink(1);
  const printer = new RecordPrinter(format, Buffer.from(delimiter));
  for (const value of values) printer.print(recordOf({ key: 'k', value }), out);
  return [out.view().toString(), printer.ambiguousCount];
}

describe('the delimiter comes behind every record', () => {
  test.each<[string, RecordFormat, string, string[], string, number]>([
    ['value', valueFormat, '\n', ['a', '', 'b'], 'a\n\nb\n', 0],
    ['value', valueFormat, '\n', ['a\nb', 'c\n', '\n\n', 'd'], 'a\nb\nc\n\n\n\n\nd\n', 3],
    ['value', valueFormat, '\0', ['a\nb', 'c\0'], 'a\nb\0c\0\0', 1],
    ['value', valueFormat, '\r\n', ['a\n', 'b\r', 'c\r\nd'], 'a\n\r\nb\r\r\nc\r\nd\r\n', 1],
    ['value', valueFormat, 'aa', ['xa'], 'xaaa', 1],
    ['value', valueFormat, '', ['a', 'b'], 'ab', 0],
    ['kv', keyValueFormat(Buffer.from('\t')), '\n', ['a', 'b\n'], 'k\ta\nk\tb\n\n', 1],
    ['length', lengthFormat, '\n', ['\n'], '\0\0\0\x01\n', 0],
    ['none', noFormat, '\n', ['a'], '', 0],
  ])('%s, %#', (_name, format, delimiter, values, expected, ambiguousCount) => {
    expect(printed(format, delimiter, values)).toStrictEqual([expected, ambiguousCount]);
  });
});

test('json is one line a record, whatever is in it', () => {
  const [text, ambiguousCount] = printed(jsonFormat, '\n', ['a\nb', 'c']);
  expect(text.split('\n')).toHaveLength(3);
  expect(ambiguousCount).toBe(0);
});

test('bytes that an earlier, longer output left in the buffer are not counted', () => {
  const out = new ByteSink(16);
  const printer = new RecordPrinter(valueFormat, Buffer.from('\n'));
  out.appendAscii('\n\n\n\n\n\n');
  out.reset();
  printer.print(recordOf({ value: 'ab' }), out);
  expect(printer.ambiguousCount).toBe(0);
});
