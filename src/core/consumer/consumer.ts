/**
 * Reads a range of one or more partitions, once or following. There is no state outside the process
 * and no lock: any number of consumers may read at once.
 *
 * Where a range begins and ends is fixed when the consumer is made, so without `follow` it ends even
 * if others keep writing. Records that are found to be gone are told by `gaps`.
 */
import { CoreError } from '../errors.js';
import { ChangeWatcher } from '../fs/change-watcher.js';
import type { LogGap } from '../log/log-gap.js';
import type { LogReader } from '../log/log-reader.js';
import type { ConsumedRecord } from './consumed-record.js';
import { PartitionStream, type StreamRange } from './partition-stream.js';
import { type KeptRange, type Position, keptRange, resolvePosition } from './position.js';
import { type RecordFilter, passes } from './record-filter.js';
import { RecordMerge } from './record-merge.js';

export interface ConsumedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly reader: LogReader;
  /** Where to begin, and where to end (exclusive), instead of what the plan says for all. */
  readonly fromOffset?: number | undefined;
  readonly untilOffset?: number | undefined;
}

export interface ConsumePlan {
  readonly from: Position;
  readonly until: Position | undefined;
  /** Out-of-range offsets are moved into the kept range instead of refused. */
  readonly clamp: boolean;
  /** Damage is passed over and told, instead of raised. */
  readonly skipDamaged?: boolean;
  readonly follow: boolean;
  readonly order: 'time' | 'partition';
  /** Only the newest so many of all partitions together. */
  readonly last: number | undefined;
  readonly maxRecords: number;
  /** Of keys and values; at least one record is given out. */
  readonly maxBytes: number;
  readonly filter: RecordFilter;
}

export interface ConsumeRequest extends ConsumePlan {
  readonly now: () => number;
}

/** Up to where everything was given out, or passed over. */
export interface ReadPosition {
  readonly topic: string;
  readonly partition: number;
  /** Exclusive. */
  readonly offset: number;
  /** Of the last batch that was read; -1: none was. */
  readonly leaderEpoch: number;
}

/** Records that were asked for and are gone. */
export interface Gap extends LogGap {
  readonly topic: string;
  readonly partition: number;
}

/** All read buffers together, when there are many partitions. */
const BUFFERS_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
const MIN_CHUNK_BYTES = 8 * 1024;

export class Consumer {
  readonly #request: ConsumeRequest;
  readonly #partitions: readonly ConsumedPartition[];
  #streams: PartitionStream[];
  #merges: RecordMerge[];
  #watcher: ChangeWatcher | undefined;
  #givenCount = 0;
  #givenBytes = 0;
  #skipCount = 0;
  /** It was one too many: read, but not given out. */
  #heldBack: ConsumedRecord | undefined;
  #isOver = false;

  /** OFFSET_OUT_OF_RANGE, naming what is kept, for an offset outside it. */
  constructor(partitions: readonly ConsumedPartition[], request: ConsumeRequest) {
    this.#request = request;
    this.#partitions = partitions;
    const ranges = this.#resolveRanges();
    this.#streams = this.#openStreams(ranges);
    this.#merges = this.#openMerges();
    if (request.last !== undefined) this.#skipAllButLast(request.last, ranges);
  }

  #resolveRanges(): StreamRange[] {
    const kept = this.#partitions.map(({ reader }) => keptRange(reader));
    const { from, clamp, follow } = this.#request;
    if (from.kind === 'offset' && !clamp && !follow && kept.length > 0) {
      const isPastAll = kept.every(({ end }) => from.offset > end.offset);
      if (isPastAll) throw this.#outOfRange(from.offset, 0, kept[0] as KeptRange);
    }
    return kept.map((range, index) => this.#resolveRange(index, range));
  }

  #resolveRange(index: number, kept: KeptRange): StreamRange {
    const partition = this.#partitions[index] as ConsumedPartition;
    const { reader, untilOffset } = partition;
    const end =
      untilOffset === undefined
        ? this.#resolveEnd(reader, kept)
        : { untilOffset, untilTimestamp: Infinity, damage: undefined };
    return { fromOffset: partition.fromOffset ?? this.#resolveBegin(index, kept), ...end };
  }

