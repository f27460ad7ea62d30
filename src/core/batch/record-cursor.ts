/**
 * The records of a batch, one after the other, without an object per record: the fields of the
 * cursor are those of the current record, and its bytes are ranges of `bytes`. The format: format.ts.
 *
 * As strict as Kafka's reader: a record's length is used up exactly, the count is exact, nothing
 * follows, a header has a key. Stricter in one thing: offsets must rise within what the header says, so
 * that a reader's position can never go back.
 */
import { VarintReader } from '../bytes/varint.js';
import { CoreError } from '../errors.js';
import { checkBatchHeader, headerFaultError } from './batch-header.js';
import { loadCodec } from './codecs.js';
import { MAX_DECOMPRESSED_BYTES } from './compression.js';
import { HEADER_BYTES, MIN_RECORD_BYTES, NO_SEQUENCE, NULL_LENGTH } from './format.js';
import { RecordBatch } from './record-batch.js';
import type { LogRecord, RecordHeader } from './record.js';
import { incrementSequence } from './sequence.js';

const NOTHING = Buffer.alloc(0);

/** Reusable: `open`, then `next` until it answers false. After a throw: `open` again. */
export class RecordCursor {
  /** The header of the batch that is open. */
  readonly batch = new RecordBatch(new DataView(NOTHING.buffer, NOTHING.byteOffset, 0));

  /** Holds the current record: what was opened, or what it decompressed to. */
  bytes: Buffer = NOTHING;
  offset = -1;
  /** Milliseconds since the epoch; -1 = none. */
  timestamp = -1;
  /** -1 = none. */
  sequence = NO_SEQUENCE;
  keyAt = 0;
  /** -1 = null. */
  keyLength = NULL_LENGTH;
  valueAt = 0;
  /** -1 = null, a tombstone. */
  valueLength = NULL_LENGTH;
  /** Index of the first header, behind their count. */
  headersAt = 0;
  headerCount = 0;

  readonly #maxDecompressedBytes: number;
  readonly #reader = new VarintReader();
  #source: Buffer = NOTHING;
  #sourceView: DataView = new DataView(NOTHING.buffer, NOTHING.byteOffset, 0);
  #view: DataView = this.#sourceView;
  #recordsEnd = 0;
  #recordsLeft = 0;
  #lastDelta = -1;
  // Of the batch, so that each record does not ask the header again.
  #baseOffset = 0;
  #lastOffsetDelta = 0;
  #baseTimestamp = 0;
  #appendTimestamp = 0;
  #isAppendTime = false;
  #baseSequence = NO_SEQUENCE;

  constructor(maxDecompressedBytes = MAX_DECOMPRESSED_BYTES) {
    this.#maxDecompressedBytes = maxDecompressedBytes;
  }

