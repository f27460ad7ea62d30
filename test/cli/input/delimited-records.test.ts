import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, errorOf, recordsDespiteBad, recordsOf } from './recording.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const valuesOf = (text: string, delimiter = '\n'): (string | null)[] =>
  recordsOf([bytes(text)], { delimiter: bytes(delimiter) }).records.map(([, value]) => value);

describe('what a line is', () => {
  test.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\nb', ['a', 'b']],
    ['\n', ['']],
    ['a\n\n', ['a', '']],
    ['\n\na', ['', '', 'a']],
    ['a\r\nb\rc', ['a\r', 'b\rc']],
    ['\0\x80\xff\n', ['\0\x80\xff']],
  ])('%j', (text, expected) => {
    expect(valuesOf(text)).toStrictEqual(expected);
  });

  test('any bytes may be the delimiter', () => {
    expect(valuesOf('a\0b\n\0', '\0')).toStrictEqual(['a', 'b\n']);
    expect(valuesOf('a\r\nb\rc\r\n', '\r\n')).toStrictEqual(['a', 'b\rc']);
    expect(valuesOf('aXXXbX', 'XX')).toStrictEqual(['a', 'XbX']);
  });

  test('a lone piece of the delimiter at the end belongs to the record', () => {
    expect(valuesOf('a\r', '\r\n')).toStrictEqual(['a\r']);
  });
});

describe('however the chunks are cut', () => {
  const pieces = fc.uint8Array({ max: 4, maxLength: 60 });
  const places = fc.array(fc.nat(60), { maxLength: 20 });
  const delimiter = fc.uint8Array({ max: 4, minLength: 1, maxLength: 4 });

  /** The plain meaning, over latin1 text. */
  function split(text: string, by: string): string[] {
    const parts = text.split(by);
    if (parts.at(-1) === '') parts.pop();
    return parts;
  }

  test('the records are those of the whole', () => {
    fc.assert(
      fc.property(pieces, places, delimiter, (input, cuts, by) => {
        const { records } = recordsOf(cut(input, cuts), { delimiter: Buffer.from(by) });
        const expected = split(
          Buffer.from(input).toString('latin1'),
          Buffer.from(by).toString('latin1'),
        );
        expect(records.map(([, value]) => value)).toStrictEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('records and what is put aside are together the input, and only long ones are put aside', () => {
    fc.assert(
      fc.property(pieces, places, delimiter, fc.nat(6), (input, cuts, by, maxRecordBytes) => {
        const delimiterBytes = Buffer.from(by);
        const { records, errors, bad } = recordsDespiteBad(cut(input, cuts), {
          delimiter: delimiterBytes,
          maxRecordBytes,
        });
        const all = split(Buffer.from(input).toString('latin1'), delimiterBytes.toString('latin1'));
        expect(records.map(([, value]) => value)).toStrictEqual(
          all.filter((part) => part.length <= maxRecordBytes),
        );
        const long = all.filter((part) => part.length > maxRecordBytes);
        expect(errors.map(({ code }) => code)).toStrictEqual(long.map(() => 'MESSAGE_TOO_LARGE'));
        const aside = long.map((part) => part + delimiterBytes.toString('latin1')).join('');
        // The last record may lack its delimiter, in the input and so in what is put aside.
        expect([aside, aside.slice(0, -by.length)]).toContain(bad.toString('latin1'));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a record that is too long', () => {
  test('stops the reading with the number of its line', () => {
    const error = errorOf(() => recordsOf([bytes('a\nb\n12345\n')], { maxRecordBytes: 4 }));
    expect(error).toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      message: 'line 3 is longer than max.message.bytes (4)',
      details: { line: 3, maxRecordBytes: 4 },
    });
  });

  test('names the file, and counts records where they are no lines', () => {
    const options = { maxRecordBytes: 1, delimiter: bytes('\0'), sourceName: 'a.bin' };
    expect(errorOf(() => recordsOf([bytes('a\0bc')], options))).toMatchObject({
      message: 'record 2 of a.bin is longer than max.message.bytes (1)',
      details: { record: 2, source: 'a.bin' },
    });
  });

  test('is refused before its end, so that memory is bounded', () => {
    let pushed = 0;
    function* endless(): Generator<Buffer> {
      for (;;) {
        pushed++;
        yield Buffer.alloc(100);
      }
    }
    const chunks = endless() as unknown as Uint8Array[];
    expect(errorOf(() => recordsOf(chunks, { maxRecordBytes: 1000 })).code).toBe(
      'MESSAGE_TOO_LARGE',
    );
    expect(pushed).toBe(11);
  });

  test('a record of exactly the limit passes, also with a delimiter that comes in pieces', () => {
    const chunks = ['ab', 'cd', '\r', '\n'].map(bytes);
    const { records } = recordsOf(chunks, { maxRecordBytes: 4, delimiter: bytes('\r\n') });
    expect(records).toStrictEqual([[null, 'abcd']]);
  });
});
