import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, errorOf, recordsDespiteBad, recordsOf } from './recording.js';

const format = 'csv';
const rowsOf = (text: string) =>
  recordsOf([Buffer.from(text)], { format }).records.map(
    ([, value]) => JSON.parse(value ?? '') as unknown,
  );

describe('rows', () => {
  test.each([
    ['a,b\n1,2\n', [{ a: '1', b: '2' }]],
    ['a,b\r\n1,2\r\n', [{ a: '1', b: '2' }]],
    ['\ufeffa,b\n1,2', [{ a: '1', b: '2' }]],
    ['a,b\n"x,""y""\nz",\n', [{ a: 'x,"y"\nz', b: '' }]],
    ['a,b\n,\n', [{ a: '', b: '' }]],
    ['a,b\n"",""\n', [{ a: '', b: '' }]],
    ['a\n\n1\n\n2\n', [{ a: '1' }, { a: '2' }]],
    ['a,b\n 1 , x\n', [{ a: ' 1 ', b: ' x' }]],
    ['"a,1",b\n1,2\n', [{ 'a,1': '1', b: '2' }]],
    ['a\n"x\r\ny"\r\n', [{ a: 'x\r\ny' }]],
    ['a,b\n', []],
    ['', []],
  ])('%j', (text, expected) => {
    expect(rowsOf(text)).toStrictEqual(expected);
  });

  test('come back as they were written, however the chunks are cut', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ') });
    const rows = fc.array(fc.tuple(field, field), { maxLength: 5 });
    const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(rows, fc.array(fc.nat(100)), (input, places) => {
        const text = ['k,v', ...input.map((row) => row.map(quote).join(','))].join('\n');
        const { full } = recordsOf(cut(Buffer.from(text), places), { format });
        const values = full.map(
          ({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as unknown,
        );
        expect(values).toStrictEqual(input.map(([k, v]) => ({ k, v })));
      }),
      { numRuns: 300 },
    );
  });

  test('a column may be the key', () => {
    const { records } = recordsOf([Buffer.from('id,x\n7,y\n')], { format, keyField: 'id' });
    expect(records).toStrictEqual([['7', '{"id":"7","x":"y"}']]);
  });
});

describe('bad input', () => {
  const input = Buffer.concat([
    Buffer.from('a,b\n1,2"3\n"x"y,4\n"good\none",5\n1,2,3\n'),
    Buffer.of(0x66, 0xff, 0x2c, 0x0a),
    Buffer.from('6,7\n"8\n,9'),
  ]);

  test('is put aside row by row, and no good row is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(80)), (places) => {
        const { records, errors, bad } = recordsDespiteBad(cut(input, places), { format });
        expect(records.map(([, value]) => value)).toStrictEqual([
          '{"a":"good\\none","b":"5"}',
          '{"a":"6","b":"7"}',
        ]);
        expect(errors.map(({ message }) => message)).toStrictEqual([
          'line 2: a quote in a field that does not begin with one',
          'line 3: a closing quote is not followed by a comma',
          'line 6: 3 fields where the header has 2',
          'line 7: not UTF-8',
          'line 9: a quote is never closed',
        ]);
        expect(bad.toString('latin1')).toBe('1,2"3\n"x"y,4\n1,2,3\nf\xff,\n"8\n,9');
      }),
    );
  });

  test('a row that is too large is put aside whole, also when its quote stays open', () => {
    const long = 'x'.repeat(70_000);
    for (const row of [`"${long}\n`, `"a\n${long}"\n`, `${long}\n`]) {
      const { records, errors, bad } = recordsDespiteBad([Buffer.from(`a\n${row}b\n`)], {
        format,
        maxRecordBytes: 100,
      });
      expect(errors.map(({ code }) => code)).toStrictEqual(['MESSAGE_TOO_LARGE']);
      expect(bad.toString()).toBe(row);
      expect(records).toStrictEqual([[null, '{"a":"b"}']]);
    }
  });

  test.each([
    ['a,a\n', 'INVALID_INPUT', 'line 1: the header names "a" twice'],
    ['"a\n', 'INVALID_INPUT', 'line 1: a quote is never closed'],
    [
      'a"\n',
      'INVALID_INPUT',
      'line 1: the header: a quote in a field that does not begin with one',
    ],
  ])('the header %j ends the reading', (text, code, message) => {
    expect(errorOf(() => recordsOf([Buffer.from(text)], { format }))).toMatchObject({
      code,
      message,
    });
  });

  test('an unknown key field is refused with a guess', () => {
    const read = () => recordsOf([Buffer.from('user,x\n')], { format, keyField: 'usr' });
    expect(errorOf(read)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      suggestion: 'did you mean user?',
    });
  });
});
