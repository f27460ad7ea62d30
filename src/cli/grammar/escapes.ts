import { invalidArgument, quoted } from './invalid-argument.js';

const ESCAPES: Readonly<Record<string, number>> = {
  t: 0x09,
  n: 0x0a,
  r: 0x0d,
  '0': 0x00,
  '\\': 0x5c,
};

/**
 * The bytes that somebody means who types a delimiter, a separator or a template: `\t \n \r \0 \\
 * \xHH` are single bytes, everything else is its UTF-8. An unknown escape is refused.
 */
export function decodeEscapes(text: string): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (let slash = text.indexOf('\\'); slash !== -1; slash = text.indexOf('\\', at)) {
    pieces.push(Buffer.from(text.slice(at, slash)));
    const name = text[slash + 1] ?? '';
    const hex = /^x([0-9a-fA-F]{2})/.exec(text.slice(slash + 1, slash + 4))?.[1];
    const byte = hex === undefined ? ESCAPES[name] : parseInt(hex, 16);
    if (byte === undefined) {
      throw invalidArgument(
        name === ''
          ? `${quoted(text)} ends in the middle of an escape`
          : `${quoted(text)} has an unknown escape \\${name}`,
        'known are \\t \\n \\r \\0 \\\\ and \\xHH; a backslash itself is \\\\',
      );
    }
    pieces.push(Buffer.of(byte));
    at = slash + (hex === undefined ? 2 : 4);
  }
  pieces.push(Buffer.from(text.slice(at)));
  return Buffer.concat(pieces);
}
