import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, errorOf, recordsDespiteBad, recordsOf } from './recording.js';

const format = 'length';

function framed(values: readonly (Uint8Array | null)[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => {
      const prefix = Buffer.alloc(4);
      prefix.writeInt32BE(value?.length ?? -1);
      return [prefix, value ?? Buffer.alloc(0)];
    }),
  );
}

test('gives back any bytes and tombstones, however the chunks are cut', () => {
  const values = fc.array(fc.option(fc.uint8Array({ maxLength: 20 })));
  fc.assert(
    fc.property(values, fc.array(fc.nat(300)), (input, places) => {
      const { records } = recordsOf(cut(framed(input), places), { format });
      const text = (value: Uint8Array | null) => value && Buffer.from(value).toString('latin1');
      expect(records).toStrictEqual(input.map((value) => [null, text(value)]));
    }),
    { numRuns: 500 },
  );
});

describe('bad input', () => {
  test.each([
    ['000000', 'the input ends 1 bytes before the end of its length'],
    ['0000000361', 'the input ends 2 bytes before the end of the value'],
    ['00000003', 'the input ends 3 bytes before the end of the value'],
    ['fffffffe', 'its length is -2'],
  ])('%s', (hex, reason) => {
    const good = framed([Buffer.from('good')]);
    const input = Buffer.concat([good, Buffer.from(hex, 'hex')]);
    for (const chunks of [[input], cut(input, [...input.keys()])]) {
      expect(errorOf(() => recordsOf(chunks, { format }))).toMatchObject({
        code: 'INVALID_INPUT',
        message: `record 2: ${reason}`,
      });
    }
  });

  test('a length above the limit is refused before any of the value is taken', () => {
    const prefix = Buffer.from('7fffffff', 'hex');
    for (const chunks of [[prefix], cut(prefix, [1, 2])]) {
      expect(errorOf(() => recordsOf(chunks, { format, maxRecordBytes: 10 }))).toMatchObject({
        code: 'MESSAGE_TOO_LARGE',
        details: { record: 1 },
      });
    }
  });

  test('a value that is too large is put aside with its length, and the next one is read', () => {
    const input = framed([Buffer.from('a'), Buffer.from('too large'), Buffer.from('b')]);
    fc.assert(
      fc.property(fc.array(fc.nat(30)), (places) => {
        const { records, errors, bad } = recordsDespiteBad(cut(input, places), {
          format,
          maxRecordBytes: 4,
        });
        expect(records).toStrictEqual([
          [null, 'a'],
          [null, 'b'],
        ]);
        expect(errors).toHaveLength(1);
        expect(bad.equals(framed([Buffer.from('too large')]))).toBe(true);
      }),
    );
  });
});
