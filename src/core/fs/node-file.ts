import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import type { Stats } from 'node:fs';

import { assert } from '../assert.js';
import { CoreError } from '../errors.js';
import { fileError, hasErrno, systemCall } from './file-error.js';
import type { File, FileKind, FileStat, OpenMode } from './file-system.js';
import { isOnSharedFileSystem } from './shared-file-system.js';

// O_NONBLOCK: opening a FIFO that someone put in a file's place must not wait for its other end.
// Both are undefined on Windows, which `|` reads as 0.
const SAFE = constants.O_NOFOLLOW | constants.O_NONBLOCK;

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: constants.O_RDONLY | SAFE,
  append: constants.O_RDWR | constants.O_APPEND | SAFE,
  update: constants.O_RDWR | SAFE,
  create: constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL | SAFE,
};

/** The rwx bits of all three, and setuid, setgid, sticky: a shared directory is 0o2770. */
export const PERMISSION_BITS = 0o7777;

/** Node refuses reads of 2 GiB and more. */
const MAX_CALL_BYTES = 1 << 30;

const OWNER_ONLY = 0o600;

/** A file of the real file system. */
export class NodeFile implements File {
  readonly path: string;
  /** Valid until `close`. */
  readonly descriptor: number;
  /** Its size, as this kernel has it, may be older than what another machine has written. */
  readonly #mayBeStale: boolean;
  #pendingSyncs = 0;
  #closeRequested = false;

  private constructor(path: string, descriptor: number, mayBeStale: boolean) {
    this.path = path;
    this.descriptor = descriptor;
    this.#mayBeStale = mayBeStale;
  }

  static open(path: string, mode: OpenMode, permissions = OWNER_ONLY): NodeFile {
    const descriptor = systemCall(mode === 'create' ? 'create' : 'open', path, () =>
      openSync(path, FLAGS[mode], permissions),
    );
    let mayBeStale: boolean;
    try {
      const stats = fstatSync(descriptor);
      mayBeStale = mode !== 'read' && isOnSharedFileSystem(path, stats.dev);
      if (!stats.isFile()) throw notRegular(path, stats);
      if (mode === 'create') keepPermissions(descriptor, stats, permissions);
    } catch (error) {
      closeSync(descriptor);
      throw fileError('open', path, error);
    }
    return new NodeFile(path, descriptor, mayBeStale);
  }

  readAt(target: Uint8Array, at: number, length: number, position: number): number {
    this.#assertOpen();
    let done = 0;
    while (done < length) {
      const wanted = Math.min(length - done, MAX_CALL_BYTES);
      const count = systemCall('read', this.path, () =>
        readSync(this.descriptor, target, at + done, wanted, position + done),
      );
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  append(source: Uint8Array, at: number, length: number): number {
    this.#assertOpen();
    return systemCall('write to', this.path, () => writeSync(this.descriptor, source, at, length));
  }

  writeAt(source: Uint8Array, at: number, length: number, position: number): number {
    this.#assertOpen();
    return systemCall('write to', this.path, () =>
      writeSync(this.descriptor, source, at, length, position),
    );
  }

  truncate(sizeBytes: number): void {
    this.#assertOpen();
    systemCall('cut', this.path, () => ftruncateSync(this.descriptor, sizeBytes));
  }

  stat(): FileStat {
    this.#assertOpen();
    const stats = systemCall('look at', this.path, () => fstatSync(this.descriptor));
    if (!this.#mayBeStale) return fileStatOf(stats);
    this.#askAnew(stats);
    return fileStatOf(systemCall('look at', this.path, () => fstatSync(this.descriptor)));
  }

  /**
   * FUSE and NFS answer `fstat` from memory for some seconds; a change of the file's attributes, also one
   * that changes nothing, goes to the server, and comes back with what is true. Only its owner may do so:
   * where somebody else writes, a stale size is found after the write (FENCED).
   */
  #askAnew({ mode }: Stats): void {
    systemCall('look at', this.path, () => {
      try {
        fchmodSync(this.descriptor, mode & PERMISSION_BITS);
      } catch (error) {
        if (!hasErrno(error, 'EPERM')) throw error;
      }
    });
  }

  sync(): void {
    this.#assertOpen();
    try {
      fdatasyncSync(this.descriptor);
    } catch (error) {
      throw fileError('sync', this.path, error);
    }
  }

  syncLater(): Promise<void> {
    this.#assertOpen();
    this.#pendingSyncs++;
    return new Promise((resolve, reject) => {
      fdatasync(this.descriptor, (error) => {
        this.#pendingSyncs--;
        if (this.#closeRequested && this.#pendingSyncs === 0) closeSync(this.descriptor);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is a CoreError
        if (error) reject(fileError('sync', this.path, error));
        else resolve();
      });
    });
  }

  /**
   * Idempotent. Waits for a `syncLater` under way: the number of a closed descriptor is reused at
   * once, and the sync would then report on another file.
   */
  close(): void {
    if (this.#closeRequested) return;
    this.#closeRequested = true;
    if (this.#pendingSyncs > 0) return;
    try {
      closeSync(this.descriptor);
    } catch (error) {
      throw fileError('close', this.path, error);
    }
  }

  #assertOpen(): void {
    assert(!this.#closeRequested, `${this.path} is used after it was closed`);
  }
}

export function fileStatOf(stats: Stats): FileStat {
  return {
    kind: kindOf(stats),
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    permissions: stats.mode & PERMISSION_BITS,
    device: stats.dev,
    inode: stats.ino,
    ownerId: stats.uid,
  };
}

function kindOf(stats: Stats): FileKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

/** The umask narrows what open and mkdir were asked for; a directory that is shared says otherwise. */
export function keepPermissions(descriptor: number, stats: Stats, permissions: number): void {
  if ((stats.mode & PERMISSION_BITS) !== permissions) fchmodSync(descriptor, permissions);
}

function notRegular(path: string, stats: Stats): CoreError {
  const what = stats.isDirectory() ? 'a directory' : 'not a regular file';
  return new CoreError('NOT_A_REGULAR_FILE', `cannot open ${path}: it is ${what}`, {
    details: { path, errno: undefined, syscall: 'fstat' },
  });
}
