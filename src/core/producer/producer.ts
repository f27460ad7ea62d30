/**
 * Takes records, puts them into batches, appends the batches and acknowledges them once they are on
 * disk. Adding a record is synchronous and does no I/O; `flush` does.
 *
 * Durability: an appended batch is acknowledged after a sync that began after its append. While input
 * keeps coming, one sync runs on the thread pool beside the next appends, whenever enough has come
 * together; at a pause or at the end everything is synced. With `sync: 'never'` a batch is acknowledged
 * when it is appended.
 */
import { headersSizeBytes } from '../batch/batch-builder.js';
import type { RecordHeader } from '../batch/record.js';
import type { Environment } from '../fs/environment.js';
import type { LogConfig } from '../log/log-config.js';
import type { LockWait } from '../log/log-lock.js';
import type { LogWriter } from '../log/log-writer.js';
import type { CompressionType } from '../batch/compression.js';
import { CoreError, isCoreError } from '../errors.js';
import type { AcknowledgedBatch } from './acknowledged-batch.js';
import { PartitionBuffer } from './partition-buffer.js';
import { Partitioner } from './partitioner.js';
import { SyncQueue } from './sync-queue.js';

/** What a producer needs of a topic. */
export interface ProducerTopic {
  readonly name: string;
  readonly partitionCount: number;
  readonly config: LogConfig;
  checkPartition(partition: number): void;
  openWriter(partition: number): LogWriter;
}

export interface ProducerOptions {
  /** What the topic's compression.type does not override. */
  readonly compression: CompressionType;
  readonly sync: 'batch' | 'never';
  /** All records go here; undefined: by key, or sticky. */
  readonly partition: number | undefined;
  /** Asked for each lock: once a stop was requested, waiting must be short. */
  readonly wait: () => LockWait;
  readonly random: () => number;
  onAcknowledged(batch: AcknowledgedBatch): void;
}

/** One record for `add`. */
export interface NewRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
  /** Milliseconds; undefined: now. */
  readonly timestamp: number | undefined;
  readonly partition: number | undefined;
}

/** Measured: larger batches gain nothing, smaller ones cost a write and an index entry each. */
const BATCH_BYTES = 256 * 1024;
/** Memory of all batches that are being filled, together. */
const MAX_HELD_BYTES = 32 * 1024 * 1024;
/** Where partitions are many, they are flushed at this: few have outgrown their share by then. */
const EARLY_FLUSH_BYTES = MAX_HELD_BYTES / 2;
const MAX_FULL_SIZE_BUFFERS = MAX_HELD_BYTES / BATCH_BYTES;
const MIN_INITIAL_BYTES = 4 * 1024;
/** Open files per writer are few, but there may be thousands of partitions. */
const MAX_OPEN_WRITERS = 64;

export class Producer {
  readonly #env: Environment;
  readonly #topic: ProducerTopic;
  readonly #options: ProducerOptions;
  readonly #partitioner: Partitioner;
  readonly #buffers = new Map<number, PartitionBuffer>();
  readonly #writers = new Map<number, LogWriter>();
  readonly #syncs: SyncQueue;
  #timestamp: number;
  #addedCount = 0;
  #addedBytes = 0;
  /** Of both, what was added before the last flush of everything. */
  #flushedCount = 0;
  #flushedBytes = 0;
  #hasFailed = false;

