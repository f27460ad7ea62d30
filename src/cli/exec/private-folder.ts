/** A directory below TMPDIR that no other user can look into, for what a command is given. */
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreError } from '../../core/errors.js';
import { openErrorCode } from '../stdout.js';

export class PrivateFolder {
  readonly path: string;

  /** PERMISSION_DENIED, DISK_FULL, … where none can be made. */
  constructor() {
    const pattern = join(tmpdir(), 'spool-');
    this.path = attempt(`${pattern}*`, () => mkdtempSync(pattern));
  }

  /** A new file, open for writing; only its owner can open it too. */
  createFile(name: string): { path: string; descriptor: number } {
    const path = join(this.path, name);
    return { path, descriptor: attempt(path, () => openSync(path, 'wx', 0o600)) };
  }

  /**
   * With all that is in it. A folder that cannot be removed is left: the command that used it may have
   * succeeded, and that counts.
   */
  remove(): void {
    try {
      rmSync(this.path, { recursive: true, force: true });
    } catch {
      // As said.
    }
  }
}

function attempt<T>(path: string, create: () => T): T {
  try {
    return create();
  } catch (error) {
    const { code: errno = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new CoreError(openErrorCode(errno), `cannot create ${path}: ${errno}`, {
      details: { path, errno },
      suggestion: 'TMPDIR names another directory for temporary files',
      cause: error,
    });
  }
}
