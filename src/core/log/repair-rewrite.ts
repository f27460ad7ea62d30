/**
 * Replaces a damaged `.log` by the good batches in it: one segment up to the first missing offset, under
 * the old name, and one more behind each. The steps are Kafka's for a segment that is replaced, and what a
 * death leaves between two of them is finished or taken back by the next writer (leftovers.ts):
 *
 * 1. `X.log.cleaned` for each new segment, synced: until all are there nothing has changed;
 * 2. the old indexes are removed, for they are of the old log;
 * 3. renamed to `.swap`, the highest offsets first: while one `.cleaned` is left, all is taken back;
 * 4. renamed to their names, the highest offsets first. The last rename replaces the damaged log.
 *
 * Each rename is on disk before the next. Several damaged logs are replaced in one such change.
 * Readers who have an old log open go on with it, and find what follows it in place.
 */
import { appendWhole } from '../fs/durable.js';
import type { File, FileSystem } from '../fs/file-system.js';
import { CLEANED_SUFFIX, LOG_SUFFIX, SWAP_SUFFIX, segmentPath } from '../segment/file-names.js';
import type { LogLocation } from './log-location.js';
import { segmentBases } from './repair-actions.js';
import { UNCHECKED_BYTES } from './repair-batch.js';
import { copyBytes } from './repair-aside.js';
import { removeIndexes } from './repair-indexes.js';
import type { SegmentRewrite } from './repair-plan.js';
import type { SalvagedRun } from './repair-salvage.js';

/** Step 1. Yields the bytes written. Returns the base offsets of the new segments, rising. */
export function* writeCleaned(
  fs: FileSystem,
  location: LogLocation,
  { salvage, path }: SegmentRewrite,
): Generator<number, number[]> {
  const { baseOffset, runs } = salvage;
  const bases = segmentBases(baseOffset, runs);
  const log = fs.open(path, 'read');
  try {
    for (const base of bases) {
      const cleaned = segmentPath(location.directory, base, LOG_SUFFIX) + CLEANED_SUFFIX;
      if (fs.stat(cleaned) !== undefined) fs.removeFile(cleaned);
      const file = fs.open(cleaned, 'create', location.filePermissions);
      try {
        const run = runs.find(({ firstOffset }) => firstOffset === base);
        if (run !== undefined) yield* writeRun(run, { log, file });
        file.sync();
      } finally {
        file.close();
      }
    }
  } finally {
    log.close();
  }
  fs.syncDirectory(location.directory);
  return bases;
}

function* writeRun(
  { extents }: SalvagedRun,
  { log, file }: { readonly log: File; readonly file: File },
): Generator<number, void> {
  for (const { position, endPosition, header } of extents) {
    if (header !== undefined) appendWhole(file, header);
    const from = header === undefined ? position : position + UNCHECKED_BYTES;
    copyBytes(log, file, from, endPosition);
    yield endPosition - position;
  }
}

export interface Swap {
  readonly replaced: readonly number[];
  /** Base offsets of all new segments, of every rewrite: their steps are taken together. */
  readonly made: readonly number[];
  /** Throws where the lock was lost. */
  readonly check: () => void;
}

/** Steps 2 to 4. */
export function swapIn(fs: FileSystem, directory: string, { replaced, made, check }: Swap): void {
  const paths = made
    .toSorted((a, b) => b - a)
    .map((base) => segmentPath(directory, base, LOG_SUFFIX));
  const move = (from: string, to: string): void => {
    check();
    fs.rename(from, to);
    fs.syncDirectory(directory);
  };
  check();
  for (const baseOffset of replaced) removeIndexes(fs, directory, baseOffset);
  for (const path of paths) move(path + CLEANED_SUFFIX, path + SWAP_SUFFIX);
  for (const path of paths) move(path + SWAP_SUFFIX, path);
}
