import { CoreError } from '../errors.js';
import type { LockableFile } from '../fs/lock.js';

/** What the holder of this lock does, for those who wait. */
export const TOPICS_BEING_CHANGED = 'topics are being changed';

export interface RegistryLockOptions {
  /** Opens a lock of the directory's pinned protocol. */
  readonly openLock: (path: string) => LockableFile;
  readonly lockTimeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs `change` while this process holds the registry lock. `checkLock` throws FENCED if a lease was
 * lost meanwhile; it is called right before the step that makes the change. BUSY or INTERRUPTED if the
 * lock is not had.
 */
export async function withRegistryLock<T>(
  path: string,
  { openLock, lockTimeoutMs: timeoutMs, signal }: RegistryLockOptions,
  change: (checkLock: () => void) => T,
): Promise<T> {
  const lock = openLock(path);
  try {
    await lock.lock(signal === undefined ? { timeoutMs } : { timeoutMs, signal });
    return change(() => {
      if (lock.stillHeld()) return;
      throw new CoreError('FENCED', 'the registry lock was lost to another process', {
        details: { path },
        suggestion: 'Nothing was changed: run the command again.',
      });
    });
  } finally {
    lock.close();
  }
}
