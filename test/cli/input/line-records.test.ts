import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, errorOf, recordsDespiteBad, recordsOf } from './recording.js';

const keyed = (text: string, separator = '\t') =>
  recordsOf([Buffer.from(text)], { format: 'kv', keySeparator: Buffer.from(separator) }).records;

test('lines have no key', () => {
  expect(recordsOf([Buffer.from('a\tb\n')], {}).records).toStrictEqual([[null, 'a\tb']]);
});

describe('kv', () => {
  test.each([
    ['k\tv\n', '\t', [['k', 'v']]],
    ['k\tv\tw', '\t', [['k', 'v\tw']]],
    ['\tv\n', '\t', [['', 'v']]],
    ['k\t\n', '\t', [['k', '']]],
    [
      'a: b\nc: d',
      ': ',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['k::v', '::', [['k', 'v']]],
  ])('%j with %j', (text, separator, expected) => {
    expect(keyed(text, separator)).toStrictEqual(expected);
  });

  test('a line without a separator is bad input, even if the next line has one', () => {
    expect(errorOf(() => keyed('a\tb\nc\nd\te\n'))).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'line 2: there is no key separator "\\t"',
      details: { line: 2, excerpt: 'c' },
    });
  });

  test('a separator that only begins before the end of the line does not count', () => {
    expect(errorOf(() => keyed('a:\n:b', ': '))).toMatchObject({
      code: 'INVALID_INPUT',
      details: { line: 1 },
    });
  });

  test('what is put aside are the bad lines as they were', () => {
    const input = Buffer.from('a\tb\nbad one\n\nc\td\nlast');
    fc.assert(
      fc.property(fc.array(fc.nat(30)), (places) => {
        const { records, errors, bad } = recordsDespiteBad(cut(input, places), { format: 'kv' });
        expect(records).toStrictEqual([
          ['a', 'b'],
          ['c', 'd'],
        ]);
        expect(errors.map(({ details }) => details['line'])).toStrictEqual([2, 3, 5]);
        expect(bad.toString()).toBe('bad one\n\nlast');
      }),
    );
  });

  test.each(['', '\n', 'a\nb'])('the separator %j is refused', (separator) => {
    expect(errorOf(() => keyed('a', separator)).code).toBe('INVALID_ARGUMENT');
  });
});
