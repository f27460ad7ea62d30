/** One partition on any file system, and the words to write, crash and read it in tests. */
import { RecordBatchBuilder } from '../../src/core/batch/batch-builder.js';
import type { CompressionType } from '../../src/core/batch/compression.js';
import { stampBatch } from '../../src/core/batch/stamp.js';
import { RecordCursor } from '../../src/core/batch/record-cursor.js';
import type { Environment } from '../../src/core/fs/environment.js';
import { isCoreError } from '../../src/core/errors.js';
import type { File, FileSystem } from '../../src/core/fs/file-system.js';
import type { LockProvider } from '../../src/core/fs/lock.js';
import { initialControlFile } from '../../src/core/log/control-file.js';
import { type LogConfig, DEFAULT_LOG_CONFIG } from '../../src/core/log/log-config.js';
import type { LogLocation } from '../../src/core/log/log-location.js';
import { LogReader } from '../../src/core/log/log-reader.js';
import { LogWriter } from '../../src/core/log/log-writer.js';
import type { AppendedBatch } from '../../src/core/log/log-writer-options.js';
import { createSegment } from '../../src/core/segment/segment.js';
import { MemoryLocks } from './memory-locks.js';

export const LOCATION: LogLocation = {
  directory: '/data/log/orders-0',
  controlPath: '/data/partitions/orders-0',
  filePermissions: 0o600,
};

export const NO_WAIT = { timeoutMs: 0 };

/** A clock that stands still unless a test moves it. */
export const START_MS = 1_700_000_000_000;

export function environment(
  fs: FileSystem,
  options: {
    readonly bootId?: string;
    readonly locks?: LockProvider;
    readonly nowMs?: number;
  } = {},
): Environment {
  return {
    fs,
    locks: options.locks ?? new MemoryLocks(fs),
    now: () => options.nowMs ?? START_MS,
    uptimeMs: () => options.nowMs ?? START_MS,
    bootId: options.bootId ?? 'boot-1',
    owner: { pid: 42, startTime: 1, command: 'test' },
  };
}

/** An empty partition, everything of it durable. */
export function createPartition(fs: FileSystem, location = LOCATION): void {
  for (const path of ['/data', '/data/log', '/data/partitions', location.directory]) {
    fs.makeDirectory(path, 0o700);
  }
  createSegment(fs, location.directory, 0, location.filePermissions);
  const control = fs.open(location.controlPath, 'create', 0o600);
  const bytes = initialControlFile();
  control.append(bytes, 0, bytes.length);
  control.sync();
  control.close();
  for (const path of ['/data/partitions', '/data/log', '/data', '/']) fs.syncDirectory(path);
}

export function openWriter(env: Environment, config: Partial<LogConfig> = {}): LogWriter {
  return new LogWriter(env, {
    location: LOCATION,
    leaderEpoch: 0,
    config: () => ({ ...DEFAULT_LOG_CONFIG, ...config }),
    confirmCreated: () => undefined,
    checkStillOurs: () => undefined,
  });
}

export interface BatchWords {
  readonly timestamp?: number;
  readonly compression?: CompressionType;
}

export function batchOf(values: readonly string[], words: BatchWords = {}): Buffer {
  const builder = new RecordBatchBuilder({
    capacityBytes: 64 * 1024,
    compression: words.compression ?? 'none',
  });
  values.forEach((value, index) => {
    builder.append((words.timestamp ?? START_MS) + index, null, Buffer.from(value), []);
  });
  return Buffer.from(builder.build());
}

/** Appends, syncs, and only then answers: what a user was promised. */
export async function appendSynced(
  writer: LogWriter,
  batches: readonly Buffer[],
): Promise<AppendedBatch[]> {
  const appended: AppendedBatch[] = [];
  await writer.append(batches, NO_WAIT, (batch) => appended.push(batch));
  await writer.sync(NO_WAIT);
  return appended;
}

export function readerOf(fs: FileSystem, bootId = 'boot-1'): LogReader {
  return new LogReader({ fs, bootId }, LOCATION, { allowGaps: false });
}

/** All values that can be read, with their offsets, from the log's start. */
export function readValues(
  fs: FileSystem,
  { from, bootId }: { readonly from?: number; readonly bootId?: string } = {},
): { offset: number; value: string }[] {
  const reader = readerOf(fs, bootId);
  const start = from ?? reader.logStartOffset;
  const cursor = reader.openAt(start);
  const records = new RecordCursor();
  const found = [];
  try {
    while (cursor.next()) {
      records.open(cursor.bytes, cursor.at);
      while (records.next()) {
        if (records.offset < start) continue;
        const value = records.bytes.toString(
          'latin1',
          records.valueAt,
          records.valueAt + records.valueLength,
        );
        found.push({ offset: records.offset, value });
      }
    }
  } finally {
    cursor.close();
  }
  return found;
}

/** An open file that holds `bytes`. */
export function fileOf(fs: FileSystem, path: string, bytes: Uint8Array): File {
  if (fs.stat(path) !== undefined) fs.removeFile(path);
  const file = fs.open(path, 'create', 0o600);
  if (bytes.length > 0) file.append(bytes, 0, bytes.length);
  return file;
}

/** A batch that has its place. */
export function batchAt(baseOffset: number, values: readonly string[], words?: BatchWords): Buffer {
  const bytes = batchOf(values, words);
  stampBatch(bytes, 0, baseOffset, 0);
  return bytes;
}

export function contentOf(fs: FileSystem, path: string): Buffer {
  const file = fs.open(path, 'read');
  const bytes = Buffer.alloc(file.stat().sizeBytes);
  file.readAt(bytes, 0, bytes.length, 0);
  file.close();
  return bytes;
}

/** Writes over the bytes of a file in place, as a disk that goes bad does. */
export function overwrite(fs: FileSystem, path: string, position: number, bytes: Uint8Array): void {
  const file = fs.open(path, 'update');
  file.writeAt(bytes, 0, bytes.length, position);
  file.sync();
  file.close();
}

export function flipBit(fs: FileSystem, path: string, position: number, bit = 0): void {
  overwrite(fs, path, position, Uint8Array.of(contentOf(fs, path)[position]! ^ (1 << bit)));
}

export function appendRaw(fs: FileSystem, path: string, bytes: Uint8Array): void {
  const file = fs.open(path, 'append');
  file.append(bytes, 0, bytes.length);
  file.close();
}

/** The code of the CoreError that `work` fails with; anything else fails the test. */
export async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isCoreError(error)) return error.code;
    throw error;
  }
}
