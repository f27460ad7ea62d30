import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  statfsSync,
  unlinkSync,
} from 'node:fs';
import { platform } from 'node:os';

import { fileError, hasErrno, systemCall } from './file-error.js';
import type { FileStat, FileSystem, OpenMode } from './file-system.js';
import { fileStatOf, keepPermissions, NodeFile } from './node-file.js';
import { symbolicLink } from './symbolic-link.js';

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** The real file system. Without state: all instances are alike. */
export class NodeFileSystem implements FileSystem {
  open(path: string, mode: OpenMode, permissions?: number): NodeFile {
    return NodeFile.open(path, mode, permissions);
  }

  stat(path: string): FileStat | undefined {
    try {
      return fileStatOf(lstatSync(path));
    } catch (error) {
      if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw fileError('look at', path, error);
    }
  }

  /** What is listed is often removed next, so what lies behind a link must not be. */
  list(path: string): string[] {
    return systemCall('list', path, () => {
      if (lstatSync(path).isSymbolicLink()) throw symbolicLink(path);
      return readdirSync(path);
    });
  }

  makeDirectory(path: string, permissions: number): void {
    systemCall('make', path, () => mkdirSync(path, permissions));
    systemCall('set the permissions of', path, () => {
      const descriptor = openSync(path, DIRECTORY);
      try {
        keepPermissions(descriptor, fstatSync(descriptor), permissions);
      } finally {
        closeSync(descriptor);
      }
    });
  }

  rename(from: string, to: string): void {
    systemCall(`rename ${from} to`, to, () => renameSync(from, to));
  }

  link(from: string, to: string): void {
    systemCall(`link ${from} to`, to, () => linkSync(from, to));
  }

  removeFile(path: string): void {
    systemCall('remove', path, () => unlinkSync(path));
  }

  removeDirectory(path: string): void {
    systemCall('remove', path, () => rmdirSync(path));
  }

  syncDirectory(path: string): void {
    try {
      const descriptor = openSync(path, DIRECTORY);
      try {
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      if (!cannotSyncDirectories(error)) throw fileError('sync', path, error);
    }
  }

  freeBytes(path: string): number {
    const { bavail, bsize } = systemCall('ask for the free space of', path, () => statfsSync(path));
    return bavail * bsize;
  }
}

/** Windows cannot open or sync a directory; some FUSE file systems answer EINVAL. Both order by themselves. */
function cannotSyncDirectories(error: unknown): boolean {
  if (platform() === 'win32') return hasErrno(error, 'EPERM', 'EISDIR', 'EINVAL', 'EACCES');
  return hasErrno(error, 'EINVAL', 'ENOTSUP');
}
