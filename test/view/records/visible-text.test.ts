import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { visibleText } from '../../../src/view/records/visible-text.js';

test.each([
  ['plain é 日本 😀', 'plain é 日本 😀'],
  ['a\nb\rc\td\0', 'a\\nb\\rc\\td\\0'],
  ['\x1b[2J\x7f', '\\e[2J\\x7f'],
  ['\u0085\u009b', '\\x85\\x9b'],
  ['\u202ertl\u2066', '\\u202ertl\\u2066'],
])('%j is shown as %s', (text, expected) => {
  expect(visibleText(Buffer.from(text))).toBe(expected);
});

test('bytes that are no UTF-8 are shown as numbers, the text around them as text', () => {
  expect(visibleText(Buffer.from('61ffc3a980e697a5e697f09f98801b', 'hex'))).toBe(
    'a\\xffé\\x80日\\xe6\\x97😀\\e',
  );
});

test('no bytes whatever drive the terminal', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(visibleText(bytes)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}]/u);
    }),
  );
});
