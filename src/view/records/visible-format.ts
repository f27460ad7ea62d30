import { ByteSink } from './byte-sink.js';
import type { RecordFormat } from './record-format.js';
import { visibleText } from './visible-text.js';

const TAB = 0x09;
const NEWLINE = 0x0a;

/**
 * `format` for a terminal: what could drive it is shown instead, as `visibleText` does. Line breaks and
 * tabs stay. (`pretty` escapes its data itself, and has colours that must stay.)
 */
export function visibleFormat(format: RecordFormat): RecordFormat {
  if (format.isSafe) return format;
  const written = new ByteSink();
  return {
    ...format,
    write(record, out) {
      written.reset();
      format.write(record, written);
      appendVisible(written.view(), out);
    },
  };
}

function appendVisible(bytes: Uint8Array, out: ByteSink): void {
  let from = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== undefined && byte !== TAB && byte !== NEWLINE) continue;
    if (at > from) out.appendUtf8(visibleText(bytes.subarray(from, at)));
    if (byte !== undefined) out.appendByte(byte);
    from = at + 1;
  }
}