  constructor(env: Environment, topic: ProducerTopic, options: ProducerOptions) {
    if (options.partition !== undefined) topic.checkPartition(options.partition);
    this.#env = env;
    this.#topic = topic;
    this.#options = options;
    this.#partitioner = new Partitioner(topic.partitionCount, options.random);
    this.#syncs = new SyncQueue(options.wait, (batch) => {
      options.onAcknowledged(batch);
    });
    this.#timestamp = env.now();
  }

  /** Records given to `add` and `addRange` so far. */
  get addedCount(): number {
    return this.#addedCount;
  }

  /** Bytes of their keys, values and headers. */
  get addedBytes(): number {
    return this.#addedBytes;
  }

  /** True while records wait to be appended, or to be acknowledged. */
  get isUnsettled(): boolean {
    for (const buffer of this.#buffers.values()) if (!buffer.isEmpty) return true;
    return this.#syncs.isWaiting;
  }

  /** The largest key, value and headers together that a record of this topic may have, in bytes. */
  get maxRecordBytes(): number {
    const { maxMessageBytes, segmentBytes } = this.#topic.config;
    return Math.max(0, Math.min(maxMessageBytes, segmentBytes) - RECORD_AND_BATCH_OVERHEAD_BYTES);
  }

  /** Records without a time of their own get the time of the last call of this. */
  refreshClock(): void {
    this.#timestamp = this.#env.now();
  }

  add(record: NewRecord): void {
    const { key, value, headers } = record;
    const headersBytes = headersSizeBytes(headers);
    const sizeBytes = (key?.length ?? 0) + (value?.length ?? 0) + headersBytes;
    this.#checkSize(sizeBytes);
    const timestamp = record.timestamp ?? this.#timestamp;
    if (record.timestamp !== undefined) this.#checkTimestamp(record.timestamp);
    const partition = this.#partitionFor(record);
    const closed = this.#buffer(partition).append(timestamp, key, value, headers, headersBytes);
    this.#addedCount++;
    this.#addedBytes += sizeBytes;
    if (closed && key === null) this.#partitioner.moveOn();
  }

  /** The same for ranges of `bytes`, without an object per record. A length of -1 is null. */
  addRange(
    bytes: Buffer,
    keyAt: number,
    keyLength: number,
    valueAt: number,
    valueLength: number,
  ): void {
    const sizeBytes = Math.max(0, keyLength) + Math.max(0, valueLength);
    this.#checkSize(sizeBytes);
    const partition =
      this.#options.partition ??
      (keyLength === -1
        ? this.#partitioner.forNoKey
        : this.#partitioner.forKey(bytes, keyAt, keyAt + keyLength));
    const buffer = this.#buffer(partition);
    const closed = buffer.appendRange(
      this.#timestamp,
      bytes,
      keyAt,
      keyLength,
      valueAt,
      valueLength,
    );
    this.#addedCount++;
    this.#addedBytes += sizeBytes;
    if (closed && keyLength === -1) this.#partitioner.moveOn();
  }

  #partitionFor({ key, partition }: NewRecord): number {
    if (this.#options.partition !== undefined) return this.#options.partition;
    if (partition !== undefined) {
      this.#topic.checkPartition(partition);
      return partition;
    }
    if (key === null) return this.#partitioner.forNoKey;
    return this.#partitioner.forKey(key, 0, key.length);
  }

  #checkSize(sizeBytes: number): void {
    if (sizeBytes <= this.maxRecordBytes) return;
    throw new CoreError(
      'MESSAGE_TOO_LARGE',
      `a record of ${sizeBytes} bytes is larger than max.message.bytes allows`,
      {
        details: { sizeBytes, maxMessageBytes: this.#topic.config.maxMessageBytes },
        suggestion: `raise it: spool topic alter ${this.#topic.name} -c max.message.bytes=…`,
      },
    );
  }

  /** Kafka: message.timestamp.before.max.ms and .after.max.ms, for producers' own times only. */
  #checkTimestamp(timestamp: number): void {
    const { config } = this.#topic;
    if (timestamp === -1 || config.messageTimestampType === 'LogAppendTime') return;
    const now = this.#env.now();
    const isTooOld = now - timestamp > config.messageTimestampBeforeMaxMs;
    if (!isTooOld && timestamp - now <= config.messageTimestampAfterMaxMs) return;
    const limit = isTooOld ? 'message.timestamp.before.max.ms' : 'message.timestamp.after.max.ms';
    throw new CoreError(
      'INVALID_TIMESTAMP',
      `the timestamp ${timestamp} (in ms) is past ${limit}`,
      {
        details: { timestamp, now, limit },
        suggestion: `raise the limit: spool topic alter ${this.#topic.name} -c ${limit}=…`,
      },
    );
  }

  #buffer(partition: number): PartitionBuffer {
    let buffer = this.#buffers.get(partition);
    if (buffer === undefined) {
      const { config } = this.#topic;
      const maxBytes = Math.min(config.maxMessageBytes, config.segmentBytes);
      const compression = effectiveCompression(config, this.#options.compression);
      buffer = new PartitionBuffer({
        compression,
        level: compressionLevel(config, compression),
        batchBytes: Math.min(BATCH_BYTES, maxBytes),
        initialBytes: Math.min(this.#initialBytes, maxBytes),
        maxMessageBytes: maxBytes,
      });
      this.#buffers.set(partition, buffer);
    }
    return buffer;
  }

  /** A share of the memory for each partition; a batch that needs more grows. */
  get #initialBytes(): number {
    const share = Math.floor(MAX_HELD_BYTES / this.#topic.partitionCount);
    return Math.max(MIN_INITIAL_BYTES, Math.min(BATCH_BYTES, share));
  }

  /** More is held than few partitions could. */
  get #holdsTooMuch(): boolean {
    if (this.#buffers.size <= MAX_FULL_SIZE_BUFFERS) return false;
    const overheadBytes = (this.#addedCount - this.#flushedCount) * RECORD_OVERHEAD_BYTES;
    return this.#addedBytes - this.#flushedBytes + overheadBytes > EARLY_FLUSH_BYTES;
  }

  /**
   * Appends full batches, and with `all` also those that are being filled; starts a sync when enough
   * has come together. Acknowledgements come as syncs complete.
   */
  async flush({ all: isDue }: { readonly all: boolean }): Promise<void> {
    const all = isDue || this.#holdsTooMuch;
    if (all) [this.#flushedCount, this.#flushedBytes] = [this.#addedCount, this.#addedBytes];
    for (const [partition, buffer] of this.#buffers) {
      if (all ? !buffer.isEmpty : buffer.hasFullBatch) await this.#append(partition, buffer, all);
    }
    if (this.#options.sync === 'never') this.#syncs.acknowledgeAll();
    else await this.#syncs.maybeSync(this.#env.now());
  }

  /**
   * Appends and acknowledges everything; durable on return (but with `sync: 'never'`). After a failed
   * append nothing more is appended, what came before it is acknowledged.
   */
  async settle(): Promise<void> {
    // On a full disk a smaller batch may still fit: it must not take the place of the refused one.
    if (!this.#hasFailed) await this.flush({ all: true });
    await this.#syncs.syncAll();
    if (this.#writers.size > MAX_OPEN_WRITERS) this.#closeWriters();
  }

  async #append(partition: number, buffer: PartitionBuffer, all: boolean): Promise<void> {
    const batches = buffer.take(all).map(({ batch }) => batch);
    try {
      await this.#appendTo(partition, batches);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    } finally {
      buffer.recycle();
    }
  }

  /** Where a process may have fewer open files than partitions need, those of the others are closed. */
  async #appendTo(partition: number, batches: readonly Buffer[]): Promise<void> {
    let appendedCount = 0;
    const appendRest = async (): Promise<void> => {
      const writer = this.#writer(partition);
      const rest = batches.slice(appendedCount);
      await writer.append(rest, this.#options.wait(), (appended) => {
        appendedCount++;
        const { baseOffset: first, lastOffset: last, sizeBytes } = appended;
        const batch = { topic: this.#topic.name, partition, first, last, sizeBytes };
        this.#syncs.add(writer, batch, this.#env.now());
      });
    };
    try {
      await appendRest();
    } catch (error) {
      if (!isCoreError(error, 'TOO_MANY_OPEN_FILES')) throw error;
      if (this.#options.sync === 'never') this.#syncs.acknowledgeAll();
      await this.#syncs.syncAll();
      this.#closeWriters();
      await appendRest();
    }
  }

  #writer(partition: number): LogWriter {
    let writer = this.#writers.get(partition);
    if (writer === undefined) {
      writer = this.#topic.openWriter(partition);
      this.#writers.set(partition, writer);
    }
    return writer;
  }

  #closeWriters(): void {
    for (const writer of this.#writers.values()) writer.close();
    this.#writers.clear();
  }

  /** Lets go of all files. What was not settled is not acknowledged. */
  async close(): Promise<void> {
    await this.#syncs.idle();
    this.#closeWriters();
  }
}

/** The batch's header and the most that a record can add to its key, value and headers. */
const RECORD_OVERHEAD_BYTES = 21;
const RECORD_AND_BATCH_OVERHEAD_BYTES = 61 + RECORD_OVERHEAD_BYTES;

/** Kafka: a topic's compression.type wins unless it is `producer`. */
function effectiveCompression(config: LogConfig, wanted: CompressionType): CompressionType {
  const { compressionType } = config;
  if (compressionType === 'producer') return wanted;
  return compressionType === 'uncompressed' ? 'none' : compressionType;
}

function compressionLevel(config: LogConfig, compression: CompressionType): number | undefined {
  switch (compression) {
    case 'gzip':
      return config.compressionGzipLevel;
    case 'lz4':
      return config.compressionLz4Level;
    case 'zstd':
      return config.compressionZstdLevel;
    case 'none':
    case 'snappy':
      return undefined;
  }
}
