/**
 * What an appender must know of the end of a segment, all of it derived from the files: where the
 * next batch goes, which offset it gets, and what the indexes still owe.
 */

/** Kafka's "no timestamp". */
export const NO_TIMESTAMP = -1;

export interface BatchExtent {
  readonly position: number;
  readonly sizeBytes: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
}

export class SegmentTail {
  readonly baseOffset: number;
  /** Bytes of whole batches: where the next batch begins. */
  sizeBytes = 0;
  /** Exclusive: the offset that the next record gets. */
  nextOffset: number;
  /** Position of the batch of the last offset index entry; 0 while there is none. */
  lastIndexedPosition = 0;
  /** The largest timestamp of the segment and the last offset of the first batch that has it. */
  maxTimestamp = NO_TIMESTAMP;
  maxTimestampOffset: number;

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset;
    this.nextOffset = baseOffset;
    this.maxTimestampOffset = baseOffset;
  }

  get isEmpty(): boolean {
    return this.sizeBytes === 0;
  }

  /** Counts a batch in. True when it is due an index entry (Kafka: LogSegment.append, KAFKA-806). */
  add(batch: BatchExtent, indexIntervalBytes: number): boolean {
    const isDue = batch.position - this.lastIndexedPosition > indexIntervalBytes;
    if (isDue) this.lastIndexedPosition = batch.position;
    if (batch.maxTimestamp > this.maxTimestamp) {
      this.maxTimestamp = batch.maxTimestamp;
      this.maxTimestampOffset = batch.lastOffset;
    }
    this.sizeBytes = batch.position + batch.sizeBytes;
    this.nextOffset = batch.lastOffset + 1;
    return isDue;
  }
}
