/**
 * Values with their length before them, any bytes, no delimiter:
 *
 *   at  bytes   field
 *   0   4       length of the value, signed, big-endian; -1 is a tombstone, without a value
 *   4   length  value
 */
import { invalidInput, placeOf, recordTooLarge } from './input-error.js';
import type { FramerOptions, RecordFramer, RecordSink } from './record-input.js';

const PREFIX_BYTES = 4;

const NO_BYTES = Buffer.alloc(0);

export class LengthRecords implements RecordFramer {
  readonly #options: FramerOptions;
  readonly #sink: RecordSink;
  /** The beginning of a record that the last chunk left unfinished, its prefix included. */
  #carry = NO_BYTES;
  #carryLength = 0;
  /** How many bytes of a refused value are still to come. */
  #skipBytes = 0;
  #count = 0;

  constructor(options: FramerOptions, sink: RecordSink) {
    this.#options = options;
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skipBytes > 0) at = this.#skip(chunk, at);
      else if (this.#carryLength > 0) at = this.#fillCarry(chunk, at);
      else at = this.#emitInPlace(chunk, at);
    }
  }

  end(): void {
    const missing = this.#carryLength > 0 ? this.#missingBytes() : this.#skipBytes;
    if (missing === 0) return;
    const raw = this.#carry.subarray(0, this.#carryLength);
    const isPrefix = this.#carryLength < PREFIX_BYTES && this.#skipBytes === 0;
    const what = isPrefix ? 'its length' : 'the value';
    throw invalidInput(
      this.#place(),
      `the input ends ${missing} bytes before the end of ${what}`,
      raw,
    );
  }

  /** Gives away the record at `at`, or carries what there is of it. Returns what is behind it. */
  #emitInPlace(chunk: Buffer, at: number): number {
    if (chunk.length - at < PREFIX_BYTES) return this.#carryRest(chunk, at, PREFIX_BYTES);
    const length = this.#checkedLength(chunk, at);
    const valueAt = at + PREFIX_BYTES;
    if (this.#skipBytes > 0) return valueAt;
    const end = valueAt + Math.max(0, length);
    if (end > chunk.length) return this.#carryRest(chunk, at, end - at);
    this.#count++;
    this.#sink.appendRange(chunk, 0, -1, valueAt, length);
    return end;
  }

  #fillCarry(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#missingBytes());
    chunk.copy(this.#carry, this.#carryLength, at, end);
    this.#carryLength += end - at;
    if (this.#carryLength < PREFIX_BYTES || this.#missingBytes() > 0) {
      if (this.#carryLength === PREFIX_BYTES) this.#reserve(this.#carry);
      return end;
    }
    const whole = this.#carry.subarray(0, this.#carryLength);
    this.#carryLength = 0;
    this.#emitInPlace(whole, 0);
    return end;
  }

  /** Of the carried record: to the end of its prefix, or of its value once the length is known. */
  #missingBytes(): number {
    if (this.#carryLength < PREFIX_BYTES) return PREFIX_BYTES - this.#carryLength;
    const length = this.#carry.readInt32BE(0);
    // A length that will be refused needs no value.
    if (length < 0 || length > this.#options.maxRecordBytes) return 0;
    return PREFIX_BYTES + length - this.#carryLength;
  }

  #carryRest(chunk: Buffer, at: number, sizeBytes: number): number {
    if (this.#carry.length < sizeBytes) this.#carry = Buffer.allocUnsafe(sizeBytes);
    this.#carryLength = chunk.copy(this.#carry, 0, at);
    return chunk.length;
  }

  /** Room for the whole record whose prefix has just become complete. */
  #reserve(prefix: Buffer): void {
    const sizeBytes = PREFIX_BYTES + prefix.readInt32BE(0);
    if (prefix.length >= sizeBytes) return;
    this.#carry = Buffer.allocUnsafe(sizeBytes);
    prefix.copy(this.#carry, 0, 0, PREFIX_BYTES);
  }

  #checkedLength(bytes: Buffer, at: number): number {
    const length = bytes.readInt32BE(at);
    if (length < -1) {
      // What follows has no meaning any more, so there is no going on behind it.
      const raw = bytes.subarray(at, at + PREFIX_BYTES);
      throw invalidInput(
        this.#place(),
        `its length is ${length}`,
        raw,
        'is the input in this format at all?',
      );
    }
    if (length > this.#options.maxRecordBytes) {
      this.#options.badInput.refuse(recordTooLarge(this.#place(), this.#options.maxRecordBytes));
      this.#options.badInput.keep(bytes.subarray(at, at + PREFIX_BYTES));
      this.#count++;
      this.#skipBytes = length;
    }
    return length;
  }

  #skip(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#skipBytes);
    this.#options.badInput.keep(chunk.subarray(at, end));
    this.#skipBytes -= end - at;
    return end;
  }

  #place(): ReturnType<typeof placeOf> {
    return placeOf(this.#options, 'record', this.#count + 1);
  }
}
