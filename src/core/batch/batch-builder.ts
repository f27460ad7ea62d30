/**
 * Builds a record batch in memory: records are encoded as they come, behind room for the header, so a
 * plain batch is finished by filling the header in. The format: format.ts.
 */
import { sizeOfVarint, sizeOfVarlong, writeVarint, writeVarlong } from '../bytes/varint.js';
import { assert } from '../assert.js';
import { CoreError } from '../errors.js';
import type { BatchFields } from './batch-fields.js';
import { attributesOf, writeHeader } from './batch-fields.js';
import { loadCodec } from './codecs.js';
import type { CompressionType } from './compression.js';
import { compressionLevel } from './compression.js';
import {
  HEADER_BYTES,
  MAX_BATCH_BYTES,
  MAX_RECORD_OVERHEAD_BYTES,
  NO_TIMESTAMP,
  NULL_LENGTH,
} from './format.js';
import type { RecordHeader } from './record.js';
import { stampCrc } from './stamp.js';

export interface BatchBuilderOptions {
  /** Size of a full batch before compression, with its header. One larger record still fits alone. */
  readonly capacityBytes: number;
  readonly compression: CompressionType;
  readonly level?: number;
  /**
   * Memory to build in. Where the ranges given to `appendRange` lie in the same ArrayBuffer they are
   * moved by `copyWithin`, which takes a third of the time of a copy between two of them.
   */
  readonly memory?: Buffer;
}

const NO_HEADERS: readonly RecordHeader[] = [];
const LENGTH_VARINT_BYTES_MAX = 5;
/** Up to here a loop is faster than a call into the engine. */
const LOOP_COPY_BYTES = 24;

export class RecordBatchBuilder {
  readonly capacityBytes: number;
  readonly compression: CompressionType;
  readonly #level: number;
  readonly #home: Buffer;
  #buffer: Buffer;
  /** The whole ArrayBuffer that `#buffer` lies in, for `copyWithin`. */
  #whole: Uint8Array;
  #source: Uint8Array | undefined;
  /** Where `#source` begins in `#whole`, or -1 if it lies elsewhere. */
  #sourceAt = -1;
  #end = HEADER_BYTES;
  #count = 0;
  #nextDelta = 0;
  #baseTimestamp = NO_TIMESTAMP;
  #isBaseGiven = false;
  #maxTimestamp = NO_TIMESTAMP;

