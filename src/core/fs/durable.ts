/**
 * Small whole files that survive a power cut. The order of the calls is the point: a rename that
 * overtakes its file's bytes leaves an empty file (measured on ext4 and XFS).
 */
import { basename, dirname, join } from 'node:path';

import { CoreError, isCoreError } from '../errors.js';
import type { File, FileSystem } from './file-system.js';

const TEMPORARY_PREFIX = '.tmp-';

/**
 * A new file with these bytes, durable on return. FILE_EXISTS if it is there already. On any other
 * failure it is removed again; a crash half way may leave it empty or cut short, so where a reader
 * could meet that use `replaceFileDurably`.
 */
export function createFileDurably(
  fs: FileSystem,
  path: string,
  bytes: Uint8Array,
  permissions: number,
): void {
  createSynced(fs, path, bytes, permissions);
  try {
    fs.syncDirectory(dirname(path));
  } catch (error) {
    removeQuietly(fs, path);
    throw error;
  }
}

/**
 * The file's whole content, old or new and never anything else, also after a crash; durable on
 * return. `nonce` makes the temporary name (beside the file, see `isTemporaryName`) unique: two
 * writers must never share one. On failure the temporary file is removed and the old content stands,
 * unless it was the last step that failed, the sync of the directory: then the new content is in place
 * and may or may not survive a power cut.
 */
export function replaceFileDurably(
  fs: FileSystem,
  path: string,
  bytes: Uint8Array,
  permissions: number,
  nonce: string,
): void {
  const temporary = join(dirname(path), TEMPORARY_PREFIX + nonce);
  createSynced(fs, temporary, bytes, permissions);
  try {
    fs.rename(temporary, path);
  } catch (error) {
    removeQuietly(fs, temporary);
    throw error;
  }
  fs.syncDirectory(dirname(path));
}

/** True for what `replaceFileDurably` leaves behind when it is killed. (Takes a name or a path.) */
export function isTemporaryName(path: string): boolean {
  return basename(path).startsWith(TEMPORARY_PREFIX);
}

/** Content on disk, name not yet. */
function createSynced(fs: FileSystem, path: string, bytes: Uint8Array, permissions: number): void {
  const file = fs.open(path, 'create', permissions);
  try {
    try {
      appendWhole(file, bytes);
      file.sync();
    } finally {
      file.close();
    }
  } catch (error) {
    removeQuietly(fs, path);
    throw error;
  }
}

/**
 * Appends all bytes, in as many writes as it takes: only for a file that nobody else appends to. (A
 * log must not finish a short write: another writer may have followed it.)
 */
export function appendWhole(file: File, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    const count = file.append(bytes, at, bytes.length - at);
    if (count === 0) {
      throw new CoreError('IO_ERROR', `cannot write to ${file.path}: nothing was written`, {
        details: { path: file.path, position: at },
      });
    }
    at += count;
  }
}

/** The content of a file of at most `limitBytes`; a larger one is DATA_DIR_DAMAGED and is not read. */
export function readWholeFile(fs: FileSystem, path: string, limitBytes: number): Uint8Array {
  const file = fs.open(path, 'read');
  try {
    const { sizeBytes } = file.stat();
    if (sizeBytes > limitBytes) {
      throw new CoreError(
        'DATA_DIR_DAMAGED',
        `${path} has ${sizeBytes} bytes, which is more than such a file can have (${limitBytes})`,
        { details: { path, sizeBytes, limitBytes } },
      );
    }
    const bytes = new Uint8Array(sizeBytes);
    return bytes.subarray(0, file.readAt(bytes, 0, sizeBytes, 0));
  } finally {
    file.close();
  }
}

/**
 * Removes a file, or a directory with all it holds. A symbolic link is removed, never followed. What
 * is gone already is fine: another process may be finishing the same removal. Not durable before the
 * parent is synced.
 */
export function removeTree(fs: FileSystem, path: string): void {
  const stat = fs.stat(path);
  if (stat === undefined) return;
  ignoreNotFound(() => {
    if (stat.kind !== 'directory') {
      fs.removeFile(path);
      return;
    }
    for (const name of fs.list(path)) removeTree(fs, join(path, name));
    fs.removeDirectory(path);
  });
}

function ignoreNotFound(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!isCoreError(error, 'FILE_NOT_FOUND')) throw error;
  }
}

/** Tidying up after an error that is about to be thrown; it must not be replaced by another. */
function removeQuietly(fs: FileSystem, path: string): void {
  try {
    fs.removeFile(path);
  } catch {
    // Whoever sweeps temporary files will find it.
  }
}
