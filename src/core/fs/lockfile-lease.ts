/**
 * proper-lockfile's lock: the directory `<path>.lock`, whose mtime the holder refreshes. The only file
 * that knows the package. It is loaded on first use (15 ms).
 *
 * The package removes that directory by its name alone, at a takeover, at release and at exit, whoever
 * made it meanwhile. So it gets a file system of ours: every removal first looks whether the directory
 * is still the one it was judged by (inode, birth, mtime). What is left is the moment between that look
 * and the removal.
 */
import { mkdirSync, realpathSync, rmdirSync, statSync, utimesSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

import type * as Lockfile from 'proper-lockfile';

import { withoutSignalListeners } from './exit-signals.js';
import { fileError, hasErrno, isSystemError, systemCall } from './file-error.js';
import { nap } from './timer.js';

/** A lease that was not refreshed for so long may be taken by others. */
export const STALE_MS = 30_000;
const REFRESH_MS = 10_000;
/** A lease this close to its end is not relied on any more. */
const MARGIN_MS = 5_000;
/** Longer than two processes that find one stale lease need to see each other's takeover. */
const SETTLE_MS = 25;
/** mtimes of two holders differ below the millisecond, which is all that proper-lockfile compares. */
const SIGNATURE_SECONDS = 0.0004;

let lockfile: typeof Lockfile | undefined;

function loadLockfile(): typeof Lockfile {
  lockfile ??= withoutSignalListeners(
    () => createRequire(import.meta.url)('proper-lockfile') as typeof Lockfile,
  );
  return lockfile;
}

export class LockfileLease {
  readonly #path: string;
  readonly #directory: string;
  /** Releases; defined while this object has the lease. */
  #release: (() => void) | undefined;
  #isCompromised = false;
  /** The directory as it was when we made or refreshed it. */
  #ours: string | undefined;
  #refreshedMs = 0;
  /** What it was set to then. */
  #modifiedMs = 0;
  /** The mtime that proper-lockfile has seen or set last, and whether we have set another since. */
  #expectedTime: Date | undefined;
  #isRefreshedByUs = false;
  /** The directory of someone else, and since when we have seen it unchanged. */
  #theirs: { readonly identity: string; readonly sinceMs: number } | undefined;
  #tookOver = false;

  constructor(path: string) {
    this.#path = path;
    this.#directory = `${path}.lock`;
  }

  /** Takes the lease if nobody has it, or if its holder has not refreshed it for STALE_MS. */
  tryTake(): boolean {
    if (!this.#take()) return false;
    this.#theirs = undefined;
    return !this.#tookOver || this.#settle();
  }

  /**
   * Asks the file system, so also true of the moment, not only of the last refresh. Refreshes the lease
   * where its timer is late: work that gives timers no turn keeps it by asking every few seconds.
   */
  isHeld(): boolean {
    if (this.#release === undefined || this.#isCompromised) return false;
    const ageMs = performance.now() - this.#refreshedMs;
    if (ageMs > STALE_MS - MARGIN_MS || this.#ours !== lookAt(this.#directory)) return false;
    if (ageMs > REFRESH_MS) this.#refresh(ageMs);
    return true;
  }

  /** Idempotent. Leaves the directory alone if it is somebody else's by now. */
  release(): void {
    const release = this.#release;
    this.#release = undefined;
    try {
      release?.();
    } catch (error) {
      // Compromised: there is nothing to give back.
      if (!hasErrno(error, 'ERELEASED', 'ENOTACQUIRED')) {
        throw fileError('unlock', this.#path, error);
      }
    }
  }

  /** Removes the directory of a holder that is known to be dead. */
  clear(): void {
    try {
      rmdirSync(this.#directory);
    } catch (error) {
      if (!hasErrno(error, 'ENOENT')) throw fileError('remove', this.#directory, error);
    }
  }

  #take(): boolean {
    this.#isCompromised = false;
    this.#tookOver = false;
    this.#ours = undefined;
    this.#isRefreshedByUs = false;
    try {
      this.#release = loadLockfile().lockSync(this.#path, {
        realpath: false,
        stale: STALE_MS,
        update: REFRESH_MS,
        fs: this.#fileSystem(),
        onCompromised: () => {
          this.#isCompromised = true;
        },
      });
      return true;
    } catch (error) {
      if (hasErrno(error, 'ELOCKED')) return false;
      // Someone else removed the directory that we had just made, taking it for a stale one.
      const isRace = hasErrno(error, 'ENOENT') && lookAt(dirname(this.#path)) !== undefined;
      if (isRace) return false;
      throw fileError('lock', this.#path, error);
    }
  }

  /** Two that take over one stale lease at the same moment: both wait, one finds that it lost. */
  #settle(): boolean {
    nap(SETTLE_MS);
    if (this.isHeld()) return true;
    this.release();
    return false;
  }

  /** What proper-lockfile gets for `fs`: it uses no more than this. */
  #fileSystem(): object {
    return {
      realpathSync,
      mkdirSync: (path: string) => {
        mkdirSync(path);
        this.#noteOurs();
      },
      statSync: (path: string) => {
        const stats = statSync(path);
        if (this.#ours === undefined) this.#judge(stats);
        else this.#showExpected(stats);
        return stats;
      },
      utimesSync: (_path: string, _accessed: Date, modified: Date) => {
        this.#setTime(modified);
        this.#expectedTime = modified;
        this.#isRefreshedByUs = false;
      },
      rmdirSync: () => {
        this.#remove();
      },
    };
  }

  /** By the time that has passed since the last refresh. */
  #refresh(ageMs: number): void {
    try {
      this.#setTime(new Date(this.#modifiedMs + ageMs));
      this.#isRefreshedByUs = true;
    } catch (error) {
      // It is ours for as long as the last refresh was good for.
      if (!isSystemError(error)) throw error;
    }
  }

  #setTime(modified: Date): void {
    this.#modifiedMs = modified.getTime();
    const signature = Math.random() * SIGNATURE_SECONDS;
    utimesSync(this.#directory, modified, modified.getTime() / 1000 + signature);
    this.#noteOurs();
  }

  /** proper-lockfile would take our own refresh for a stranger's. */
  #showExpected(stats: Stats): void {
    const isOurs = identityOf(stats) === this.#ours;
    if (!this.#isRefreshedByUs) this.#expectedTime = stats.mtime;
    else if (isOurs && this.#expectedTime !== undefined) stats.mtime = this.#expectedTime;
  }

  #noteOurs(): void {
    this.#ours = lookAt(this.#directory);
    this.#refreshedMs = performance.now();
  }

  /**
   * Remembers the directory that a takeover would be about. One whose mtime lies in the future (a clock
   * was set back) would never be stale: what has not changed while we watched it for STALE_MS is.
   */
  #judge(stats: Stats): void {
    const identity = identityOf(stats);
    if (this.#theirs?.identity !== identity) {
      this.#theirs = { identity, sinceMs: performance.now() };
    }
    if (performance.now() - this.#theirs.sinceMs > STALE_MS) stats.mtime = new Date(0);
  }

  #remove(): void {
    const found = lookAt(this.#directory);
    if (this.#ours !== undefined) {
      if (found === this.#ours) rmdirSync(this.#directory);
      return;
    }
    if (found !== this.#theirs?.identity) {
      throw Object.assign(new Error('taken over by another process'), { code: 'ELOCKED' });
    }
    rmdirSync(this.#directory);
    this.#tookOver = true;
  }
}

function lookAt(path: string): string | undefined {
  const stats = systemCall('look at', path, () => statSync(path, { throwIfNoEntry: false }));
  return stats && identityOf(stats);
}

/** An inode's number is given again at once (ext4), and two processes may set one mtime: so all three. */
function identityOf(stats: Stats): string {
  return `${stats.ino} ${stats.birthtimeMs} ${stats.mtimeMs}`;
}
