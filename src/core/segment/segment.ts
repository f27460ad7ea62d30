/**
 * The files of one base offset: the `.log` and its two indexes. Opening one reads nothing but
 * directory entries; an index that is missing is simply not there (`read`), or made (`append`).
 */
import { isCoreError } from '../errors.js';
import type { File, FileSystem } from '../fs/file-system.js';
import {
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
  segmentPath,
} from './file-names.js';
import { OffsetIndex } from './offset-index.js';
import { TimeIndex } from './time-index.js';

export interface Segment {
  readonly baseOffset: number;
  readonly log: File;
  readonly offsetIndex: OffsetIndex | undefined;
  readonly timeIndex: TimeIndex | undefined;
}

export interface WritableSegment extends Segment {
  readonly offsetIndex: OffsetIndex;
  readonly timeIndex: TimeIndex;
}

/** FILE_NOT_FOUND if the segment is gone. */
export function openSegment(fs: FileSystem, directory: string, baseOffset: number): Segment {
  const log = openSegmentLog(fs, directory, baseOffset);
  let offsetIndex: File | undefined;
  try {
    offsetIndex = openIfPresent(fs, segmentPath(directory, baseOffset, OFFSET_INDEX_SUFFIX));
    const timeIndex = openIfPresent(fs, segmentPath(directory, baseOffset, TIME_INDEX_SUFFIX));
    return {
      baseOffset,
      log,
      offsetIndex: offsetIndex && new OffsetIndex(offsetIndex, baseOffset),
      timeIndex: timeIndex && new TimeIndex(timeIndex, baseOffset),
    };
  } catch (error) {
    offsetIndex?.close();
    log.close();
    throw error;
  }
}

/**
 * The `.log` alone, for reading. A compaction that was killed half-way may have left the only copy
 * under its `.swap` name.
 */
export function openSegmentLog(fs: FileSystem, directory: string, baseOffset: number): File {
  const path = segmentPath(directory, baseOffset, LOG_SUFFIX);
  try {
    return fs.open(path, 'read');
  } catch (error) {
    if (!isCoreError(error, 'FILE_NOT_FOUND')) throw error;
    if (fs.stat(path + SWAP_SUFFIX) === undefined) throw error;
    return fs.open(path + SWAP_SUFFIX, 'read');
  }
}

function openIfPresent(fs: FileSystem, path: string): File | undefined {
  try {
    return fs.open(path, 'read');
  } catch (error) {
    if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Opens a segment to append to it; indexes that are missing are created empty. */
export function openSegmentForAppend(
  fs: FileSystem,
  directory: string,
  baseOffset: number,
  permissions: number,
): WritableSegment {
  const opened: File[] = [];
  const open = (suffix: string): File => {
    const path = segmentPath(directory, baseOffset, suffix);
    const mode = suffix === LOG_SUFFIX || fs.stat(path) !== undefined ? 'append' : 'create';
    const file = fs.open(path, mode, permissions);
    opened.push(file);
    return file;
  };
  try {
    return {
      baseOffset,
      log: open(LOG_SUFFIX),
      offsetIndex: new OffsetIndex(open(OFFSET_INDEX_SUFFIX), baseOffset),
      timeIndex: new TimeIndex(open(TIME_INDEX_SUFFIX), baseOffset),
    };
  } catch (error) {
    for (const file of opened) file.close();
    throw error;
  }
}

/**
 * Makes the files of a new, empty segment durable. The `.log` comes last: a segment exists from the
 * moment it has one, and indexes without one are swept by `removeLeftovers` or overwritten here.
 */
export function createSegment(
  fs: FileSystem,
  directory: string,
  baseOffset: number,
  permissions: number,
): void {
  for (const suffix of [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX, LOG_SUFFIX]) {
    const path = segmentPath(directory, baseOffset, suffix);
    if (suffix !== LOG_SUFFIX && fs.stat(path) !== undefined) fs.removeFile(path);
    const file = fs.open(path, 'create', permissions);
    try {
      file.sync();
    } finally {
      file.close();
    }
  }
  fs.syncDirectory(directory);
}

export function closeSegment(segment: Segment): void {
  segment.log.close();
  segment.offsetIndex?.file.close();
  segment.timeIndex?.file.close();
}
