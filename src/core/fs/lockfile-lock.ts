/**
 * The `lockfile` lock protocol: a lease, for systems and file systems without kernel locks. A holder
 * that is frozen for longer than the lease loses it, so `stillHeld` must be asked right before every
 * write; a holder that was killed blocks others until its lease is stale.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { lockBusy, lockInterrupted } from './lock-errors.js';
import type { LockableFile, LockProvider } from './lock.js';
import { LockfileLease, STALE_MS } from './lockfile-lease.js';
import { NodeFile } from './node-file.js';
import { NodeFileSystem } from './node-fs.js';

const fs = new NodeFileSystem();

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 64;

export class LockfileLocks implements LockProvider {
  readonly protocol = 'lockfile';
  /** Leases of others: how they were last seen, and since when they look so. */
  readonly #seen = new Map<string, { readonly refreshedMs: number; readonly sinceMs: number }>();

  open(path: string): LockfileLock {
    return new LockfileLock(path);
  }

  /** Its lease is there, and has been refreshed lately. */
  isLocked(path: string): boolean {
    const lease = fs.stat(path) && fs.stat(`${path}.lock`);
    if (lease === undefined) {
      this.#seen.delete(path);
      return false;
    }
    const { modifiedMs } = lease;
    let seen = this.#seen.get(path);
    if (seen?.refreshedMs !== modifiedMs) {
      seen = { refreshedMs: modifiedMs, sinceMs: performance.now() };
      this.#seen.set(path, seen);
    }
    // The lease's time alone may deceive a process that runs for long: this clock follows neither a
    // clock that was set nor the sleep of the machine.
    const ageMs = performance.timeOrigin + performance.now() - modifiedMs;
    return ageMs <= STALE_MS && performance.now() - seen.sinceMs <= STALE_MS;
  }
}

export class LockfileLock implements LockableFile {
  readonly #path: string;
  readonly #lease: LockfileLease;
  #file: NodeFile;

  constructor(path: string) {
    this.#path = path;
    this.#lease = new LockfileLease(path);
    this.#file = NodeFile.open(path, 'update');
  }

  get file(): NodeFile {
    return this.#file;
  }

  /** A lease is refreshed by the process that took it, and dies with it. */
  get inheritable(): undefined {
    return undefined;
  }

  tryLock(): boolean {
    if (!this.#lease.tryTake()) return false;
    // It may have been replaced while we waited; the lease goes by the path, so it is the right one
    // already. And on a network file system only an open makes sure that what another machine has
    // written into a file of the same size is not read from memory.
    this.#file.close();
    try {
      this.#file = NodeFile.open(this.#path, 'update');
    } catch (error) {
      this.#lease.release();
      throw error;
    }
    return true;
  }

  /** There are no shared leases: the first layer of a reader's or writer's safety is missing here. */
  tryLockShared(): boolean {
    return true;
  }

  async lock({ timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    const startedMs = performance.now();
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      if (signal?.aborted) throw lockInterrupted(this.#path);
      if (this.tryLock()) return;
      const waitedMs = performance.now() - startedMs;
      if (waitedMs >= timeoutMs) throw lockBusy(this.#path, waitedMs);
      // Jitter, so that those who wait do not all come at once, again and again.
      const restMs = pauseMs * (0.5 + Math.random());
      await sleep(Math.min(restMs, timeoutMs - waitedMs), undefined, { signal }).catch(
        () => undefined,
      );
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  stillHeld(): boolean {
    return this.#lease.isHeld();
  }

  unlock(): void {
    this.#lease.release();
  }

  close(): void {
    this.#lease.release();
    this.#file.close();
  }

  /** Removes the lock of a holder that is known to be dead, so that `tryLock` need not wait for it. */
  clearLeftOver(): void {
    this.#lease.clear();
  }
}