  constructor(options: BatchBuilderOptions) {
    this.capacityBytes = options.capacityBytes;
    this.compression = options.compression;
    this.#level = compressionLevel(options.compression, options.level);
    this.#home =
      options.memory ?? Buffer.allocUnsafeSlow(Math.max(options.capacityBytes, HEADER_BYTES));
    assert(this.#home.length >= HEADER_BYTES, 'the memory of a builder holds a header');
    this.#buffer = this.#home;
    this.#whole = new Uint8Array(this.#home.buffer);
  }

  /** The most that a record can take; `headersBytes` as of `headersSizeBytes`. Lengths may be -1. */
  static maxRecordBytes(keyLength: number, valueLength: number, headersBytes: number): number {
    return (
      MAX_RECORD_OVERHEAD_BYTES + Math.max(0, keyLength) + Math.max(0, valueLength) + headersBytes
    );
  }

  get recordCount(): number {
    return this.#count;
  }

  /** Before compression, with the header. */
  get sizeBytes(): number {
    return this.#end;
  }

  /** Whether a record surely stays within the capacity. The first one always has room. */
  hasRoomFor(keyLength: number, valueLength: number, headersBytes: number): boolean {
    if (this.#count === 0) return true;
    const recordBytes = RecordBatchBuilder.maxRecordBytes(keyLength, valueLength, headersBytes);
    return this.#end + recordBytes <= this.capacityBytes;
  }

  /**
   * Copies one record in. `timestamp` is in ms since the epoch, -1 for none (INVALID_TIMESTAMP for
   * other negatives). MESSAGE_TOO_LARGE beyond what any batch can hold.
   */
  append(
    timestamp: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[] = NO_HEADERS,
  ): void {
    const keyLength = key === null ? NULL_LENGTH : key.length;
    const valueLength = value === null ? NULL_LENGTH : value.length;
    const headersBytes = sizeOfVarint(headers.length) + headersSizeBytes(headers);
    let at = this.#begin(timestamp, keyLength, valueLength, headersBytes);
    at = writeVarint(this.#buffer, at, keyLength);
    if (key !== null) at = this.#write(at, key);
    at = writeVarint(this.#buffer, at, valueLength);
    if (value !== null) at = this.#write(at, value);
    at = writeVarint(this.#buffer, at, headers.length);
    for (const header of headers) {
      at = writeVarint(this.#buffer, at, header.key.length);
      at = this.#write(at, header.key);
      at = writeVarint(this.#buffer, at, header.value === null ? NULL_LENGTH : header.value.length);
      if (header.value !== null) at = this.#write(at, header.value);
    }
    this.#finish(at, timestamp);
  }

  /**
   * The same for ranges of `source` and no headers; a length of -1 is null. The hot path: it allocates
   * nothing.
   */
  appendRange(
    timestamp: number,
    source: Uint8Array,
    keyAt: number,
    keyLength: number,
    valueAt: number,
    valueLength: number,
  ): void {
    let at = this.#begin(timestamp, keyLength, valueLength, 1);
    if (source !== this.#source) this.#useSource(source);
    at = writeVarint(this.#buffer, at, keyLength);
    if (keyLength > 0) at = this.#copy(at, source, keyAt, keyLength);
    at = writeVarint(this.#buffer, at, valueLength);
    if (valueLength > 0) at = this.#copy(at, source, valueAt, valueLength);
    this.#buffer[at++] = 0;
    this.#finish(at, timestamp);
  }

  /** Leaves a gap: the next record gets this offset delta. Compaction keeps the offsets of records. */
  skipTo(offsetDelta: number): void {
    assert(offsetDelta >= this.#nextDelta, 'offset deltas rise');
    this.#nextDelta = offsetDelta;
  }

  /**
   * The finished batch, its CRC included. Without compression a view of the builder's memory, valid
   * until `reset` or `append`; with it, memory of its own. What is not given is that of a new batch
   * without a producer: base offset 0, no leader epoch, times and deltas from the records. A batch
   * without records needs `lastOffsetDelta`, and is what compaction leaves of one that it emptied.
   */
  build(fields: BatchFields = {}): Buffer {
    const isEmpty = this.#count === 0;
    assert(!isEmpty || fields.lastOffsetDelta !== undefined, 'an empty batch says what it spans');
    assert(
      !fields.hasDeleteHorizon || this.#isBaseGiven,
      'a delete horizon is the base of the times',
    );
    const compression = isEmpty ? 'none' : this.compression;
    const batch =
      compression === 'none' ? this.#buffer.subarray(0, this.#end) : this.#compress(compression);
    const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
    writeHeader(view, {
      sizeBytes: batch.length,
      attributes: attributesOf(compression, fields),
      baseOffset: fields.baseOffset ?? 0,
      lastOffsetDelta: fields.lastOffsetDelta ?? this.#nextDelta - 1,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: fields.maxTimestamp ?? this.#maxTimestamp,
      recordsCount: this.#count,
      fields,
    });
    stampCrc(batch, view, 0);
    return batch;
  }

  /**
   * Begins a new batch in the same memory. Timestamps are stored relative to the first record's, or
   * to `baseTimestamp` if one is given (a delete horizon).
   */
  reset(baseTimestamp?: number): void {
    if (this.#buffer !== this.#home) this.#adopt(this.#home);
    this.#end = HEADER_BYTES;
    this.#count = 0;
    this.#nextDelta = 0;
    this.#isBaseGiven = baseTimestamp !== undefined;
    this.#baseTimestamp = baseTimestamp ?? NO_TIMESTAMP;
    this.#maxTimestamp = NO_TIMESTAMP;
  }

  /** Makes room and writes what stands before the key. Changes nothing that a failure must undo. */
  #begin(timestamp: number, keyLength: number, valueLength: number, headersBytes: number): number {
    const isFirst = this.#count === 0 && !this.#isBaseGiven;
    const timestampDelta = isFirst ? 0 : timestamp - this.#baseTimestamp;
    if (timestamp < NO_TIMESTAMP || !Number.isSafeInteger(timestamp) || !isDelta(timestampDelta)) {
      throw invalidTimestamp(timestamp);
    }
    const bodyBytes =
      1 +
      sizeOfVarlong(timestampDelta) +
      sizeOfVarint(this.#nextDelta) +
      sizeOfVarint(keyLength) +
      (keyLength > 0 ? keyLength : 0) +
      sizeOfVarint(valueLength) +
      (valueLength > 0 ? valueLength : 0) +
      headersBytes;
    const end = this.#end + LENGTH_VARINT_BYTES_MAX + bodyBytes;
    if (end > this.#buffer.length) this.#grow(end);
    let at = writeVarint(this.#buffer, this.#end, bodyBytes);
    this.#buffer[at++] = 0;
    at = writeVarlong(this.#buffer, at, timestampDelta);
    return writeVarint(this.#buffer, at, this.#nextDelta);
  }

  #finish(at: number, timestamp: number): void {
    if (this.#count === 0 && !this.#isBaseGiven) this.#baseTimestamp = timestamp;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    this.#count++;
    this.#nextDelta++;
    this.#end = at;
  }

  #write(at: number, bytes: Uint8Array): number {
    this.#buffer.set(bytes, at);
    return at + bytes.length;
  }

  #copy(at: number, source: Uint8Array, from: number, length: number): number {
    assert(from >= 0 && from + length <= source.length, 'the range lies in its source');
    if (length <= LOOP_COPY_BYTES) {
      const buffer = this.#buffer;
      for (let i = 0; i < length; i++) buffer[at + i] = source[from + i] as number;
    } else if (this.#sourceAt >= 0) {
      const start = this.#sourceAt + from;
      this.#whole.copyWithin(this.#buffer.byteOffset + at, start, start + length);
    } else {
      this.#buffer.set(source.subarray(from, from + length), at);
    }
    return at + length;
  }

  #useSource(source: Uint8Array): void {
    this.#source = source;
    this.#sourceAt = source.buffer === this.#whole.buffer ? source.byteOffset : -1;
  }

  /** Doubling, so that many appends cost as much as one copy of the result. */
  #grow(neededBytes: number): void {
    if (neededBytes > MAX_BATCH_BYTES) {
      throw new CoreError('MESSAGE_TOO_LARGE', `no batch can hold ${neededBytes} bytes`, {
        details: { sizeBytes: neededBytes, limitBytes: MAX_BATCH_BYTES },
      });
    }
    const larger = Buffer.allocUnsafeSlow(
      Math.min(MAX_BATCH_BYTES, Math.max(neededBytes, this.#buffer.length * 2)),
    );
    this.#buffer.copy(larger, HEADER_BYTES, HEADER_BYTES, this.#end);
    this.#adopt(larger);
  }

  #adopt(buffer: Buffer): void {
    this.#buffer = buffer;
    this.#whole = new Uint8Array(buffer.buffer);
    this.#source = undefined;
  }

  #compress(type: Exclude<CompressionType, 'none'>): Buffer {
    const records = this.#buffer.subarray(HEADER_BYTES, this.#end);
    const payload = loadCodec(type).compress(records, this.#level);
    const batch = Buffer.allocUnsafeSlow(HEADER_BYTES + payload.length);
    batch.set(payload, HEADER_BYTES);
    return batch;
  }
}

/** Encoded size of a record's headers, without their count. */
export function headersSizeBytes(headers: readonly RecordHeader[]): number {
  let bytes = 0;
  for (const { key, value } of headers) {
    const valueLength = value === null ? NULL_LENGTH : value.length;
    bytes += sizeOfVarint(key.length) + key.length;
    bytes += sizeOfVarint(valueLength) + Math.max(0, valueLength);
  }
  return bytes;
}

/** A delta outside the safe integers could be written, and read by nobody here. */
function isDelta(value: number): boolean {
  return Number.isSafeInteger(value);
}

function invalidTimestamp(timestamp: number): CoreError {
  return new CoreError('INVALID_TIMESTAMP', `${timestamp} is not a timestamp`, {
    details: { timestamp },
  });
}
