import { expect, test } from '@jest/globals';
import { excerptOf } from '../../../src/cli/input/input-error.js';

test.each([
  ['plain', 'plain'],
  ['é😀', 'é😀'],
  ['\x1b[31m\t\r\n\0', '\\e[31m\\t\\r\\n\\0'],
  ['\u202e\u2028', '\\u202e\\u2028'],
  ['x'.repeat(60), 'x'.repeat(60)],
  ['x'.repeat(61), `${'x'.repeat(60)}…`],
  [`${'x'.repeat(59)}é and so on`, `${'x'.repeat(59)}…`],
])('%j is shown as %j', (text, expected) => {
  expect(excerptOf(Buffer.from(text))).toBe(expected);
});

test('bytes that are not UTF-8 are shown as numbers', () => {
  expect(excerptOf(Buffer.of(0x61, 0xff, 0xc3, 0xa9, 0xc3))).toBe('a\\xffé\\xc3');
});
