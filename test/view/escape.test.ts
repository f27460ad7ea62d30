import { expect, test } from '@jest/globals';
import { escapeLines, escapeText, safeJson } from '../../src/view/escape.js';

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

test('JSON holds nothing that drives a terminal, and means the same', () => {
  const value = { 'k\u202e': ['a\u001b\u007f\u009b\u2028\u2066\ufeff', 1, null] };
  const json = safeJson(value);
  expect(json).toMatch(/^[ -~]+$/);
  expect(JSON.parse(json)).toEqual(value);
  expect(safeJson({ n: 1n }, (_, each) => (typeof each === 'bigint' ? String(each) : each))).toBe(
    '{"n":"1"}',
  );
});
