/**
 * Cuts a byte stream at a delimiter, whatever pieces the stream arrives in. A record inside one
 * chunk is handed over in place, without a copy; only one that straddles chunks is put together in a
 * buffer of its own, which never grows beyond the limit.
 */
import { invalidInput, placeOf, recordTooLarge } from './input-error.js';
import type { FramerOptions, RecordFramer } from './record-input.js';

/** A stretch of `bytes` without its delimiter, valid only during the call. */
export type SpanSink = (bytes: Buffer, start: number, end: number) => void;

export interface DelimitedOptions extends FramerOptions {
  /** At least one byte. */
  readonly delimiter: Buffer;
  /** How long the text of one record may be; longer than maxRecordBytes for formats that encode. */
  readonly maxSpanBytes: number;
}

const FIRST_CARRY_BYTES = 4096;

const CRLF = Buffer.from('\r\n');
const NO_BYTES = Buffer.alloc(0);

export class DelimitedRecords implements RecordFramer {
  readonly #options: DelimitedOptions;
  readonly #emit: SpanSink;
  /** indexOf is faster with a number than with a buffer of one byte. */
  readonly #needle: number | Buffer;
  readonly #delimiterLength: number;
  /** The beginning of the record that the last chunk left unfinished. */
  #carry = Buffer.alloc(0);
  #carryLength = 0;
  /** Inside a record that is too long: its bytes are passed to `keep`, up to its delimiter. */
  #isSkipping = false;
  #count = 0;
  #delimiter: Buffer;

  constructor(options: DelimitedOptions, emit: SpanSink) {
    const { delimiter } = options;
    this.#options = options;
    this.#emit = emit;
    this.#delimiter = delimiter;
    this.#needle = delimiter.length === 1 ? delimiter.readUInt8(0) : delimiter;
    this.#delimiterLength = delimiter.length;
  }

  /** The number of the record that is being emitted, from 1. */
  get recordNumber(): number {
    return this.#count;
  }

  /** What ended the record that is being emitted: no bytes at the end of the input. */
  get delimiter(): Buffer {
    return this.#delimiter;
  }

