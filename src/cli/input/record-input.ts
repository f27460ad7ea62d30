/**
 * The port between bytes that arrive in pieces of any size and records that go to a producer.
 * Everything is synchronous: what one chunk holds is in the producer when `push` returns.
 */
import type { RecordHeader } from '../../core/batch/record.js';
import type { CoreError } from '../../core/errors.js';

/** A record with everything that an envelope can say. */
export interface InputRecord {
  readonly key: Uint8Array | null;
  /** null is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
  /** Milliseconds since the epoch; -1: the record had none; undefined: the input says nothing. */
  readonly timestamp: number | undefined;
  /** Where the record was read from. Whether it goes there too is for the producer to decide. */
  readonly partition: number | undefined;
}

export interface RecordSink {
  /**
   * A record without headers as two ranges of `bytes`, which are valid only during the call.
   * A keyLength of -1 is no key, a valueLength of -1 a tombstone. No object per record.
   */
  appendRange(
    bytes: Buffer,
    keyAt: number,
    keyLength: number,
    valueAt: number,
    valueLength: number,
  ): void;
  /** A record with everything. Its bytes are valid only during the call. */
  append(record: InputRecord): void;
}

export interface RecordFramer {
  /**
   * Takes the next bytes of the input and gives every record that is complete to the sink. `chunk`
   * may be reused when it returns.
   */
  push(chunk: Buffer): void;
  /** The input is over: gives away what is left, or refuses it. Once. */
  end(): void;
}

/** What becomes of input that is no record. */
export interface BadInput {
  /** Once for each bad record. Throwing ends the reading; returning goes on behind it. */
  refuse(error: CoreError): void;
  /**
   * After `refuse`: the bytes of that record as they were read, its delimiter included, in one or
   * more pieces that are valid only during the call. So memory stays bounded and no byte is lost.
   */
  keep(raw: Buffer): void;
}

/** The default: the first bad record ends the reading with its error. */
export const STOP_AT_BAD_INPUT: BadInput = {
  refuse(error) {
    throw error;
  },
  keep() {
    // Never reached: refuse throws.
  },
};

export interface FramerOptions {
  /** The limit for key, value and headers together, which bounds the memory too. */
  readonly maxRecordBytes: number;
  readonly badInput: BadInput;
  /** The name of the file for messages, or undefined for standard input. */
  readonly sourceName: string | undefined;
}
