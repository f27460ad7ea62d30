import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonFormat } from '../../../src/view/records/json-format.js';
import { written, type RecordParts } from './printing.js';

const lineOf = (parts: RecordParts): string => written(jsonFormat, parts);

test('the fields come in the order of the contract', () => {
  expect(
    lineOf({ key: 'k', value: 'v', headers: [{ key: Buffer.from('n'), value: Buffer.from('w') }] }),
  ).toBe(
    '{"topic":"orders","partition":2,"offset":12,"timestamp":1700000000123,"key":"k","value":"v","headers":[["n","w"]]}',
  );
});

describe('what is null or not UTF-8', () => {
  const invalid = Buffer.of(0xff);
  test.each([
    [{ key: null, value: null }, '"key":null,"value":null,"headers":[]}'],
    [{ key: invalid, value: invalid }, '"key_b64":"/w==","value_b64":"/w==","headers":[]}'],
    [
      { value: '', headers: [{ key: Buffer.from('n'), value: null }] },
      '"key":null,"value":"","headers":[["n",null]]}',
    ],
    [
      {
        headers: [
          { key: invalid, value: invalid },
          { key: Buffer.from(''), value: Buffer.from('') },
        ],
      },
      '"key":null,"value":"","headers":[[{"b64":"/w=="},{"b64":"/w=="}],["",""]]}',
    ],
    // A surrogate written as UTF-8, an overlong NUL, a character cut in two.
    [{ value: Buffer.of(0xed, 0xa0, 0x80) }, '"key":null,"value_b64":"7aCA","headers":[]}'],
    [{ value: Buffer.of(0xc0, 0x80) }, '"key":null,"value_b64":"wIA=","headers":[]}'],
    [{ value: Buffer.of(0xc3) }, '"key":null,"value_b64":"ww==","headers":[]}'],
  ])('%j', (parts, expected) => {
    expect(lineOf(parts).slice(lineOf({}).indexOf('"key"'))).toBe(expected);
  });
});

test('whatever the text, the line is one line, drives no terminal and parses to the text', () => {
  const hard = fc.constantFrom(
    '"',
    '\\',
    '\n',
    '\r',
    '\0',
    '\x1b',
    '\x7f',
    '\x85',
    '\u2028',
    '\u202e',
    '\u2066',
    '\ufeff',
    'é',
    '😀',
    'a',
  );
  fc.assert(
    fc.property(
      fc.string({ unit: fc.oneof(hard, fc.string({ unit: 'binary', maxLength: 1 })) }),
      (text) => {
        const line = Buffer.from(lineOf({ value: text }), 'latin1').toString('utf8');

        expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029\p{Bidi_Control}\ufeff]/u);
        expect((JSON.parse(line) as { value: string }).value).toBe(text);
      },
    ),
    { numRuns: 500 },
  );
});
