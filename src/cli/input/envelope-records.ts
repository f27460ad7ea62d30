import { isUtf8 } from 'node:buffer';
import { DelimitedRecords } from './delimited-records.js';
import { EnvelopeError, parseEnvelope } from './envelope.js';
import type { FramerOptions, InputRecord, RecordFramer, RecordSink } from './record-input.js';

/**
 * How much longer an envelope may be than what it holds: JSON may write each byte as `\u00XX`, and
 * the names around it take some more.
 */
const MAX_EXPANSION = 6;
const OVERHEAD_BYTES = 64 * 1024;

const NEWLINE = Buffer.from('\n');

/** One JSON object a line, as `consume -F json` writes them. */
export function envelopeRecords(options: FramerOptions, sink: RecordSink): RecordFramer {
  const maxSpanBytes = MAX_EXPANSION * options.maxRecordBytes + OVERHEAD_BYTES;
  const spans = { ...options, delimiter: NEWLINE, maxSpanBytes };
  const lines = new DelimitedRecords(spans, (bytes, start, end) => {
    let record: InputRecord;
    try {
      record = recordOf(bytes, start, end);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      lines.refuse(error.message, bytes, start, end, error.suggestion);
      return;
    }
    if (sizeOf(record) > options.maxRecordBytes) lines.refuseLarge(bytes, start, end);
    else sink.append(record);
  });
  return lines;
}

function recordOf(bytes: Buffer, start: number, end: number): InputRecord {
  if (!isUtf8(bytes.subarray(start, end))) throw new EnvelopeError('not UTF-8, so not JSON');
  return parseEnvelope(bytes.toString('utf8', start, end));
}

function sizeOf({ key, value, headers }: InputRecord): number {
  let sizeBytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const header of headers) sizeBytes += header.key.length + (header.value?.length ?? 0);
  return sizeBytes;
}
