import { isUtf8 } from 'node:buffer';
import { escapeText } from '../escape.js';
import { viewBuffer } from './plain-formats.js';

const LONGEST_CHARACTER_BYTES = 4;

/** Any bytes as one line that is safe on a terminal; what is not UTF-8 is shown as \xHH. */
export function visibleText(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return escapeText(viewBuffer(bytes).toString('utf8'));
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const end = characterEnd(bytes, at);
    if (end === -1) {
      text += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
      at++;
    } else {
      text += escapeText(viewBuffer(bytes.subarray(at, end)).toString('utf8'));
      at = end;
    }
  }
  return text;
}

/** Where the UTF-8 character at `at` ends, or -1 if there is none. */
function characterEnd(bytes: Uint8Array, at: number): number {
  const limit = Math.min(at + LONGEST_CHARACTER_BYTES, bytes.length);
  for (let end = at + 1; end <= limit; end++) {
    if (isUtf8(bytes.subarray(at, end))) return end;
  }
  return -1;
}
