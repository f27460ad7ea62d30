/**
 * The record that a stream stands at: one object, reused for every record. Its bytes are looked up
 * when they are asked for, so a field that nobody reads costs nothing, and they are valid until the
 * stream moves on.
 */
import type { RecordCursor } from '../batch/record-cursor.js';
import type { LogRecord, RecordHeader } from '../batch/record.js';

export class ConsumedRecord implements LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly #cursor: RecordCursor;

  constructor(topic: string, partition: number, cursor: RecordCursor) {
    this.topic = topic;
    this.partition = partition;
    this.#cursor = cursor;
  }

  get offset(): number {
    return this.#cursor.offset;
  }

  get timestamp(): number {
    return this.#cursor.timestamp;
  }

  get key(): Uint8Array | null {
    const { bytes, keyAt, keyLength } = this.#cursor;
    return keyLength === -1 ? null : bytes.subarray(keyAt, keyAt + keyLength);
  }

  get value(): Uint8Array | null {
    const { bytes, valueAt, valueLength } = this.#cursor;
    return valueLength === -1 ? null : bytes.subarray(valueAt, valueAt + valueLength);
  }

  get headers(): readonly RecordHeader[] {
    return this.#cursor.headerCount === 0 ? NO_HEADERS : this.#cursor.readHeaders();
  }

  /** Bytes of key and value together. */
  get sizeBytes(): number {
    return Math.max(0, this.#cursor.keyLength) + Math.max(0, this.#cursor.valueLength);
  }
}

const NO_HEADERS: readonly RecordHeader[] = [];
