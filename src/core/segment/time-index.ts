/**
 * The time index, `.timeindex` (Kafka: TimeIndex). Entries of 12 bytes, big-endian:
 *
 *   0  int64  the largest timestamp in the segment so far, in ms
 *   8  int32  relative offset: last offset of the first batch that has it - base offset
 *             (brokers of the 2.x line wrote the record's own offset: read, never written)
 *
 * Timestamps strictly increase, offsets never decrease. An entry is written just before each offset
 * index entry and when the segment is sealed, where its timestamp is larger than the last one's.
 */
import { isSafeInt64, readInt64, writeInt64 } from '../bytes/int64.js';
import type { File } from '../fs/file-system.js';
import { IndexFile } from './index-file.js';

export const TIME_INDEX_ENTRY_BYTES = 12;
const OFFSET_AT = 8;

export interface TimestampOffset {
  readonly timestamp: number;
  readonly offset: number;
}

export class TimeIndex extends IndexFile {
  readonly #baseOffset: number;

  constructor(file: File, baseOffset: number) {
    super(file, TIME_INDEX_ENTRY_BYTES);
    this.#baseOffset = baseOffset;
  }

  /** The entry with the largest timestamp <= `timestamp`, or undefined. */
  lookup(timestamp: number): TimestampOffset | undefined {
    return this.entry(this.lastSlotWhere(() => this.#timestamp <= timestamp));
  }

  last(): TimestampOffset | undefined {
    return this.entry(this.entryCount - 1);
  }

  /** Of the loaded entry; a damaged one that no writer made is later than any. */
  get #timestamp(): number {
    return isSafeInt64(this.view, 0) ? readInt64(this.view, 0) : Infinity;
  }

  /** Undefined past the end, and for an entry that no writer made. */
  entry(slot: number): TimestampOffset | undefined {
    if (!this.load(slot) || !isSafeInt64(this.view, 0)) return undefined;
    return {
      timestamp: this.#timestamp,
      offset: this.#baseOffset + this.view.getInt32(OFFSET_AT),
    };
  }

  /** False where the disk is full. */
  append(timestamp: number, lastOffset: number): boolean {
    writeInt64(this.view, 0, timestamp);
    this.view.setInt32(OFFSET_AT, lastOffset - this.#baseOffset);
    return this.appendEntry();
  }
}
