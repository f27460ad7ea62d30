/**
 * CSV with a header row: every row becomes a JSON object of strings. Rows are found by lines and
 * quotes here rather than by a CSV library, so that a refused row is put aside whole, the next row is
 * not lost with it, and bytes that are not UTF-8 are refused instead of replaced.
 */
import { isUtf8 } from 'node:buffer';
import type { CoreError } from '../../core/errors.js';
import { didYouMean } from '../grammar/guess.js';
import { invalidArgument } from '../grammar/invalid-argument.js';
import { isQuoteOpen, parseCsvRow } from './csv-row.js';
import { DelimitedRecords } from './delimited-records.js';
import { invalidInput, placeOf, recordTooLarge } from './input-error.js';
import type { FramerOptions, RecordFramer, RecordSink } from './record-input.js';

export interface CsvOptions extends FramerOptions {
  /** The column whose text is the key too, if there is one. */
  readonly keyField: string | undefined;
}

const NEWLINE = Buffer.from('\n');
const CARRIAGE_RETURN = 0x0d;
const UTF8_BOM = '\ufeff';

/** In CSV each quote of a field is two; the rest is for commas and the quotes around fields. */
const MAX_EXPANSION = 2;
const OVERHEAD_BYTES = 64 * 1024;

export class CsvRecords implements RecordFramer {
  readonly #options: CsvOptions;
  readonly #sink: RecordSink;
  readonly #lines: DelimitedRecords;
  readonly #maxRowBytes: number;
  /** The lines so far of a row whose quoted field goes over a line end. */
  #openRow: Buffer[] = [];
  #openRowBytes = 0;
  #firstLine = 1;
  /** `"name":` of every column, ready to be written; undefined until the header row was read. */
  #labels: string[] | undefined;
  #keyIndex = -1;

  constructor(options: CsvOptions, sink: RecordSink) {
    this.#options = options;
    this.#sink = sink;
    this.#maxRowBytes = MAX_EXPANSION * options.maxRecordBytes + OVERHEAD_BYTES;
    const badInput = {
      // A line that is too long ends the row that it belongs to.
      refuse: (error: CoreError) => {
        options.badInput.refuse(error);
        for (const line of this.#takeOpenRow()) options.badInput.keep(line);
      },
      keep: (raw: Buffer) => options.badInput.keep(raw),
    };
    const spans = { ...options, badInput, delimiter: NEWLINE, maxSpanBytes: this.#maxRowBytes };
    this.#lines = new DelimitedRecords(spans, (bytes, start, end) => {
      this.#takeLine(bytes, start, end);
    });
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  end(): void {
    this.#lines.end();
    if (this.#openRow.length === 0) return;
    const row = Buffer.concat(this.#takeOpenRow());
    this.#options.badInput.refuse(this.#invalid('a quote is never closed', row));
    this.#options.badInput.keep(row);
  }

  #takeLine(bytes: Buffer, start: number, end: number): void {
    const wasOpen = this.#openRow.length > 0;
    if (!wasOpen) this.#firstLine = this.#lines.recordNumber;
    const isOpen = isQuoteOpen(bytes, start, end, wasOpen);
    if (!wasOpen && !isOpen) {
      this.#takeRow(bytes, start, end);
      return;
    }
    this.#openRow.push(Buffer.from(bytes.subarray(start, end)));
    this.#openRowBytes += end - start + NEWLINE.length;
    if (isOpen && this.#openRowBytes <= this.#maxRowBytes) {
      this.#openRow.push(this.#lines.delimiter);
      return;
    }
    const row = Buffer.concat(this.#takeOpenRow());
    if (isOpen || row.length > this.#maxRowBytes) this.#refuseLarge(row, 0, row.length);
    else this.#takeRow(row, 0, row.length);
  }

  #takeRow(bytes: Buffer, start: number, lineEnd: number): void {
    const end = lineEnd > start && bytes[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd;
    // As every reader of CSV does, an empty line is passed over.
    if (end === start) return;
    const row = bytes.toString('utf8', start, end);
    const fields = isUtf8(bytes.subarray(start, end)) ? parseCsvRow(row) : 'not UTF-8';
    if (this.#labels === undefined) {
      this.#labels = this.#readHeader(fields, row);
      return;
    }
    const width = this.#labels.length;
    if (typeof fields === 'string') {
      this.#refuse(fields, bytes, start, lineEnd);
    } else if (fields.length !== width) {
      this.#refuse(`${fields.length} fields where the header has ${width}`, bytes, start, lineEnd);
    } else {
      const members = this.#labels.map((label, index) => label + JSON.stringify(fields[index]));
      const value = Buffer.from(`{${members.join(',')}}`);
      const key = this.#keyIndex === -1 ? null : Buffer.from(fields[this.#keyIndex] ?? '');
      const isTooLarge = value.length + (key?.length ?? 0) > this.#options.maxRecordBytes;
      if (isTooLarge) this.#refuseLarge(bytes, start, lineEnd);
      else
        this.#sink.append({ key, value, headers: [], timestamp: undefined, partition: undefined });
    }
  }

  /** A header that is wrong always ends the reading: without it no row has a meaning. */
  #readHeader(fields: string[] | string, row: string): string[] {
    if (typeof fields === 'string') throw this.#invalid(`the header: ${fields}`, Buffer.from(row));
    const [first = '', ...rest] = fields;
    const names = [first.startsWith(UTF8_BOM) ? first.slice(1) : first, ...rest];
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw this.#invalid(`the header names ${JSON.stringify(twice)} twice`, Buffer.from(row));
    }
    const { keyField } = this.#options;
    if (keyField !== undefined) {
      this.#keyIndex = names.indexOf(keyField);
      if (this.#keyIndex === -1) {
        const message = `the header has no field ${JSON.stringify(keyField)}`;
        throw invalidArgument(message, didYouMean(keyField, names));
      }
    }
    return names.map((name) => `${JSON.stringify(name)}:`);
  }

  #takeOpenRow(): Buffer[] {
    const lines = this.#openRow;
    this.#openRow = [];
    this.#openRowBytes = 0;
    return lines;
  }

  #invalid(reason: string, raw: Buffer): CoreError {
    return invalidInput(placeOf(this.#options, 'line', this.#firstLine), reason, raw);
  }

  #refuse(reason: string, bytes: Buffer, start: number, end: number): void {
    this.#options.badInput.refuse(this.#invalid(reason, bytes.subarray(start, end)));
    this.#lines.keep(bytes, start, end);
  }

  #refuseLarge(bytes: Buffer, start: number, end: number): void {
    const place = placeOf(this.#options, 'line', this.#firstLine);
    this.#options.badInput.refuse(recordTooLarge(place, this.#options.maxRecordBytes));
    this.#lines.keep(bytes, start, end);
  }
}
