/** The port between records and the bytes of an output: one format, one record at a time. */
import type { LogRecord } from '../../core/batch/record.js';
import type { ByteSink } from './byte-sink.js';

export const RECORD_FORMATS = [
  'value', 'pretty', 'json', 'kv', 'hex', 'base64', 'length', 'none',
] as const; // prettier-ignore

export type RecordFormatName = (typeof RECORD_FORMATS)[number];

/** A record and where it came from. Its bytes need to be valid only while it is written. */
export interface OutputRecord extends LogRecord {
  readonly topic: string;
  readonly partition: number;
}

export interface RecordFormat {
  /** Whether a delimiter goes behind every record; some formats need none. */
  readonly isDelimited: boolean;
  /** Whether the bytes of a record go out as they are, so that they may hold the delimiter. */
  readonly isRaw: boolean;
  /** Whether nothing in a record can drive a terminal: its data is encoded or escaped. */
  readonly isSafe: boolean;
  /** Appends one record to `out`, without a delimiter. */
  write(record: OutputRecord, out: ByteSink): void;
}
