/**
 * The logs that groups have positions in. Each topic and each end is looked up once, so a thousand
 * groups on one topic cost what one does: an object is good for one command, or one step of a long one.
 */
import { type CoreError, isCoreError } from '../errors.js';
import { PartitionStream } from '../consumer/partition-stream.js';
import { type KeptRange, keptRange } from '../consumer/position.js';
import type { LogReader } from '../log/log-reader.js';
import type { OffsetRange } from '../log/offset-range.js';
import type { OpenTopic } from '../topic/open-topic.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import { partitionKey } from '../group/group-state.js';

/** One record is looked for. */
const PROBE_BYTES = 8 * 1024;

export interface RefusedSync {
  readonly place: TopicPartition;
  readonly range: OffsetRange;
}

export class GroupLogs {
  readonly #openTopic: (name: string) => OpenTopic;
  readonly #topics = new Map<string, OpenTopic | undefined>();
  readonly #readers = new Map<string, LogReader>();
  readonly #kept = new Map<string, KeptRange>();
  readonly #timestamps = new Map<string, number | undefined>();
  #refused: RefusedSync | undefined;

  constructor(openTopic: (name: string) => OpenTopic) {
    this.#openTopic = openTopic;
  }

  /** undefined: there is no such topic. */
  find(name: string): OpenTopic | undefined {
    if (!this.#topics.has(name)) this.#topics.set(name, this.#lookUp(name));
    return this.#topics.get(name);
  }

  #lookUp(name: string): OpenTopic | undefined {
    try {
      return this.#openTopic(name);
    } catch (error) {
      if (isCoreError(error, 'UNKNOWN_TOPIC_OR_PARTITION')) return undefined;
      throw error;
    }
  }

  /** UNKNOWN_TOPIC_OR_PARTITION if there is none. */
  topic(name: string): OpenTopic {
    return this.find(name) ?? this.#openTopic(name);
  }

  has({ topic, partition }: TopicPartition): boolean {
    return partition < (this.find(topic)?.partitionCount ?? 0);
  }

  /** How many partitions each of these topics has; those that do not exist are left out. */
  partitionTable(names: Iterable<string>): Map<string, number> {
    const table = new Map<string, number>();
    for (const name of names) {
      const topic = this.find(name);
      if (topic !== undefined) table.set(name, topic.partitionCount);
    }
    return table;
  }

  /** UNKNOWN_TOPIC_OR_PARTITION if the topic has no such partition. */
  reader(place: TopicPartition, { skipDamaged = false } = {}): LogReader {
    const key = `${partitionKey(place)}${skipDamaged ? ' skipping' : ''}`;
    let reader = this.#readers.get(key);
    if (reader === undefined) {
      const topic = this.topic(place.topic);
      topic.checkPartition(place.partition);
      reader = topic.openReader(place.partition, { skipDamaged });
      this.#readers.set(key, reader);
    }
    return reader;
  }

  /** Makes all records below `offset` durable. SYNC_FAILED: see `takeRefused`. */
  syncBefore(place: TopicPartition, offset: number): void {
    try {
      this.reader(place).syncBefore(offset);
    } catch (error) {
      if (isCoreError(error, 'SYNC_FAILED')) this.#refused = { place, range: rangeOf(error) };
      throw error;
    }
  }

  /** What the disk refused to sync, once. */
  takeRefused(): RefusedSync | undefined {
    const refused = this.#refused;
    this.#refused = undefined;
    return refused;
  }

  kept(place: TopicPartition): KeptRange {
    const key = partitionKey(place);
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      kept = keptRange(this.reader(place));
      this.#kept.set(key, kept);
    }
    return kept;
  }

  /** Of the first record at or behind `offset`; undefined if there is none. */
  timestampAt(place: TopicPartition, offset: number): number | undefined {
    const key = `${partitionKey(place)} ${offset}`;
    if (!this.#timestamps.has(key)) this.#timestamps.set(key, this.#findTimestamp(place, offset));
    return this.#timestamps.get(key);
  }

  #findTimestamp(place: TopicPartition, offset: number): number | undefined {
    const { startOffset, end } = this.kept(place);
    const range = {
      fromOffset: Math.max(offset, startOffset),
      untilOffset: end.offset,
      untilTimestamp: Infinity,
      damage: undefined,
    };
    const stream = new PartitionStream(
      { ...place, reader: this.reader(place) },
      range,
      PROBE_BYTES,
    );
    try {
      return stream.advance() === 'record' ? stream.record.timestamp : undefined;
    } catch (error) {
      // A group can be looked at even where its records cannot be read.
      if (isCoreError(error, 'SEGMENT_CORRUPT')) return undefined;
      throw error;
    } finally {
      stream.close();
    }
  }
}

/** As `syncFailed` tells it. */
function rangeOf({ details }: CoreError): OffsetRange {
  return {
    firstOffset: Number(details['firstOffset']),
    endOffset: Number(details['endOffset']),
  };
}
