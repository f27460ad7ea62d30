import { describe, expect, test } from '@jest/globals';
import {
  base64Format,
  hexFormat,
  keyValueFormat,
  lengthFormat,
  noFormat,
  valueFormat,
  viewBuffer,
} from '../../../src/view/records/plain-formats.js';
import { written } from './printing.js';

const kvFormat = keyValueFormat(Buffer.from(': '));
const bytes = Buffer.of(0, 0xff, 0x0a);

describe('each format writes', () => {
  test.each([
    ['value', valueFormat, { value: bytes }, '\0\xff\n'],
    ['value', valueFormat, { key: 'k', value: null }, ''],
    ['kv', kvFormat, { key: 'k', value: bytes }, 'k: \0\xff\n'],
    ['kv', kvFormat, { key: null, value: null }, ': '],
    ['hex', hexFormat, { value: bytes }, '00ff0a'],
    ['hex', hexFormat, { value: null }, ''],
    ['base64', base64Format, { value: bytes }, 'AP8K'],
    ['base64', base64Format, { value: 'a' }, 'YQ=='],
    ['length', lengthFormat, { value: bytes }, '\0\0\0\x03\0\xff\n'],
    ['length', lengthFormat, { value: '' }, '\0\0\0\0'],
    ['length', lengthFormat, { value: null }, '\xff\xff\xff\xff'],
    ['none', noFormat, { value: bytes }, ''],
  ])('%s of %j', (_name, format, parts, expected) => {
    expect(written(format, parts)).toBe(expected);
  });
});

test('a view of a part of a buffer is written as that part', () => {
  const part = Buffer.from('abcdef').subarray(2, 4);
  expect(written(base64Format, { value: part })).toBe('Y2Q=');
  expect(viewBuffer(part).equals(part)).toBe(true);
});
