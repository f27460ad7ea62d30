/**
 * Locks in the memory of one process, for tests that play several processes in one. Like kernel locks:
 * exclusive among all objects that were opened on a path, first come first served; and what is locked is
 * the file that is there now, not the one that was.
 */
import { performance } from 'node:perf_hooks';

import { assert } from '../../src/core/assert.js';
import { CoreError } from '../../src/core/errors.js';
import type { File, FileSystem } from '../../src/core/fs/file-system.js';
import type { LockableFile, LockProvider } from '../../src/core/fs/lock.js';

interface Waiter {
  readonly lock: MemoryLock;
  readonly grant: () => void;
}

/** Who has one path's lock and who waits for it. */
class Queue {
  exclusive: MemoryLock | undefined;
  readonly shared = new Set<MemoryLock>();
  waiters: Waiter[] = [];

  isFreeFor(lock: MemoryLock): boolean {
    const others = this.shared.size - (this.shared.has(lock) ? 1 : 0);
    return this.exclusive === undefined && others === 0;
  }

  release(lock: MemoryLock): void {
    this.shared.delete(lock);
    if (this.exclusive === lock) this.exclusive = undefined;
    const next = this.waiters[0];
    if (next === undefined || !this.isFreeFor(next.lock)) return;
    this.waiters.shift();
    this.exclusive = next.lock;
    next.grant();
  }
}

export class MemoryLocks implements LockProvider {
  readonly protocol = 'kernel';
  readonly #fs: FileSystem;
  #queues = new Map<string, Queue>();

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  open(path: string): MemoryLock {
    return new MemoryLock(this, this.#fs, path);
  }

  /** All processes die at once: every lock is free, and the objects that held them are not told. */
  forgetAll(): void {
    this.#queues = new Map();
  }

  isLocked(path: string): boolean {
    return this.#fs.stat(path) !== undefined && this.queueOf(path).exclusive !== undefined;
  }

  queueOf(path: string): Queue {
    const queue = this.#queues.get(path) ?? new Queue();
    this.#queues.set(path, queue);
    return queue;
  }
}

export class MemoryLock implements LockableFile {
  /** What lives in one process cannot be handed to another. */
  readonly inheritable = undefined;
  readonly #locks: MemoryLocks;
  readonly #fs: FileSystem;
  #file: File;

  constructor(locks: MemoryLocks, fs: FileSystem, path: string) {
    this.#locks = locks;
    this.#fs = fs;
    this.#file = fs.open(path, 'update');
  }

  get file(): File {
    return this.#file;
  }

  tryLock(): boolean {
    this.#reopenIfReplaced();
    const queue = this.#queue;
    assert(queue.exclusive !== this, `${this.file.path} is locked by this object already`);
    if (!queue.isFreeFor(this)) return false;
    queue.exclusive = this;
    return true;
  }

  async lock({ timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    if (signal?.aborted) throw interrupted(this.file.path);
    if (this.tryLock()) return;
    const queue = this.#queue;
    const startedMs = performance.now();
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: CoreError): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        queue.waiters = queue.waiters.filter((waiter) => waiter.lock !== this);
        if (error) reject(error);
        else resolve();
      };
      const abort = (): void => settle(interrupted(this.file.path));
      const expire = (): void => settle(busy(this.file.path, performance.now() - startedMs));
      const timer = timeoutMs === Infinity ? undefined : setTimeout(expire, timeoutMs);
      signal?.addEventListener('abort', abort);
      queue.waiters.push({ lock: this, grant: () => settle() });
    });
  }

  #reopenIfReplaced(): void {
    const { path } = this.#file;
    if (this.#fs.stat(path)?.inode === this.#file.stat().inode) return;
    const file = this.#fs.open(path, 'update');
    this.#file.close();
    this.#file = file;
  }

  tryLockShared(): boolean {
    const queue = this.#queue;
    if (queue.exclusive !== undefined) return false;
    queue.shared.add(this);
    return true;
  }

  stillHeld(): boolean {
    return this.#queue.exclusive === this;
  }

  unlock(): void {
    this.#queue.release(this);
  }

  close(): void {
    this.unlock();
    this.file.close();
  }

  get #queue(): Queue {
    return this.#locks.queueOf(this.file.path);
  }
}

function busy(path: string, waitedMs: number): CoreError {
  return new CoreError('BUSY', `${path} is locked by another process`, {
    details: { path, waitedMs: Math.round(waitedMs) },
  });
}

function interrupted(path: string): CoreError {
  return new CoreError('INTERRUPTED', `interrupted while waiting for ${path}`, {
    details: { path },
  });
}