  push(chunk: Buffer): void {
    let start = this.#carryLength > 0 || this.#isSkipping ? this.#finishCarried(chunk) : 0;
    if (start === -1) return;
    const limit = this.#options.maxSpanBytes;
    let end = chunk.indexOf(this.#needle, start);
    while (end !== -1) {
      this.#count++;
      if (end - start > limit) this.#refuseWhole(chunk, start, end + this.#delimiterLength);
      else this.#emit(chunk, start, end);
      start = end + this.#delimiterLength;
      end = chunk.indexOf(this.#needle, start);
    }
    this.#carryOn(chunk, start);
  }

  end(): void {
    this.#delimiter = NO_BYTES;
    if (this.#isSkipping || this.#carryLength === 0) return;
    const length = this.#carryLength;
    this.#carryLength = 0;
    this.#count++;
    if (length > this.#options.maxSpanBytes) this.#refuseWhole(this.#carry, 0, length);
    else this.#emit(this.#carry, 0, length);
  }

  /** Refuses the span that is being emitted. `reason` reads on after "line 7: ". */
  refuse(reason: string, bytes: Buffer, start: number, end: number, suggestion?: string): void {
    const raw = bytes.subarray(start, end);
    const place = placeOf(this.#options, this.#unit(), this.#count);
    this.#options.badInput.refuse(invalidInput(place, reason, raw, suggestion));
    this.keep(bytes, start, end);
  }

  /** Refuses the span that is being emitted because the record in it is too large. */
  refuseLarge(bytes: Buffer, start: number, end: number): void {
    this.#refuseLarge();
    this.keep(bytes, start, end);
  }

  /** Puts aside the refused span that is being emitted, with its delimiter. */
  keep(bytes: Buffer, start: number, end: number): void {
    this.#options.badInput.keep(bytes.subarray(start, end));
    if (this.#delimiter.length > 0) this.#options.badInput.keep(this.#delimiter);
  }

  /** Where the rest of `chunk` starts, or -1 if the carried record takes all of it. */
  #finishCarried(chunk: Buffer): number {
    const seam = this.#seamLength(chunk);
    const end = seam === undefined ? chunk.indexOf(this.#needle) : -1;
    if (seam === undefined && end === -1) {
      this.#carryOn(chunk, 0);
      return -1;
    }
    // The bytes of the chunk that belong to the record, and where the next one starts.
    const spanEnd = seam === undefined ? end : 0;
    const next = seam ?? end + this.#delimiterLength;
    if (this.#isSkipping) {
      this.#options.badInput.keep(chunk.subarray(0, next));
      this.#isSkipping = false;
      this.#carryLength = 0;
      return next;
    }
    const delimiterInCarry = seam === undefined ? 0 : this.#delimiterLength - seam;
    const length = this.#carryLength - delimiterInCarry + spanEnd;
    this.#count++;
    if (length > this.#options.maxSpanBytes) {
      this.#refuseLarge();
      this.#options.badInput.keep(this.#carry.subarray(0, this.#carryLength));
      this.#options.badInput.keep(chunk.subarray(0, next));
      this.#carryLength = 0;
      return next;
    }
    this.#append(chunk, 0, spanEnd);
    this.#carryLength = 0;
    this.#emit(this.#carry, 0, length);
    return next;
  }

  /**
   * How many bytes of `chunk` belong to a delimiter that begins in the carried bytes; undefined if
   * there is no such delimiter.
   */
  #seamLength(chunk: Buffer): number | undefined {
    const reach = this.#delimiterLength - 1;
    if (reach === 0) return undefined;
    const tailLength = Math.min(reach, this.#carryLength);
    const tail = this.#carry.subarray(this.#carryLength - tailLength, this.#carryLength);
    const found = Buffer.concat([tail, chunk.subarray(0, reach)]).indexOf(this.#needle);
    return found === -1 ? undefined : found + this.#delimiterLength - tailLength;
  }

  /** Keeps what is behind the last delimiter for the next chunk. */
  #carryOn(chunk: Buffer, start: number): void {
    const length = chunk.length - start;
    if (length === 0) return;
    const reach = this.#delimiterLength - 1;
    if (this.#isSkipping) {
      this.#options.badInput.keep(chunk.subarray(start));
    } else if (this.#carryLength + length <= this.#options.maxSpanBytes + reach) {
      this.#append(chunk, start, chunk.length);
      return;
    } else {
      this.#count++;
      this.#refuseLarge();
      this.#options.badInput.keep(this.#carry.subarray(0, this.#carryLength));
      this.#options.badInput.keep(chunk.subarray(start));
      this.#isSkipping = true;
    }
    // Only what may be the beginning of a delimiter is still of interest.
    this.#append(chunk, Math.max(start, chunk.length - reach), chunk.length);
    const surplus = Math.max(0, this.#carryLength - reach);
    this.#carry.copyWithin(0, surplus, this.#carryLength);
    this.#carryLength -= surplus;
  }

  #append(chunk: Buffer, start: number, end: number): void {
    const needed = this.#carryLength + end - start;
    if (needed > this.#carry.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#carry.length, FIRST_CARRY_BYTES));
      this.#carry.copy(grown, 0, 0, this.#carryLength);
      this.#carry = grown;
    }
    chunk.copy(this.#carry, this.#carryLength, start, end);
    this.#carryLength = needed;
  }

  #refuseWhole(bytes: Buffer, start: number, end: number): void {
    this.#refuseLarge();
    this.#options.badInput.keep(bytes.subarray(start, end));
  }

  #refuseLarge(): void {
    const place = placeOf(this.#options, this.#unit(), this.#count);
    this.#options.badInput.refuse(recordTooLarge(place, this.#options.maxRecordBytes));
  }

  #unit(): 'line' | 'record' {
    return this.#needle === 0x0a || this.#options.delimiter.equals(CRLF) ? 'line' : 'record';
  }
}
