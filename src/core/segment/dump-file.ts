/** What a file of a segment says, whatever kind it is and wherever it lies. */
import { basename, dirname, join } from 'node:path';
import { CoreError, isCoreError } from '../errors.js';
import type { File, FileSystem } from '../fs/file-system.js';
import type { DumpEntry } from './dump-entry.js';
import { dumpOffsetIndex, dumpTimeIndex } from './dump-indexes.js';
import { dumpLog } from './dump-log.js';
import { dumpProducerSnapshot } from './dump-producer-snapshot.js';
import { dumpTxnIndex } from './dump-txn-index.js';
import {
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  PRODUCER_SNAPSHOT_SUFFIX,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
} from './file-names.js';
import { OffsetIndex } from './offset-index.js';

export const DUMPED_SUFFIXES = [
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
  PRODUCER_SNAPSHOT_SUFFIX,
] as const;

type DumpedSuffix = (typeof DUMPED_SUFFIXES)[number];

export interface DumpOptions {
  /** Each record of a log, and not only each batch. */
  readonly deep: boolean;
}

export function hasDumpedSuffix(path: string): boolean {
  return suffixOf(path) !== undefined;
}

/**
 * INVALID_ARGUMENT for a file of another kind, or an index that is not named by its base offset.
 * Damage is an entry and ends nothing that can go on.
 */
export function* dumpFile(
  fs: FileSystem,
  path: string,
  options: DumpOptions,
): Generator<DumpEntry, void> {
  const suffix = suffixOf(path);
  if (suffix === undefined) throw unknownKind(path);
  const file = fs.open(path, 'read');
  try {
    yield { kind: 'file', file: path };
    yield* dumpKind(fs, file, suffix, options);
  } finally {
    file.close();
  }
}

function* dumpKind(
  fs: FileSystem,
  file: File,
  suffix: DumpedSuffix,
  options: DumpOptions,
): Generator<DumpEntry, void> {
  switch (suffix) {
    case '.log': {
      const fileName = basename(file.path);
      const offset = baseOffsetOf(file.path);
      if (offset !== undefined) yield { kind: 'log-start', offset };
      yield* dumpLog(file, { ...options, fileName });
      return;
    }
    case '.index':
    case '.timeindex':
      yield* dumpIndex(fs, file, suffix);
      return;
    case '.txnindex':
      yield* dumpTxnIndex(file);
      return;
    case '.snapshot':
      yield* dumpProducerSnapshot(file);
  }
}

function* dumpIndex(
  fs: FileSystem,
  file: File,
  suffix: '.index' | '.timeindex',
): Generator<DumpEntry, void> {
  const baseOffset = baseOffsetOf(file.path);
  if (baseOffset === undefined) throw unnamedIndex(file.path);
  const beside = [LOG_SUFFIX, OFFSET_INDEX_SUFFIX].map((other) =>
    openIfThere(fs, join(dirname(file.path), basename(file.path, suffix) + other)),
  );
  const [log, offsets] = beside;
  try {
    if (log === undefined) {
      const reason = 'the log is not beside it: nothing was compared';
      yield { kind: 'note', file: file.path, position: 0, reason };
    }
    if (suffix === '.index') yield* dumpOffsetIndex(file, { baseOffset, log });
    else {
      const offsetIndex = offsets && new OffsetIndex(offsets, baseOffset);
      yield* dumpTimeIndex(file, { baseOffset, log, offsetIndex });
    }
  } finally {
    for (const each of beside) each?.close();
  }
}

function suffixOf(path: string): DumpedSuffix | undefined {
  return DUMPED_SUFFIXES.find((suffix) => path.endsWith(suffix));
}

function baseOffsetOf(path: string): number | undefined {
  const digits = /^(\d+)\./.exec(basename(path))?.[1];
  const offset = Number(digits);
  return digits !== undefined && Number.isSafeInteger(offset) ? offset : undefined;
}

function openIfThere(fs: FileSystem, path: string): File | undefined {
  try {
    return fs.open(path, 'read');
  } catch (error) {
    if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}

function unknownKind(path: string): CoreError {
  return new CoreError('INVALID_ARGUMENT', `${path} is no file of a segment`, {
    details: { path },
    suggestion: `these can be shown: ${DUMPED_SUFFIXES.join(' ')}`,
  });
}

function unnamedIndex(path: string): CoreError {
  return new CoreError('INVALID_ARGUMENT', `${path} is not named by its base offset`, {
    details: { path },
    suggestion: 'the offsets in an index are relative to it: 00000000000000000042.index',
  });
}
