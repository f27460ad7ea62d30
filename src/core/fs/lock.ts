/**
 * The lock port. A lock is held on a permanent file, which is opened once and may be locked and
 * unlocked many times. Two implementations, one pinned per data directory:
 * - `kernel`: open-file-description locks (fcntl F_OFD_SETLK on Linux): free the moment the process
 *   dies, safe while it is frozen.
 * - `lockfile`: proper-lockfile's directory lock, for file systems or platforms without the first: a
 *   lease that others may take over when it goes stale, so `stillHeld` must be asked before a write.
 */
import type { File } from './file-system.js';

export type LockProtocol = 'kernel' | 'lockfile';

export interface LockableFile {
  /**
   * Opened for reading and for writing in place. Locking opens it again if the path leads to another
   * file by now, so ask for it after each lock instead of keeping it.
   */
  readonly file: File;
  /**
   * The descriptor that hands the lock on: a child process that gets it as an open file holds the lock
   * too, until both have closed it. Ask after each lock, as for `file`. undefined: locks of this kind
   * belong to one process.
   */
  readonly inheritable: number | undefined;
  /** Takes the exclusive lock if it is free now. Never waits. */
  tryLock(): boolean;
  /**
   * Waits for the exclusive lock, at most `timeoutMs` (Infinity: for ever). Rejects with BUSY
   * (`details: { path, waitedMs }`), or with INTERRUPTED when `signal` aborts.
   */
  lock(options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void>;
  /** Takes a shared lock if no exclusive one is held. (`lockfile` has none and answers true.) */
  tryLockShared(): boolean;
  /** False when a lease was lost. Under `kernel` always true while locked. Cheap; synchronous. */
  stillHeld(): boolean;
  /**
   * Gives the lock back, also for a child that inherited it. With `lockfile` only if it is still ours.
   * Idempotent.
   */
  unlock(): void;
  /** Closes, and lets the lock go; a child that inherited it keeps it. */
  close(): void;
}

export interface LockProvider {
  readonly protocol: LockProtocol;
  /**
   * FILE_NOT_FOUND if the target is absent. `what` the holder does, to go on with "by" somebody (`group
   * load is being changed`): the file, which must have nothing else to say, then names the holder to
   * others, where the provider knows how (owned-lock.ts).
   */
  open(path: string, what?: string): LockableFile;
  /**
   * Whether somebody, this process too, holds the exclusive lock of the file now; false if there is no
   * such file. Needs no right to write. Waiters are not disturbed, but a `tryLock` of the same moment
   * may find the file locked.
   */
  isLocked(path: string): boolean;
}
