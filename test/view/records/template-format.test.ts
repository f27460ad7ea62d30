import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { parseTemplate } from '../../../src/cli/grammar/template.js';
import { templateFormat } from '../../../src/view/records/template-format.js';
import { written, type RecordParts } from './printing.js';

const filled = (template: string, parts: RecordParts): string =>
  written(templateFormat(parseTemplate(template)), parts);

const json = '{"user":{"id":12345678901234567890,"name":"Zo\\u00eb","tags":["a","b"],"on":null}}';
const headers = [
  { key: Buffer.from('trace'), value: Buffer.from('old') },
  { key: Buffer.from('trace'), value: Buffer.from('new') },
  { key: Buffer.from('none'), value: null },
];

describe('fields', () => {
  test.each<[string, RecordParts, string]>([
    [
      '{topic}:{partition}:{offset} {timestamp} {size}',
      { value: 'abc' },
      'orders:2:12 1700000000123 3',
    ],
    ['{key}={value}', { key: 'k', value: Buffer.of(0xff, 0x0a) }, 'k=\xff\n'],
    ['[{key}][{value}][{size}]', { value: null }, '[][][0]'],
    ['{header:trace}/{header:none}/{header:other}', { headers }, 'new//'],
    ['{value.user.id}', { value: json }, '12345678901234567890'],
    ['{value.user.name}', { value: json }, 'Zo\xc3\xab'],
    ['{value.user.tags}', { value: json }, '["a","b"]'],
    ['{value.user.tags.1}', { value: json }, 'b'],
    ['[{value.user.on}][{value.nope.x}]', { value: json }, '[][]'],
    ['[{value.user}]', { value: 'not json' }, '[]'],
    ['[{value.user}]', { value: Buffer.of(0xff) }, '[]'],
    ['{key.id}', { key: '{"id":7}' }, '7'],
    ['{{"o":{offset}}\\t\\x41\\0', {}, '{"o":12}\tA\0'],
  ])('%s', (template, parts, expected) => {
    expect(filled(template, parts)).toBe(expected);
  });
});

describe('filters', () => {
  test.each<[string, RecordParts, string]>([
    ['{value|json}', { value: 'a"\n\x7f' }, '"a\\"\\n\\u007f"'],
    ['{value|json}', { value: null }, 'null'],
    ['{value|json}', { value: Buffer.of(0xff) }, '{"b64":"/w=="}'],
    ['{value.user.name|json}', { value: json }, '"Zo\\u00eb"'],
    ['{value.user.on|json} {value.nope|json}', { value: json }, 'null null'],
    ['{value|base64}', { value: Buffer.of(0xff) }, '/w=='],
    ['{value|hex}', { value: 'az' }, '617a'],
    ['{value|hex|shell}', { value: 'az' }, "'617a'"],
    ['{offset|json} {topic|json}', {}, '12 "orders"'],
    ['{key|shell}', { key: null }, "''"],
  ])('%s', (template, parts, expected) => {
    expect(filled(template, parts)).toBe(expected);
  });

  test('shell makes one word of any bytes but NUL', () => {
    const value = Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1));
    const word = Buffer.from(filled('{value|shell}', { value }), 'latin1');
    const script = Buffer.concat([Buffer.from("printf '%s' "), word]);
    expect(execFileSync('sh', { input: script }).equals(value)).toBe(true);
  });
});
