import { expect, test } from '@jest/globals';
import { PLAIN_PALETTE } from '../../../src/view/palette.js';
import { openRecordFormat } from '../../../src/view/records/open-format.js';
import { RECORD_FORMATS } from '../../../src/view/records/record-format.js';
import { written } from './printing.js';

const look = { keySeparator: Buffer.from(':'), palette: PLAIN_PALETTE };

test('every name opens a format of its own', () => {
  const texts = RECORD_FORMATS.map((name) =>
    written(openRecordFormat(name, look), { key: 'k', value: 'v' }),
  );
  expect(new Set(texts).size).toBe(RECORD_FORMATS.length);
  expect(texts[RECORD_FORMATS.indexOf('kv')]).toBe('k:v');
});

test('a template opens too', () => {
  expect(written(openRecordFormat([{ source: 'offset', filters: [] }], look), {})).toBe('12');
});
