import { expect, test } from '@jest/globals';
import { escapeLines, escapeText } from '../../src/view/escape.js';

test.each([
  ['plain text, ünïcödé, 日本, 🙂', 'plain text, ünïcödé, 日本, 🙂'],
  ['\u001b[2J', '\\e[2J'],
  ['a\rb\nc\td\0', 'a\\rb\\nc\\td\\0'],
  ['\u0007\u007f\u009b31m', '\\x07\\x7f\\x9b31m'],
  ['\u202egpj.exe\u2066', '\\u202egpj.exe\\u2066'],
  ['\u2028\ufeff', '\\u2028\\ufeff'],
  ['\ud800x', '\\ud800x'],
])('%j is shown as %j', (text, shown) => {
  expect(escapeText(text)).toBe(shown);
});

test('lines stay lines', () => {
  expect(escapeLines('one\n\u001btwo\r\n')).toBe('one\n\\etwo\\r\n');
});
