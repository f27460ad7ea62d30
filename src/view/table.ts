/** Tables for people: no borders, capital headers, two spaces between columns. Not for records. */
import Table from 'cli-table3';
import { escapeText } from './escape.js';
import type { Look } from './look.js';

export interface Column {
  readonly name: string;
  readonly align?: 'left' | 'right';
}

const GAP_COLUMNS = 2;
/** A cell this narrow says nothing any more. */
const NARROWEST_COLUMNS = 6;

const NO_BORDERS = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left']
    .concat(['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((place) => [place, '']),
);

/** Cells are escaped here. Ends in a newline; cut with `…` only where the look has a width. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  look: Look,
): string {
  const head = columns.map((column) => column.name.toUpperCase());
  const cells = rows.map((row) => row.map(escapeText));
  const natural = columns.map((_, at) =>
    Math.max(...[head, ...cells].map((row) => columnsOf(row[at] ?? ''))),
  );
  const widths = look.width === undefined ? natural : fit(columns, natural, look.width);
  const isLast = (at: number): boolean => at === columns.length - 1;
  const drawn = new Table({
    chars: NO_BORDERS,
    // cli-table3 colours both, terminal or not, unless told otherwise.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP_COLUMNS },
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: widths.map((width, at) =>
      // Without a width to keep to, the last column is as wide as each of its cells.
      look.width === undefined && isLast(at) && columns[at]?.align !== 'right'
        ? null
        : width + GAP_COLUMNS,
    ),
    head,
  });
  drawn.push(...cells.map((row) => [...row]));
  const [first = '', ...rest] = drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return [look.palette.strong(first), ...rest].join('\n') + '\n';
}

/** Takes from the widest column until the table fits. Numbers stay whole: half of one is a lie. */
function fit(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, each) => sum + each, GAP_COLUMNS * (widths.length - 1)) - width;
  for (; excess > 0; excess -= 1) {
    const texts = widths.filter((_, at) => columns[at]?.align !== 'right');
    const widest = Math.max(0, ...texts);
    if (widest <= NARROWEST_COLUMNS) break;
    const at = widths.findIndex((each, i) => each === widest && columns[i]?.align !== 'right');
    widths[at] = widest - 1;
  }
  return widths;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Terminal columns of escaped text: East Asian and emoji take two, combining marks none. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (!/\p{Mark}/u.test(character)) columns += WIDE.test(character) ? 2 : 1;
  }
  return columns;
}
