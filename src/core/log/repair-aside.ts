/**
 * Keeps bytes that are taken out of a `.log` in a file of their own beside it, `X.log.torn` or
 * `X.log.damaged`, from the second on with a number behind. None is ever written over: what is in one may
 * exist nowhere else. It is written as `.cleaned`, which a death leaves to be swept, and takes its name
 * when it is whole. A repair that was interrupted and is done again finds its own and makes no second one.
 */
import { CoreError, isCoreError } from '../errors.js';
import { appendWhole } from '../fs/durable.js';
import type { File, FileSystem } from '../fs/file-system.js';
import { CLEANED_SUFFIX, segmentPath } from '../segment/file-names.js';
import type { LogLocation } from './log-location.js';

const CHUNK_BYTES = 256 * 1024;

export interface AsideBytes {
  readonly baseOffset: number;
  /** TORN_SUFFIX or DAMAGED_SUFFIX. */
  readonly suffix: string;
  readonly log: File;
  readonly position: number;
  readonly endPosition: number;
}

export interface KeptFile {
  readonly path: string;
  /** False: it was there already, with the same bytes. */
  readonly isNew: boolean;
}

/** Durable on return. */
export function keepAside(fs: FileSystem, location: LogLocation, bytes: AsideBytes): KeptFile {
  const first = segmentPath(location.directory, bytes.baseOffset, bytes.suffix);
  let path = first;
  for (let number = 2; fs.stat(path) !== undefined; number++) {
    if (holds(fs, path, bytes)) return { path, isNew: false };
    path = `${first}.${number}`;
  }
  const unfinished = path + CLEANED_SUFFIX;
  if (fs.stat(unfinished) !== undefined) fs.removeFile(unfinished);
  const file = fs.open(unfinished, 'create', location.filePermissions);
  try {
    copyBytes(bytes.log, file, bytes.position, bytes.endPosition);
    file.sync();
  } finally {
    file.close();
  }
  fs.rename(unfinished, path);
  fs.syncDirectory(location.directory);
  return { path, isNew: true };
}

/** Appends bytes of one file to another; SEGMENT_CORRUPT where the first is shorter than it was. */
export function copyBytes(from: File, to: File, position: number, endPosition: number): void {
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, endPosition - position));
  for (let done = position; done < endPosition;) {
    const wanted = Math.min(chunk.length, endPosition - done);
    const read = from.readAt(chunk, 0, wanted, done);
    if (read === 0) {
      throw new CoreError('SEGMENT_CORRUPT', `${from.path} ends at byte ${done}`, {
        details: { path: from.path, position: done },
      });
    }
    appendWhole(to, chunk.subarray(0, read));
    done += read;
  }
}

function holds(fs: FileSystem, path: string, { log, position, endPosition }: AsideBytes): boolean {
  const kept = openQuietly(fs, path);
  if (kept === undefined) return false;
  try {
    const sizeBytes = endPosition - position;
    if (kept.stat().sizeBytes !== sizeBytes) return false;
    const [one, other] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
    for (let done = 0; done < sizeBytes; done += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, sizeBytes - done);
      kept.readAt(one, 0, length, done);
      log.readAt(other, 0, length, position + done);
      if (!one.subarray(0, length).equals(other.subarray(0, length))) return false;
    }
    return true;
  } finally {
    kept.close();
  }
}

/** What cannot be read is not what was to be kept. */
function openQuietly(fs: FileSystem, path: string): File | undefined {
  try {
    return fs.open(path, 'read');
  } catch (error) {
    if (isCoreError(error)) return undefined;
    throw error;
  }
}
