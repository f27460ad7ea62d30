import { expect, test } from '@jest/globals';
import { isQuoteOpen, parseCsvRow } from '../../../src/cli/input/csv-row.js';

test.each([
  ['a,b', ['a', 'b']],
  [',', ['', '']],
  ['', ['']],
  ['a,', ['a', '']],
  ['"a","b,""c"""', ['a', 'b,"c"']],
  ['"a', 'a quote is never closed'],
  ['"a"b', 'a closing quote is not followed by a comma'],
  ['a"b"', 'a quote in a field that does not begin with one'],
])('%s', (row, expected) => {
  expect(parseCsvRow(row)).toStrictEqual(expected);
});

test.each([
  ['a,"b', false, true],
  ['a,"b"', false, false],
  ['a,"b""', false, true],
  ['a"b', false, false],
  ['x",y', true, false],
  ['x"",y', true, true],
  ['x","y', true, true],
  ['', true, true],
])('after %s, with a quote open before: %j, one is open: %j', (line, wasOpen, expected) => {
  const bytes = Buffer.from(line);
  expect(isQuoteOpen(bytes, 0, bytes.length, wasOpen)).toBe(expected);
});