  /**
   * Stands before the first record of the batch at `at`. CORRUPT_MESSAGE,
   * UNSUPPORTED_FOR_MESSAGE_FORMAT or UNSUPPORTED_COMPRESSION_TYPE (details: at, reason). The CRC is
   * the caller's business.
   */
  open(bytes: Buffer, at: number): void {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceView = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.#recordsLeft = 0;
    const fault = checkBatchHeader(this.#sourceView, at, bytes.length - at);
    if (fault) throw headerFaultError(fault, at);
    const batch = this.batch;
    batch.moveTo(at, this.#sourceView);
    this.#baseOffset = batch.baseOffset;
    this.#lastOffsetDelta = batch.lastOffsetDelta;
    this.#baseTimestamp = batch.baseTimestamp;
    this.#appendTimestamp = batch.maxTimestamp;
    this.#isAppendTime = batch.timestampType === 'LogAppendTime';
    this.#baseSequence = batch.baseSequence;
    this.#lastDelta = -1;
    this.#openRecords(at + HEADER_BYTES, at + batch.sizeBytes);
    this.#recordsLeft = batch.recordsCount;
  }

  /** Moves to the next record; false behind the last. CORRUPT_MESSAGE (details: offset, at, reason). */
  next(): boolean {
    const reader = this.#reader;
    if (this.#recordsLeft === 0) {
      if (reader.at !== this.#recordsEnd) throw this.#corrupt('bytes after the last record');
      return false;
    }
    try {
      this.#readRecord(reader);
    } catch (error) {
      this.#recordsLeft = 0;
      this.#recordsEnd = reader.at;
      throw this.#located(error);
    }
    this.#recordsLeft--;
    return true;
  }

  /** The current record in the cursor's memory, valid until `open`. */
  viewRecord(): LogRecord {
    return {
      offset: this.offset,
      timestamp: this.timestamp,
      key: this.#viewRange(this.keyAt, this.keyLength),
      value: this.#viewRange(this.valueAt, this.valueLength),
      headers: this.readHeaders(),
    };
  }

  /** The current record in memory of its own. */
  copyRecord(): LogRecord {
    const record = this.viewRecord();
    return {
      ...record,
      key: copyOf(record.key),
      value: copyOf(record.value),
      headers: record.headers.map(({ key, value }) => ({
        key: new Uint8Array(key),
        value: copyOf(value),
      })),
    };
  }

  /** The current record's headers; their bytes are in the cursor's memory, valid until `open`. */
  readHeaders(): RecordHeader[] {
    const headers: RecordHeader[] = [];
    const reader = new VarintReader();
    reader.open(this.#view, this.headersAt, this.#recordsEnd);
    for (let i = 0; i < this.headerCount; i++) {
      const keyLength = reader.readVarint();
      const key = this.bytes.subarray(reader.at, reader.at + keyLength);
      reader.at += keyLength;
      const valueLength = reader.readVarint();
      headers.push({ key, value: this.#viewRange(reader.at, valueLength) });
      if (valueLength > 0) reader.at += valueLength;
    }
    return headers;
  }

  #openRecords(from: number, to: number): void {
    const type = this.batch.compression;
    // Compaction may leave nothing at all, which is no stream of any codec.
    if (type === 'none' || (from === to && this.batch.recordsCount === 0)) {
      this.bytes = this.#source;
      this.#view = this.#sourceView;
      this.#recordsEnd = to;
      this.#reader.open(this.#view, from, to);
      return;
    }
    const limitBytes = this.#maxDecompressedBytes;
    const data = loadCodec(type).decompress(this.#source.subarray(from, to), limitBytes);
    this.bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
    this.#view = new DataView(data.buffer, data.byteOffset, data.length);
    this.#recordsEnd = data.length;
    this.#reader.open(this.#view, 0, data.length);
    if (this.batch.recordsCount > data.length / MIN_RECORD_BYTES) {
      throw this.#corrupt(`${this.batch.recordsCount} records in ${data.length} bytes`);
    }
  }

  /** Reads within the record's own end, so a wrong length inside cannot reach the next record. */
  #readRecord(reader: VarintReader): void {
    reader.end = this.#recordsEnd;
    const length = reader.readVarint();
    if (length < 0 || length > this.#recordsEnd - reader.at) {
      throw this.#corrupt(`record length ${length}`);
    }
    const end = reader.at + length;
    reader.end = end;
    reader.readByte();
    const timestampDelta = reader.readVarlong();
    this.#place(reader.readVarint(), timestampDelta);
    this.keyLength = this.#readLength(reader, NULL_LENGTH);
    this.keyAt = reader.at;
    if (this.keyLength > 0) reader.at += this.keyLength;
    this.valueLength = this.#readLength(reader, NULL_LENGTH);
    this.valueAt = reader.at;
    if (this.valueLength > 0) reader.at += this.valueLength;
    this.headerCount = reader.readVarint();
    this.headersAt = reader.at;
    if (this.headerCount !== 0) this.#skipHeaders(reader);
    if (reader.at !== end) throw this.#corrupt(`${end - reader.at} bytes left in the record`);
  }

  #place(offsetDelta: number, timestampDelta: number): void {
    if (offsetDelta <= this.#lastDelta || offsetDelta > this.#lastOffsetDelta) {
      throw this.#corrupt(`offset delta ${offsetDelta}`);
    }
    this.#lastDelta = offsetDelta;
    this.offset = this.#baseOffset + offsetDelta;
    this.timestamp = this.#isAppendTime
      ? this.#appendTimestamp
      : this.#baseTimestamp + timestampDelta;
    this.sequence =
      this.#baseSequence < 0 ? NO_SEQUENCE : incrementSequence(this.#baseSequence, offsetDelta);
  }

  #readLength(reader: VarintReader, min: number): number {
    const length = reader.readVarint();
    if (length < min || length > reader.end - reader.at)
      throw this.#corrupt(`field length ${length}`);
    return length;
  }

  #skipHeaders(reader: VarintReader): void {
    // Each header takes two bytes at least.
    if (this.headerCount < 0 || this.headerCount > (reader.end - reader.at) / 2) {
      throw this.#corrupt(`${this.headerCount} headers`);
    }
    for (let i = 0; i < this.headerCount; i++) {
      const keyLength = this.#readLength(reader, 0);
      reader.at += keyLength;
      const valueLength = this.#readLength(reader, NULL_LENGTH);
      if (valueLength > 0) reader.at += valueLength;
    }
  }

  #viewRange(at: number, length: number): Buffer | null {
    return length < 0 ? null : this.bytes.subarray(at, at + length);
  }

  /** `at` in the records, of the current record or of what follows the last. */
  #corrupt(reason: string): CoreError {
    const batchOffset = this.#baseOffset;
    return new CoreError('CORRUPT_MESSAGE', `damaged batch at offset ${batchOffset}: ${reason}`, {
      details: { offset: batchOffset, at: this.#reader.at, reason },
    });
  }

  #located(error: unknown): unknown {
    if (!(error instanceof CoreError) || 'offset' in error.details) return error;
    return this.#corrupt(String(error.details['reason']));
  }
}

function copyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : new Uint8Array(bytes);
}
