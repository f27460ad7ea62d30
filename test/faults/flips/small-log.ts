/** A log small enough to be damaged in every way, and all that can be asked of it afterwards. */
import { RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';
import type { CompressionType } from '../../../src/core/batch/compression.js';
import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import type { RecordHeader } from '../../../src/core/batch/record.js';
import { Consumer } from '../../../src/core/consumer/consumer.js';
import type { Position } from '../../../src/core/consumer/position.js';
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import { writeLeaderEpochCheckpoint } from '../../../src/core/log/leader-epoch-checkpoint.js';
import { type LogVerification, verifyLog } from '../../../src/core/log/verify-log.js';
import { type CoreError, isCoreError } from '../../../src/core/errors.js';
import {
  LOCATION,
  NO_WAIT,
  START_MS,
  appendSynced,
  batchOf,
  createPartition,
  environment,
  openWriter,
  readerOf,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

/** Smaller than what a segment's file needs, so that reading a log a million times is cheap. */
const CHUNK_BYTES = 4096;
/** An index entry for every batch but the first. */
const CONFIG = { indexIntervalBytes: 1 };

interface RecordWords {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers?: readonly (readonly [string, string | null])[];
}

/** Null and empty keys and values, a tombstone, headers with and without a value. */
const BATCHES: readonly (readonly RecordWords[])[] = [
  [
    { key: null, value: 'first' },
    { key: 'k', value: '', headers: [['h', 'v']] },
  ],
  [{ key: 'k', value: null }],
  [
    { key: '', value: 'aaaaaaaaaaaaaaaa', headers: [['x', null]] },
    { key: null, value: 'aaaaaaaaaaaaaaaa' },
    { key: 'z', value: 'last of three' },
  ],
  [
    { key: null, value: 'fourth' },
    { key: 'e', value: 'end' },
  ],
];

/** What follows them in a sealed segment's successor. */
const LATER: readonly RecordWords[] = [{ key: null, value: 'in the next segment' }];

/**
 * - `active`: all batches are in one segment, and known to be on disk.
 * - `sealed`: another segment follows it.
 * - `unsynced`: as `active`, but nobody has ever synced them: none was acknowledged.
 */
export type LogShape = 'active' | 'sealed' | 'unsynced';

export interface SmallLog {
  readonly fs: MemoryFileSystem;
  /** Every record, as `textOf` says it. */
  readonly records: readonly string[];
  /** Offset of each batch's first record. */
  readonly baseOffsets: readonly number[];
}

/** The segment that is to be damaged. */
export const LOG = `${LOCATION.directory}/00000000000000000000.log`;

export async function smallLog(compression: CompressionType, shape: LogShape): Promise<SmallLog> {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  writeLeaderEpochCheckpoint(fs, {
    path: `${LOCATION.directory}/leader-epoch-checkpoint`,
    entries: [{ epoch: 0, startOffset: 0 }],
    permissions: 0o600,
    nonce: 'x',
  });
  const batches = [...BATCHES, ...(shape === 'sealed' ? [LATER] : [])];
  const baseOffsets: number[] = [];
  let nextOffset = 0;
  for (const [at, words] of batches.entries()) {
    // Every process of its own, as commands come and go; a segment of 1 byte is full at once.
    const isLater = at === BATCHES.length;
    const writer = openWriter(environment(fs), isLater ? { ...CONFIG, segmentBytes: 1 } : CONFIG);
    const bytes = built(words, compression, START_MS + 10 * at);
    if (shape === 'unsynced') await writer.append([bytes], NO_WAIT, () => undefined);
    else await appendSynced(writer, [bytes]);
    writer.close();
    baseOffsets.push(nextOffset);
    nextOffset += words.length;
  }
  return { fs, records: recordsFrom(fs, 0).records, baseOffsets };
}

function built(
  words: readonly RecordWords[],
  compression: CompressionType,
  timestamp: number,
): Buffer {
  const builder = new RecordBatchBuilder({ capacityBytes: 4096, compression });
  for (const [at, { key, value, headers = [] }] of words.entries()) {
    builder.append(timestamp + at, bytesOf(key), bytesOf(value), headers.map(headerOf));
  }
  return Buffer.from(builder.build());
}

function headerOf([key, value]: readonly [string, string | null]): RecordHeader {
  return { key: Buffer.from(key), value: bytesOf(value) };
}

function bytesOf(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text);
}

export interface ReadResult {
  readonly records: readonly string[];
  /** What ended the reading early. */
  readonly error: CoreError | undefined;
}

interface ReadableRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

function textOf({ offset, timestamp, key, value, headers }: ReadableRecord): string {
  const text = (bytes: Uint8Array | null): string | null =>
    bytes && Buffer.from(bytes).toString('latin1');
  const pairs = headers.map((header) => [text(header.key), text(header.value)]);
  return JSON.stringify([offset, timestamp, text(key), text(value), pairs]);
}

/** What `spool consume` reads from there to the end that is there now. */
export function consumedFrom(fs: FileSystem, from: Position): ReadResult {
  return gathered((records) => {
    const partition = { topic: 'orders', partition: 0, reader: readerOf(fs) };
    const consumer = new Consumer([partition], {
      from,
      until: undefined,
      clamp: false,
      follow: false,
      order: 'partition',
      last: undefined,
      maxRecords: Infinity,
      maxBytes: Infinity,
      filter: {},
      now: () => START_MS,
    });
    try {
      for (let record = consumer.next(); record !== undefined; record = consumer.next()) {
        records.push(textOf(record));
      }
    } finally {
      consumer.close();
    }
  });
}

/** What a reader that follows the log reads from there before it has to wait. */
export function recordsFrom(fs: FileSystem, offset: number): ReadResult {
  return gathered((texts) => {
    const cursor = readerOf(fs).openAt(offset, CHUNK_BYTES);
    const records = new RecordCursor();
    try {
      while (cursor.next()) {
        records.open(cursor.bytes, cursor.at);
        while (records.next()) {
          if (records.offset >= offset) texts.push(textOf(records.viewRecord()));
        }
      }
    } finally {
      cursor.close();
    }
  });
}

function gathered(read: (records: string[]) => void): ReadResult {
  const records: string[] = [];
  try {
    read(records);
  } catch (error) {
    // Anything else is a bug and ends the test.
    if (!isCoreError(error)) throw error;
    return { records, error };
  }
  return { records, error: undefined };
}

/** Undefined: none; an error: it says that the log is damaged. */
export function offsetAtTime(fs: FileSystem, timestamp: number): number | undefined | CoreError {
  try {
    return readerOf(fs).offsetForTimestamp(timestamp)?.offset;
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return error;
  }
}

export function verified(fs: FileSystem): LogVerification {
  const steps = verifyLog({ fs, bootId: 'boot-1' }, LOCATION, { allowGaps: false });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What became of one more record: the offset that it got, or why it was refused. */
export async function appendedTo(fs: MemoryFileSystem): Promise<number | CoreError> {
  const writer = openWriter(environment(fs), CONFIG);
  try {
    const [appended] = await appendSynced(writer, [batchOf(['after the damage'])]);
    return appended!.baseOffset;
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return error;
  } finally {
    writer.close();
  }
}
