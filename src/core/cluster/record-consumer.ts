/** The port of reading: what is to be read, and one record after the other. */
import type { Gap, ReadPosition } from '../consumer/consumer.js';
import type { ConsumedRecord } from '../consumer/consumed-record.js';

/** Partitions of a topic to read; undefined: all. */
export interface ConsumeTarget {
  readonly topic: string;
  readonly partitions: readonly number[] | undefined;
}

/** Records are valid until the next call of `next`. See consumer.ts. */
export interface RecordConsumer {
  readonly isDone: boolean;
  readonly gaps: readonly Gap[];
  /** Up to where all was given out or passed over, for each partition. Not after `close`. */
  readonly positions: readonly ReadPosition[];
  next(): ConsumedRecord | undefined;
  /** Resolves when there may be more, when `stop` is aborted, or after `limitMs`. */
  wait(stop: AbortSignal, limitMs?: number): Promise<void>;
  close(): void;
}
