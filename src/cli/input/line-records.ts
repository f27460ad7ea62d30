import { invalidArgument } from '../grammar/invalid-argument.js';
import { DelimitedRecords } from './delimited-records.js';
import type { FramerOptions, RecordFramer, RecordSink } from './record-input.js';

export interface LineOptions extends FramerOptions {
  readonly delimiter: Buffer;
}

export interface KeyedLineOptions extends LineOptions {
  readonly keySeparator: Buffer;
}

/** One record a line: any bytes, an empty line is an empty value, CR is kept. */
export function lineRecords(options: LineOptions, sink: RecordSink): RecordFramer {
  const spans = { ...options, maxSpanBytes: options.maxRecordBytes };
  return new DelimitedRecords(spans, (bytes, start, end) => {
    sink.appendRange(bytes, 0, -1, start, end - start);
  });
}

/** KEY, separator, VALUE, split at the first separator. An empty key is a key of no bytes. */
export function keyedLineRecords(options: KeyedLineOptions, sink: RecordSink): RecordFramer {
  const { keySeparator: separator, delimiter } = options;
  if (separator.length === 0) throw invalidArgument('the key separator is empty');
  if (separator.includes(delimiter)) {
    throw invalidArgument('the key separator holds the delimiter, so no line could have a key');
  }
  const needle = separator.length === 1 ? separator.readUInt8(0) : separator;
  const maxSpanBytes = options.maxRecordBytes + separator.length;
  const lines = new DelimitedRecords({ ...options, maxSpanBytes }, (bytes, start, end) => {
    const keyEnd = bytes.indexOf(needle, start);
    const valueAt = keyEnd + separator.length;
    if (keyEnd === -1 || valueAt > end) {
      const name = JSON.stringify(separator.toString('latin1'));
      lines.refuse(`there is no key separator ${name}`, bytes, start, end);
      return;
    }
    sink.appendRange(bytes, start, keyEnd - start, valueAt, end - valueAt);
  });
  return lines;
}
