import { expect, test } from '@jest/globals';
import { jsonFormat } from '../../../src/view/records/json-format.js';
import {
  keyValueFormat,
  lengthFormat,
  valueFormat,
} from '../../../src/view/records/plain-formats.js';
import { prettyFormat } from '../../../src/view/records/pretty-format.js';
import { PLAIN_PALETTE } from '../../../src/view/palette.js';
import { visibleFormat } from '../../../src/view/records/visible-format.js';
import { written } from './printing.js';

const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

test.each([
  ['plain text\twith tabs\nand lines\n', 'plain text\twith tabs\nand lines\n'],
  ['', ''],
  ['ünï 日本 🙂', 'ünï 日本 🙂'],
  ['\u001b[2J\u0007', '\\e[2J\\x07'],
  ['safe\rFAKE', 'safe\\rFAKE'],
  ['\u009b31m\u007f', '\\x9b31m\\x7f'],
  ['\u202egpj.exe\u2066', '\\u202egpj.exe\\u2066'],
])('%j on a terminal is %j', (value, shown) => {
  expect(utf8(written(visibleFormat(valueFormat), { value }))).toBe(shown);
});

test('bytes that are no text are shown, tabs and breaks between them stay', () => {
  const value = Buffer.of(0xff, 0x09, 0x9b, 0x0a, 0x41);
  expect(written(visibleFormat(valueFormat), { value })).toBe('\\xff\t\\x9b\nA');
});

test('one record after the other, each by itself', () => {
  const format = visibleFormat(keyValueFormat(Buffer.from('\t')));
  expect(written(format, { key: 'a\u001b', value: 'long value' })).toBe('a\\e\tlong value');
  expect(written(format, { key: 'b', value: '' })).toBe('b\t');
  expect(format).toMatchObject({ isDelimited: true, isRaw: true });
});

test('what is binary is shown too', () => {
  expect(written(visibleFormat(lengthFormat), { value: '\u001b' })).toBe('\\0\\0\\0\\x01\\e');
});

test('formats that are safe stay as they are', () => {
  const pretty = prettyFormat(PLAIN_PALETTE);
  expect([visibleFormat(jsonFormat), visibleFormat(pretty)]).toEqual([jsonFormat, pretty]);
});
