/**
 * The records of one partition from one offset to another, in order. Control records are never
 * given out. Nothing is read before the first `advance`.
 */
import { RecordCursor } from '../batch/record-cursor.js';
import { type CoreError, isCoreError } from '../errors.js';
import type { LogCursor } from '../log/log-cursor.js';
import type { LogGap } from '../log/log-gap.js';
import type { LogReader } from '../log/log-reader.js';
import { ConsumedRecord } from './consumed-record.js';

export interface StreamRange {
  readonly fromOffset: number;
  /** Exclusive; Infinity when the stream follows the log. */
  readonly untilOffset: number;
  /** A record at or after this time ends the stream; Infinity for none. */
  readonly untilTimestamp: number;
  /** Raised when everything before `untilOffset` was given out. */
  readonly damage: CoreError | undefined;
}

/**
 * - `record`: the stream stands at one.
 * - `idle`: there is none yet.
 * - `done`: there will be none.
 */
export type StreamState = 'record' | 'idle' | 'done';

export class PartitionStream {
  readonly record: ConsumedRecord;
  readonly #reader: LogReader;
  readonly #range: StreamRange;
  readonly #chunkBytes: number | undefined;
  readonly #records = new RecordCursor();
  readonly #gaps: LogGap[] = [];
  #cursor: LogCursor | undefined;
  /** Records before it are not given out: the range's begin, or where a prune left off. */
  #fromOffset: number;
  #isInBatch = false;
  #isDone = false;
  /** It stands at a record that was given out. */
  #isTaken = false;
  /** Where a stream that is done has ended. */
  #endOffset = 0;
  #leaderEpoch = -1;

  constructor(
    place: { readonly topic: string; readonly partition: number; readonly reader: LogReader },
    range: StreamRange,
    chunkBytes?: number,
  ) {
    this.#reader = place.reader;
    this.#range = range;
    this.#fromOffset = range.fromOffset;
    this.#chunkBytes = chunkBytes;
    this.record = new ConsumedRecord(place.topic, place.partition, this.#records);
  }

  /** The folder whose changes mean new records. */
  get directory(): string {
    return this.#reader.location.directory;
  }

  /** What was to be read and is gone. */
  get gaps(): readonly LogGap[] {
    return this.#gaps;
  }

  /** Exclusive: all records before it were taken or passed over. */
  get position(): number {
    if (this.#isDone) return this.#endOffset;
    if (this.#isInBatch) return this.#records.offset + (this.#isTaken ? 1 : 0);
    return Math.max(this.#fromOffset, this.#cursor?.nextOffset ?? 0);
  }

  /** Of the last batch that was read; -1: none was. */
  get leaderEpoch(): number {
    return this.#leaderEpoch;
  }

  /** The record that the stream stands at was given out. */
  take(): void {
    this.#isTaken = true;
  }

  /** Moves to the next record. SEGMENT_CORRUPT at damage, after all before it was given out. */
  advance(): StreamState {
    if (this.#isDone) return 'done';
    this.#isTaken = false;
    const { untilOffset, untilTimestamp } = this.#range;
    for (;;) {
      while (this.#isInBatch) {
        if (!this.#records.next()) {
          this.#isInBatch = false;
          break;
        }
        if (this.#records.offset < this.#fromOffset) continue;
        if (this.#records.offset >= untilOffset) return this.#end(untilOffset);
        if (this.#records.timestamp >= untilTimestamp) return this.#end(this.#records.offset);
        return 'record';
      }
      if (this.#fromOffset >= untilOffset) return this.#end(this.#fromOffset);
      this.#cursor ??= this.#open();
      if (this.#cursor === undefined) continue;
      if (this.#cursor.nextOffset >= untilOffset) return this.#end(untilOffset);
      if (this.#cursor.next()) {
        this.#leaderEpoch = this.#cursor.batch.partitionLeaderEpoch;
        if (this.#cursor.batch.isControl) continue;
        this.#records.open(this.#cursor.bytes, this.#cursor.at);
        this.#isInBatch = true;
        continue;
      }
      const gap = this.#cursor.takeGap();
      if (gap === undefined) return 'idle';
      this.#pass(gap);
    }
  }

  /** Undefined when the range's begin was pruned since it was resolved. */
  #open(): LogCursor | undefined {
    const firstOffset = this.#fromOffset;
    try {
      return this.#reader.openAt(firstOffset, this.#chunkBytes);
    } catch (error) {
      if (!isCoreError(error, 'OFFSET_OUT_OF_RANGE')) throw error;
      this.#pass({ firstOffset, endOffset: this.#reader.logStartOffset, reason: 'pruned' });
      return undefined;
    }
  }

  /** A batch may begin before the offset up to which records are gone. */
  #pass(gap: LogGap): void {
    this.#fromOffset = gap.endOffset;
    this.#gaps.push({ ...gap, endOffset: Math.min(gap.endOffset, this.#range.untilOffset) });
  }

  #end(offset: number): StreamState {
    this.#isDone = true;
    this.#endOffset = offset;
    this.close();
    const { damage } = this.#range;
    if (damage === undefined) return 'done';
    if (!this.#reader.skipDamaged) throw damage;
    this.#gaps.push({ firstOffset: offset, endOffset: offset, reason: 'damaged', damage });
    return 'done';
  }

  close(): void {
    this.#cursor?.close();
    this.#cursor = undefined;
  }
}
