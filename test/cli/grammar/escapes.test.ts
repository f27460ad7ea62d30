import { expect, test } from '@jest/globals';
import { decodeEscapes } from '../../../src/cli/grammar/escapes.js';

test.each([
  ['', ''],
  [',', '2c'],
  ['\\t', '09'],
  ['\\n', '0a'],
  ['\\r\\n', '0d0a'],
  ['\\0', '00'],
  ['\\\\', '5c'],
  ['\\\\n', '5c6e'],
  ['\\x1f', '1f'],
  ['\\xFFa', 'ff61'],
  ['é\\tü', 'c3a909c3bc'],
])('%j means the bytes %s', (text, hex) => {
  expect(decodeEscapes(text).toString('hex')).toBe(hex);
});

test.each(['\\', 'a\\', '\\q', '\\x', '\\x1', '\\xg0', '\\u0041'])('%j is refused', (text) => {
  expect(() => decodeEscapes(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
