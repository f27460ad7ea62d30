import { describe, expect, test } from '@jest/globals';
import { formatLocalTime } from '../../../src/view/numbers.js';
import { PLAIN_PALETTE } from '../../../src/view/palette.js';
import { prettyFormat } from '../../../src/view/records/pretty-format.js';
import { written, type RecordParts } from './printing.js';

const TIME = `${formatLocalTime(1_700_000_000_123)}.123`;

const lineOf = (parts: RecordParts): string => written(prettyFormat(PLAIN_PALETTE), parts);

describe('a record on one line', () => {
  test.each<[RecordParts, string]>([
    [{ key: 'k', value: 'v' }, `${TIME}  orders:2  12  k  v`],
    [{ value: '' }, `${TIME}  orders:2  12  -  `],
    [{ value: null }, `${TIME}  orders:2  12  -  (tombstone)`],
    [{ timestamp: -1, value: 'v' }, '-  orders:2  12  -  v'],
    [
      {
        value: 'v',
        headers: [
          { key: Buffer.from('n'), value: Buffer.from('w') },
          { key: Buffer.from('m'), value: null },
        ],
      },
      `${TIME}  orders:2  12  -  v  n=w  m`,
    ],
  ])('%j', (parts, expected) => {
    expect(lineOf(parts)).toBe(expected);
  });
});

test('nothing in a record reaches the terminal as a control', () => {
  const evil = Buffer.from('\x1b]0;x\x07\r\n\u009b\xff', 'utf8');
  const line = lineOf({
    topic: 'a\x1b',
    key: evil,
    value: evil,
    headers: [{ key: evil, value: evil }],
  });
  expect(Buffer.from(line, 'latin1').toString()).not.toMatch(/\p{Cc}/u);
  expect(line).toContain('\\e]0;x\\x07\\r\\n\\x9b');
});

test('colours come from the palette and stand outside the data', () => {
  const palette = { ...PLAIN_PALETTE, strong: (text: string) => `<b>${text}</b>` };
  expect(written(prettyFormat(palette), { key: 'k', value: 'v' })).toContain('  <b>k</b>  v');
});
