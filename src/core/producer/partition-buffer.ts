/**
 * The records of one partition on their way to its log: full batches that wait to be appended, and
 * the one that is being filled. A full batch stays in the memory that it was built in until it is
 * appended, so builders are taken in turn from a small stock.
 */
import { RecordBatchBuilder } from '../batch/batch-builder.js';
import type { CompressionType } from '../batch/compression.js';
import type { RecordHeader } from '../batch/record.js';
import { CoreError } from '../errors.js';

export interface BatchLimits {
  readonly compression: CompressionType;
  readonly level: number | undefined;
  /** A batch is closed when the next record would make it larger than this, uncompressed. */
  readonly batchBytes: number;
  /** Memory of a builder to begin with: of many partitions few have much to hold. */
  readonly initialBytes: number;
  /** No finished batch may be larger (Kafka: max.message.bytes). */
  readonly maxMessageBytes: number;
}

export class PartitionBuffer {
  readonly #limits: BatchLimits;
  readonly #stock: RecordBatchBuilder[] = [];
  #filling: RecordBatchBuilder | undefined;
  #full: RecordBatchBuilder[] = [];

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#filling === undefined && this.#full.length === 0;
  }

  get hasFullBatch(): boolean {
    return this.#full.length > 0;
  }

  /** True when the record closed a batch and began a new one. */
  append(
    timestamp: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[],
    headersBytes: number,
  ): boolean {
    const closed = this.#makeRoom(key?.length ?? 0, value?.length ?? 0, headersBytes);
    this.#builder().append(timestamp, key, value, headers);
    return closed;
  }

  appendRange(
    timestamp: number,
    bytes: Buffer,
    keyAt: number,
    keyLength: number,
    valueAt: number,
    valueLength: number,
  ): boolean {
    const closed = this.#makeRoom(keyLength, valueLength, 0);
    this.#builder().appendRange(timestamp, bytes, keyAt, keyLength, valueAt, valueLength);
    return closed;
  }

  #makeRoom(keyLength: number, valueLength: number, headersBytes: number): boolean {
    const filling = this.#filling;
    if (filling === undefined || filling.hasRoomFor(keyLength, valueLength, headersBytes)) {
      return false;
    }
    this.#full.push(filling);
    this.#filling = undefined;
    return true;
  }

  #builder(): RecordBatchBuilder {
    this.#filling ??= this.#stock.pop() ?? this.#newBuilder();
    return this.#filling;
  }

  #newBuilder(): RecordBatchBuilder {
    const { compression, level, batchBytes, initialBytes } = this.#limits;
    return new RecordBatchBuilder({
      capacityBytes: batchBytes,
      compression,
      memory: Buffer.allocUnsafeSlow(initialBytes),
      ...(level === undefined ? {} : { level }),
    });
  }

  /**
   * Finished batches, the one being filled included if `all`. They are views of this buffer's memory
   * until `recycle`. MESSAGE_TOO_LARGE if one is larger than the topic allows.
   */
  take(all: boolean): { readonly batch: Buffer; readonly recordCount: number }[] {
    if (all && this.#filling !== undefined) {
      this.#full.push(this.#filling);
      this.#filling = undefined;
    }
    return this.#full.map((builder) => {
      const batch = builder.build();
      if (batch.length > this.#limits.maxMessageBytes) throw this.#tooLarge(batch.length);
      return { batch, recordCount: builder.recordCount };
    });
  }

  /** The batches taken last are not needed any more. */
  recycle(): void {
    const { batchBytes, initialBytes } = this.#limits;
    // Where partitions are many, each keeps the memory of one builder.
    const stockCount = initialBytes < batchBytes ? 1 : Infinity;
    for (const builder of this.#full) {
      if (this.#stock.length >= stockCount) break;
      builder.reset();
      this.#stock.push(builder);
    }
    this.#full = [];
  }

  #tooLarge(sizeBytes: number): CoreError {
    const { maxMessageBytes } = this.#limits;
    return new CoreError(
      'MESSAGE_TOO_LARGE',
      `a batch of ${sizeBytes} bytes is larger than max.message.bytes, ${maxMessageBytes}`,
      {
        details: { sizeBytes, maxMessageBytes },
        suggestion: 'raise it: spool topic alter TOPIC -c max.message.bytes=…',
      },
    );
  }
}
