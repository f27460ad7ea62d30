/**
 * One row of CSV as RFC 4180 has it: fields between commas; a field that begins with a quote ends
 * with one, may hold commas and line breaks, and has each of its quotes doubled. Nothing is trimmed.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;

/**
 * Whether a quoted field is still open at the end of a line, so that the row goes on in the next one.
 * `wasOpen`: whether one was open at its start.
 */
export function isQuoteOpen(line: Buffer, start: number, end: number, wasOpen: boolean): boolean {
  let isOpen = wasOpen;
  let isFieldStart = !wasOpen;
  for (let at = start; at < end; at++) {
    const byte = line[at];
    if (isOpen) {
      if (byte !== QUOTE) continue;
      if (at + 1 < end && line[at + 1] === QUOTE) at++;
      else isOpen = false;
    } else if (byte === QUOTE && isFieldStart) {
      isOpen = true;
    }
    isFieldStart = byte === COMMA && !isOpen;
  }
  return isOpen;
}

/** The fields of a row without its line end, or a sentence on why it is none. */
export function parseCsvRow(row: string): string[] | string {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let end: number;
    if (row[at] === '"') {
      const close = closingQuote(row, at);
      if (close === -1) return 'a quote is never closed';
      fields.push(row.slice(at + 1, close).replaceAll('""', '"'));
      end = close + 1;
      if (end < row.length && row[end] !== ',') return 'a closing quote is not followed by a comma';
    } else {
      end = commaOrEnd(row, at);
      const field = row.slice(at, end);
      if (field.includes('"')) return 'a quote in a field that does not begin with one';
      fields.push(field);
    }
    if (end >= row.length) return fields;
    at = end + 1;
  }
}

/** The place of the quote that closes the one at `from`, or -1. */
function closingQuote(row: string, from: number): number {
  let at = row.indexOf('"', from + 1);
  while (at !== -1 && row[at + 1] === '"') at = row.indexOf('"', at + 2);
  return at;
}

function commaOrEnd(row: string, from: number): number {
  const comma = row.indexOf(',', from);
  return comma === -1 ? row.length : comma;
}
