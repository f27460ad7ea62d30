import { DelimitedRecords } from './delimited-records.js';
import type { RecordFramer, RecordSink } from './record-input.js';
import type { LineOptions } from './line-records.js';

/** One value a line in hexadecimal, in either case. An empty line is an empty value. */
export function hexRecords(options: LineOptions, sink: RecordSink): RecordFramer {
  const isHex = (text: string): boolean => text.length % 2 === 0 && !/[^0-9a-fA-F]/.test(text);
  return encodedRecords(options, sink, 'hex', 2 * options.maxRecordBytes, isHex);
}

/** One value a line in the base64 of RFC 4648, with its padding. An empty line is an empty value. */
export function base64Records(options: LineOptions, sink: RecordSink): RecordFramer {
  const maxSpanBytes = 4 * Math.ceil(options.maxRecordBytes / 3);
  return encodedRecords(options, sink, 'base64', maxSpanBytes, isBase64);
}

/** Node decodes anything; this says whether it is base64 at all. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function encodedRecords(
  options: LineOptions,
  sink: RecordSink,
  encoding: 'hex' | 'base64',
  maxSpanBytes: number,
  isEncoded: (text: string) => boolean,
): RecordFramer {
  let decoded = Buffer.alloc(0);
  const lines = new DelimitedRecords({ ...options, maxSpanBytes }, (bytes, start, end) => {
    const text = bytes.toString('latin1', start, end);
    if (!isEncoded(text)) {
      lines.refuse(`not ${encoding}`, bytes, start, end);
      return;
    }
    if (decoded.length < text.length) decoded = Buffer.allocUnsafe(2 * text.length);
    const length = decoded.write(text, 0, encoding);
    if (length > options.maxRecordBytes) lines.refuseLarge(bytes, start, end);
    else sink.appendRange(decoded, 0, -1, 0, length);
  });
  return lines;
}