  #resolveBegin(index: number, kept: KeptRange): number {
    const { reader } = this.#partitions[index] as ConsumedPartition;
    const { from, clamp } = this.#request;
    const fromOffset = resolvePosition(from, reader, kept);
    if (fromOffset >= kept.startOffset) return fromOffset;
    if (!clamp) throw this.#outOfRange(fromOffset, index, kept);
    return kept.startOffset;
  }

  #resolveEnd(reader: LogReader, kept: KeptRange): Omit<StreamRange, 'fromOffset'> {
    const { until, follow } = this.#request;
    const { offset: endOffset, damage } = kept.end;
    if (follow) {
      const isTime = until?.kind === 'time';
      return {
        untilOffset:
          until === undefined || isTime ? Infinity : resolvePosition(until, reader, kept),
        untilTimestamp: isTime ? until.timestampMs : Infinity,
        damage: undefined,
      };
    }
    const wanted = until === undefined ? endOffset : resolvePosition(until, reader, kept);
    const untilOffset = Math.min(wanted, endOffset);
    return {
      untilOffset,
      untilTimestamp: Infinity,
      damage: wanted >= endOffset ? damage : undefined,
    };
  }

  #outOfRange(offset: number, index: number, kept: KeptRange): CoreError {
    const { topic, partition } = this.#partitions[index] as ConsumedPartition;
    const { startOffset } = kept;
    const endOffset = kept.end.offset;
    const holds =
      startOffset === endOffset
        ? `it is empty, and the next offset is ${endOffset}`
        : `it holds ${startOffset} to ${endOffset - 1}`;
    return new CoreError(
      'OFFSET_OUT_OF_RANGE',
      `no offset ${offset} in ${topic}:${partition}; ${holds}`,
      {
        details: { topic, partition, offset, logStartOffset: startOffset, logEndOffset: endOffset },
        suggestion: 'with --clamp reading begins at the nearest offset that is kept',
      },
    );
  }

  #openStreams(ranges: readonly StreamRange[]): PartitionStream[] {
    const share = Math.floor(BUFFERS_BYTES / Math.max(1, ranges.length));
    const chunkBytes = Math.max(MIN_CHUNK_BYTES, Math.min(CHUNK_BYTES, share));
    return this.#partitions.map(
      (partition, index) =>
        new PartitionStream(partition, ranges[index] as StreamRange, chunkBytes),
    );
  }

  /** One after the other for the order by partition, else all as one. */
  #openMerges(): RecordMerge[] {
    if (this.#request.order === 'time') return [new RecordMerge(this.#streams)];
    return this.#streams.map((stream) => new RecordMerge([stream]));
  }

  /** Counts what would be given out, then begins again and passes over the older ones. */
  #skipAllButLast(last: number, ranges: readonly StreamRange[]): void {
    let count = 0;
    while (this.#nextPassing() !== undefined) count++;
    this.#skipCount = Math.max(0, count - last);
    this.close();
    this.#streams = this.#openStreams(ranges);
    this.#merges = this.#openMerges();
  }

  /** No more will come, ever. */
  get isDone(): boolean {
    if (this.#isOver) return true;
    // One without partitions may only be waiting for some.
    if (this.#streams.length > 0 && this.#merges.every((merge) => merge.isDone)) return true;
    return !this.#request.follow || this.#isPastUntil();
  }

  /** A following consumer that was told a time ends when that time has come. */
  #isPastUntil(): boolean {
    const { until, now } = this.#request;
    return until?.kind === 'time' && now() >= until.timestampMs;
  }

  /** What was found to be gone so far. */
  get gaps(): Gap[] {
    return this.#streams.flatMap(({ record: { topic, partition }, gaps }) =>
      gaps.map((gap) => ({ topic, partition, ...gap })),
    );
  }

  /** Up to where all was given out or passed over, for each partition. Not after `close`. */
  get positions(): ReadPosition[] {
    return this.#streams.map((stream) => {
      const { topic, partition } = stream.record;
      const offset = stream.record === this.#heldBack ? this.#heldBack.offset : stream.position;
      return { topic, partition, offset, leaderEpoch: stream.leaderEpoch };
    });
  }

  /** The next record, valid until the next call; undefined if there is none now. */
  next(): ConsumedRecord | undefined {
    if (this.#isOver) return undefined;
    const { maxRecords, maxBytes } = this.#request;
    if (this.#givenCount >= maxRecords) {
      this.#isOver = true;
      return undefined;
    }
    let record = this.#nextPassing();
    for (; record !== undefined && this.#skipCount > 0; this.#skipCount--)
      record = this.#nextPassing();
    if (record === undefined) return undefined;
    this.#givenBytes += record.sizeBytes;
    if (this.#givenBytes > maxBytes && this.#givenCount > 0) {
      this.#isOver = true;
      this.#heldBack = record;
      return undefined;
    }
    this.#givenCount++;
    return record;
  }

  #nextPassing(): ConsumedRecord | undefined {
    const { filter } = this.#request;
    for (const merge of this.#merges) {
      for (let record = merge.next(); record !== undefined; record = merge.next()) {
        if (passes(record, filter)) return record;
      }
    }
    return undefined;
  }

  /** Resolves when new records may have come, `stop` is aborted, or after `limitMs`. */
  async wait(stop: AbortSignal, limitMs = LONGEST_WAIT_MS): Promise<void> {
    if (this.#watcher === undefined) {
      this.#watcher = new ChangeWatcher(this.#streams.map(({ directory }) => directory));
      // What came since the last `next` came unwatched: it must be looked for once more.
      return;
    }
    const { until, now } = this.#request;
    const leftMs = until?.kind === 'time' ? until.timestampMs - now() : Infinity;
    await this.#watcher.wait(Math.max(0, Math.min(leftMs, limitMs, LONGEST_WAIT_MS)), stop);
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    for (const stream of this.#streams) stream.close();
  }
}

/** Even a watcher that lost its events is asked again after this. */
const LONGEST_WAIT_MS = 60_000;
