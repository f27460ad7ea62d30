/**
 * Both locks at once, under the `kernel` protocol, for what is rare and changes much: the registry,
 * prune, repair. The kernel lock decides. The lease comes second, and covers the first one's hole: where
 * one data directory is reached through two mounts, kernel locks may not exclude each other (seen with
 * FUSE); then the second holder's lease replaces the first's, whose `stillHeld` turns false.
 */
import { isCoreError } from '../errors.js';
import type { File } from './file-system.js';
import { KernelLocks } from './kernel-lock.js';
import { lockBusy } from './lock-errors.js';
import type { LockableFile, LockProvider } from './lock.js';
import { LockfileLock } from './lockfile-lock.js';

/** One is enough, unless a stranger who goes by the lease alone keeps taking it. */
const MAX_CLEARINGS = 10;

export interface CombinedLockOptions {
  /**
   * Do without the lease where the disk is full or read-only: making its directory needs a block, and
   * prune must work on a full disk.
   */
  readonly ignoreFullDisk: boolean;
}

export class CombinedLocks implements LockProvider {
  readonly protocol = 'kernel';
  readonly #kernelLocks = new KernelLocks();
  readonly #options: CombinedLockOptions;

  constructor(options: CombinedLockOptions) {
    this.#options = options;
  }

  open(path: string): LockableFile {
    return new CombinedLock(this.#kernelLocks.open(path), new LockfileLock(path), this.#options);
  }

  isLocked(path: string): boolean {
    return this.#kernelLocks.isLocked(path);
  }
}

export class CombinedLock implements LockableFile {
  readonly #kernel: LockableFile;
  readonly #lease: LockfileLock;
  readonly #options: CombinedLockOptions;
  #hasLease = false;

  constructor(kernel: LockableFile, lease: LockfileLock, options: CombinedLockOptions) {
    this.#kernel = kernel;
    this.#lease = lease;
    this.#options = options;
  }

  get file(): File {
    return this.#kernel.file;
  }

  get inheritable(): number | undefined {
    return this.#kernel.inheritable;
  }

  tryLock(): boolean {
    if (!this.#kernel.tryLock()) return false;
    this.#takeLease();
    return true;
  }

  async lock(options: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    await this.#kernel.lock(options);
    this.#takeLease();
  }

  tryLockShared(): boolean {
    return this.#kernel.tryLockShared();
  }

  stillHeld(): boolean {
    return this.#kernel.stillHeld() && (!this.#hasLease || this.#lease.stillHeld());
  }

  unlock(): void {
    try {
      this.#hasLease = false;
      this.#lease.unlock();
    } finally {
      this.#kernel.unlock();
    }
  }

  close(): void {
    this.#hasLease = false;
    try {
      this.#lease.close();
    } finally {
      this.#kernel.close();
    }
  }

  /** With the kernel lock in hand: whoever left a lease behind has lost that one, so is dead. */
  #takeLease(): void {
    try {
      for (let attempt = 0; !this.#lease.tryLock(); attempt++) {
        if (attempt === MAX_CLEARINGS) throw lockBusy(this.file.path, 0);
        this.#lease.clearLeftOver();
      }
      this.#hasLease = true;
    } catch (error) {
      const isForgiven = isCoreError(error, 'DISK_FULL') || isCoreError(error, 'READ_ONLY');
      if (this.#options.ignoreFullDisk && isForgiven) return;
      this.unlock();
      throw error;
    }
  }
}
