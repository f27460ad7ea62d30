import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, errorOf, recordsDespiteBad, recordsOf } from './recording.js';

describe.each(['hex', 'base64'] as const)('%s', (format) => {
  test('gives back any bytes, however the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), fc.array(fc.nat(500)), (values, places) => {
        const text = values.map((value) => `${Buffer.from(value).toString(format)}\n`).join('');
        const { records } = recordsOf(cut(Buffer.from(text), places), { format });
        const expected = values.map((value) => [null, Buffer.from(value).toString('latin1')]);
        expect(records).toStrictEqual(expected);
      }),
    );
  });

  test('a value of exactly the limit passes, one more byte does not', () => {
    const lineOf = (size: number): Buffer => Buffer.from(Buffer.alloc(size).toString(format));
    for (const maxRecordBytes of [9, 10, 11]) {
      expect(recordsOf([lineOf(maxRecordBytes)], { format, maxRecordBytes }).records).toHaveLength(
        1,
      );
      const error = errorOf(() =>
        recordsOf([lineOf(maxRecordBytes + 1)], { format, maxRecordBytes }),
      );
      expect(error.code).toBe('MESSAGE_TOO_LARGE');
    }
  });

  test('bad lines are put aside', () => {
    const input = Buffer.from('6162\n!!\n6364\n');
    const { errors, bad, records } = recordsDespiteBad([input], { format });
    expect(records).toHaveLength(2);
    expect(errors).toMatchObject([
      { message: `line 2: not ${format}`, details: { excerpt: '!!' } },
    ]);
    expect(bad.toString()).toBe('!!\n');
  });
});

test.each([
  ['hex', 'abc'],
  ['hex', '6g'],
  ['hex', '61 62'],
  ['hex', '61\r'],
  ['base64', 'YQ'],
  ['base64', 'YQ='],
  ['base64', 'Y==='],
  ['base64', 'YQ==YQ=='],
  ['base64', '_-__'],
] as const)('%s: %j is refused', (format, line) => {
  expect(errorOf(() => recordsOf([Buffer.from(line)], { format })).code).toBe('INVALID_INPUT');
});

test('hexadecimal may be written in either case', () => {
  expect(recordsOf([Buffer.from('6A6a')], { format: 'hex' }).records).toStrictEqual([[null, 'jj']]);
});
