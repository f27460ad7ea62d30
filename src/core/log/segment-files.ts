/** The segments of a partition, as their files tell. Damage hides nothing: what is unknown is null. */
import { RecordCursor } from '../batch/record-cursor.js';
import { isCoreError } from '../errors.js';
import { BatchScanner } from '../segment/batch-scanner.js';
import type { IndexFile } from '../segment/index-file.js';
import { type Segment, closeSegment, openSegment } from '../segment/segment.js';
import type { LogReader } from './log-reader.js';
import { maxTimestampOf } from './segment-timestamps.js';

export interface SegmentDescription {
  readonly baseOffset: number;
  /** Exclusive. */
  readonly endOffset: number;
  /** Of the `.log`. */
  readonly sizeBytes: number;
  /** Of the first record, in ms; -1 = it has none. Null for an empty or damaged segment. */
  readonly firstTimestamp: number | null;
  /** The largest of the segment. */
  readonly newestTimestamp: number | null;
  /** Null where there is no index. */
  readonly offsetIndexEntries: number | null;
  readonly timeIndexEntries: number | null;
  readonly state: 'active' | 'sealed';
}

/** Oldest first. What is pruned meanwhile is left out. */
export function describeSegments(reader: LogReader): SegmentDescription[] {
  const baseOffsets = reader.baseOffsets();
  return baseOffsets.flatMap((baseOffset, index) => {
    try {
      const segment = openSegment(reader.fs, reader.location.directory, baseOffset);
      try {
        return [describeSegment(reader, segment, baseOffsets[index + 1])];
      } finally {
        closeSegment(segment);
      }
    } catch (error) {
      if (isCoreError(error, 'FILE_NOT_FOUND')) return [];
      throw error;
    }
  });
}

function describeSegment(
  reader: LogReader,
  segment: Segment,
  nextBase: number | undefined,
): SegmentDescription {
  const { sizeBytes } = segment.log.stat();
  const newest = orNull(() => maxTimestampOf(segment, nextBase !== undefined).timestamp);
  return {
    baseOffset: segment.baseOffset,
    endOffset: nextBase ?? Math.max(reader.findEnd().offset, segment.baseOffset),
    sizeBytes,
    firstTimestamp: orNull(() => firstTimestampOf(segment, sizeBytes)),
    newestTimestamp: sizeBytes === 0 ? null : newest,
    offsetIndexEntries: entryCountOf(segment.offsetIndex),
    timeIndexEntries: entryCountOf(segment.timeIndex),
    state: nextBase === undefined ? 'active' : 'sealed',
  };
}

/** Of the first record that is there: a header may hold another time, and a batch no record. */
function firstTimestampOf(segment: Segment, sizeBytes: number): number | null {
  const options = { startPosition: 0, endPosition: sizeBytes, checkCrcFrom: 0 };
  const scanner = new BatchScanner(segment.log, { ...options, chunkBytes: FIRST_BATCH_BYTES });
  const records = new RecordCursor();
  while (scanner.next()) {
    records.open(scanner.bytes, scanner.at);
    if (records.next()) return records.timestamp;
  }
  return null;
}

/** Room for most first batches; a larger one makes its own. */
const FIRST_BATCH_BYTES = 32 * 1024;

function entryCountOf(index: IndexFile | undefined): number | null {
  return index?.entryCount ?? null;
}

function orNull<T>(find: () => T): T | null {
  try {
    return find();
  } catch (error) {
    if (isCoreError(error, 'CORRUPT_MESSAGE')) return null;
    if (isCoreError(error, 'UNSUPPORTED_COMPRESSION_TYPE')) return null;
    throw error;
  }
}
