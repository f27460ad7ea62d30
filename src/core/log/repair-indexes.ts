/**
 * Writes both indexes of a segment anew. A sealed one's time index must be complete, or lookups by time
 * pass the segment over and retention takes it for older than it is: so both are made under `.cleaned`
 * names and take their own when they are whole, the time index first. Until then the segment has the
 * old ones, or none, which is legal. The active segment's are in the hands of writers and are rebuilt in
 * place, as those do it; there a short one is legal too.
 */
import { CoreError } from '../errors.js';
import type { File, FileSystem } from '../fs/file-system.js';
import {
  CLEANED_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  segmentPath,
} from '../segment/file-names.js';
import { OffsetIndex } from '../segment/offset-index.js';
import { appendTimeEntry, rebuildIndexes } from '../segment/segment-scan.js';
import { closeSegment, openSegmentForAppend, openSegmentLog } from '../segment/segment.js';
import { TimeIndex } from '../segment/time-index.js';
import type { LogLocation } from './log-location.js';

export interface RebuildOptions {
  readonly indexIntervalBytes: number;
  readonly allowGaps: boolean;
}

/** Of a segment that nobody appends to. Durable on return; DISK_FULL leaves the indexes as they were. */
export function rebuildSealedIndexes(
  fs: FileSystem,
  location: LogLocation,
  baseOffset: number,
  options: RebuildOptions,
): void {
  const { directory, filePermissions } = location;
  const opened: File[] = [];
  const make = (suffix: string): File => {
    const path = segmentPath(directory, baseOffset, suffix) + CLEANED_SUFFIX;
    if (fs.stat(path) !== undefined) fs.removeFile(path);
    const file = fs.open(path, 'create', filePermissions);
    opened.push(file);
    return file;
  };
  try {
    const log = openSegmentLog(fs, directory, baseOffset);
    opened.push(log);
    const timeIndex = new TimeIndex(make(TIME_INDEX_SUFFIX), baseOffset);
    const offsetIndex = new OffsetIndex(make(OFFSET_INDEX_SUFFIX), baseOffset);
    const segment = { baseOffset, log, offsetIndex, timeIndex };
    const { tail } = rebuildIndexes(segment, { ...options, checkCrcFrom: Infinity });
    if (!appendTimeEntry(segment, tail)) throw diskFull(timeIndex.file.path);
    timeIndex.file.sync();
    offsetIndex.file.sync();
  } finally {
    for (const file of opened) file.close();
  }
  for (const suffix of [TIME_INDEX_SUFFIX, OFFSET_INDEX_SUFFIX]) {
    const path = segmentPath(directory, baseOffset, suffix);
    fs.rename(path + CLEANED_SUFFIX, path);
    fs.syncDirectory(directory);
  }
}

function diskFull(path: string): CoreError {
  return new CoreError('DISK_FULL', `cannot write ${path}: the disk is full`, {
    details: { path },
  });
}

/** Of the segment that is appended to. Not synced, as they never are. */
export function rebuildActiveIndexes(
  fs: FileSystem,
  { directory, filePermissions }: LogLocation,
  baseOffset: number,
  options: RebuildOptions,
): void {
  const segment = openSegmentForAppend(fs, directory, baseOffset, filePermissions);
  try {
    rebuildIndexes(segment, { ...options, checkCrcFrom: Infinity });
  } finally {
    closeSegment(segment);
  }
}

/** An index must never stand beside a log that it was not made from. Durable on return. */
export function removeIndexes(fs: FileSystem, directory: string, baseOffset: number): void {
  for (const suffix of [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX]) {
    const path = segmentPath(directory, baseOffset, suffix);
    if (fs.stat(path) !== undefined) fs.removeFile(path);
  }
  fs.syncDirectory(directory);
}
