import { didYouMean } from '../grammar/guess.js';
import { invalidArgument, quoted } from '../grammar/invalid-argument.js';
import { CsvRecords } from './csv-records.js';
import { base64Records, hexRecords } from './encoded-records.js';
import { envelopeRecords } from './envelope-records.js';
import { LengthRecords } from './length-records.js';
import { keyedLineRecords, lineRecords } from './line-records.js';
import type { FramerOptions, RecordFramer, RecordSink } from './record-input.js';
import { WholeRecord } from './whole-record.js';

export const INPUT_FORMATS = ['lines', 'kv', 'json', 'hex', 'base64', 'length', 'csv'] as const;

export type InputFormat = (typeof INPUT_FORMATS)[number];

export interface InputOptions extends FramerOptions {
  /** `whole`: all of the input is one record. */
  readonly format: InputFormat | 'whole';
  /** What ends a record of `lines`, `kv`, `hex` and `base64`. */
  readonly delimiter: Buffer;
  /** What ends the key of `kv`. */
  readonly keySeparator: Buffer;
  /** The column of `csv` that is the key. */
  readonly keyField: string | undefined;
}

export function parseInputFormat(text: string): InputFormat {
  const format = INPUT_FORMATS.find((name) => name === text);
  if (format !== undefined) return format;
  throw invalidArgument(`${quoted(text)} is not an input format`, didYouMean(text, INPUT_FORMATS));
}

/** A framer for one input: every FILE needs its own, since no record goes on in the next file. */
export function openRecordFramer(options: InputOptions, sink: RecordSink): RecordFramer {
  switch (options.format) {
    case 'lines':
      return lineRecords(delimited(options), sink);
    case 'kv':
      return keyedLineRecords(delimited(options), sink);
    case 'hex':
      return hexRecords(delimited(options), sink);
    case 'base64':
      return base64Records(delimited(options), sink);
    case 'json':
      return envelopeRecords(options, sink);
    case 'length':
      return new LengthRecords(options, sink);
    case 'csv':
      return new CsvRecords(options, sink);
    case 'whole':
      return new WholeRecord(options, sink);
  }
}

function delimited(options: InputOptions): InputOptions {
  if (options.delimiter.length > 0) return options;
  throw invalidArgument(
    'an empty delimiter ends no record',
    'did you mean --whole, which makes each file one record?',
  );
}
