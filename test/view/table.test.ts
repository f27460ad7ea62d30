import { describe, expect, test } from '@jest/globals';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { loadPalette } from '../../src/view/palette.js';
import { table } from '../../src/view/table.js';

const COLUMNS = [{ name: 'topic' }, { name: 'records', align: 'right' }, { name: 'note' }] as const;
const ROWS = [
  ['orders', '1,234', 'the first of them'],
  ['x', '5', ''],
];

test('has no borders, capital headers, numbers to the right, no blanks at the end', () => {
  expect(table(COLUMNS, ROWS, PLAIN_LOOK)).toBe(
    'TOPIC   RECORDS  NOTE\norders    1,234  the first of them\nx             5\n',
  );
});

test('without rows it is the header', () => {
  expect(table(COLUMNS, [], PLAIN_LOOK)).toBe('TOPIC  RECORDS  NOTE\n');
});

test('cells cannot drive the terminal', () => {
  expect(table([{ name: 'a' }], [['\u001b[31mred\n2']], PLAIN_LOOK)).toBe('A\n\\e[31mred\\n2\n');
});

describe('a terminal', () => {
  const long = [['a-very-long-topic-name-indeed', '1,234', 'short']];

  test('cuts the widest column with an ellipsis, and only as far as needed', () => {
    const lines = table(COLUMNS, long, { ...PLAIN_LOOK, width: 30 }).split('\n');
    expect(lines[1]).toBe('a-very-long-t…    1,234  short');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(30);
  });

  test('never cuts a number', () => {
    expect(table(COLUMNS, long, { ...PLAIN_LOOK, width: 10 })).toContain(' 1,234 ');
  });

  test('cuts nothing that fits', () => {
    expect(table(COLUMNS, long, { ...PLAIN_LOOK, width: 80 })).toContain('topic-name-indeed');
  });

  test('gets the header in bold where it has colour', async () => {
    const palette = await loadPalette(true);
    expect(table([{ name: 'a' }], [['b']], { width: undefined, palette })).toBe(
      '\u001b[1mA\u001b[22m\nb\n',
    );
  });
});

test('elsewhere nothing is ever cut, however long', () => {
  const name = 'n'.repeat(500);
  expect(table([{ name: 'a' }, { name: 'b' }], [[name, name]], PLAIN_LOOK)).toContain(
    `${name}  ${name}\n`,
  );
});
