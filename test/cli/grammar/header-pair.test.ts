import { expect, test } from '@jest/globals';
import { parseHeaderFilter, parseHeaderPair } from '../../../src/cli/grammar/header-pair.js';

test.each([
  ['trace=abc', 'trace', 'abc'],
  ['a=b=c', 'a', 'b=c'],
  ['a=', 'a', ''],
  ['näme=wért', 'näme', 'wért'],
])('%s is a header', (text, key, value) => {
  expect(parseHeaderPair(text)).toStrictEqual({ key: Buffer.from(key), value: Buffer.from(value) });
});

test('a filter may go without a value', () => {
  expect(parseHeaderFilter('trace')).toStrictEqual({ key: Buffer.from('trace'), value: undefined });
  expect(parseHeaderFilter('trace=')).toStrictEqual({
    key: Buffer.from('trace'),
    value: Buffer.from(''),
  });
});

test.each(['trace', '=x', ''])('%j is no header', (text) => {
  expect(() => parseHeaderPair(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

test.each(['=x', ''])('%j is no filter', (text) => {
  expect(() => parseHeaderFilter(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
