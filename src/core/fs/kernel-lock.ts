/**
 * The `kernel` lock protocol: the lock belongs to an open file and is free the moment that file is
 * closed, also by the death of the process. A frozen holder keeps it; nobody can take it away. Two
 * objects on one path exclude each other within one process too.
 */
import { platform } from 'node:os';

import { assert } from '../assert.js';
import { isCoreError } from '../errors.js';
import { fileError, hasErrno } from './file-error.js';
import { loadLockAddon } from './lock-addon.js';
import type { LockAddon } from './lock-addon.js';
import { lockBusy, lockInterrupted } from './lock-errors.js';
import type { LockableFile, LockProvider } from './lock.js';
import { NodeFile } from './node-file.js';
import { NodeFileSystem } from './node-fs.js';
import { isSameFile } from './same-file.js';
import { nap, startTimer } from './timer.js';

const fs = new NodeFileSystem();

/** A holder keeps a partition's lock for about 20 us, so most waits end within the first naps. */
const NAPS_MS = [0.05, 0.1, 0.2, 0.4];

/** `again`: a signal interrupted the waiting thread. */
type WaitEnd = 'locked' | 'again' | 'timeout' | 'aborted';

/** Whether the `kernel` protocol can be kept on this system. */
export function kernelLocksAvailable(): boolean {
  return loadLockAddon() !== undefined;
}

export class KernelLocks implements LockProvider {
  readonly protocol = 'kernel';

  open(path: string): KernelLock {
    return new KernelLock(requireLockAddon(), path);
  }

  /** A shared lock for a moment: it stands beside those of others who look. */
  isLocked(path: string): boolean {
    const addon = requireLockAddon();
    const file = openIfThere(path);
    if (file === undefined) return false;
    try {
      return !tryLockFile(addon, file, 'shared');
    } finally {
      file.close();
    }
  }
}

export class KernelLock implements LockableFile {
  readonly #addon: LockAddon;
  readonly #path: string;
  #file: NodeFile;
  #held: 'exclusive' | 'shared' | undefined;
  /** The file was replaced on disk, or left to a wait that was given up. */
  #mustReopen = false;

  constructor(addon: LockAddon, path: string) {
    this.#addon = addon;
    this.#path = path;
    this.#file = NodeFile.open(path, 'update');
  }

  get file(): NodeFile {
    if (this.#mustReopen) {
      this.#file = NodeFile.open(this.#path, 'update');
      this.#mustReopen = false;
    }
    return this.#file;
  }

  /** Windows locks for a process, not for an open file. */
  get inheritable(): number | undefined {
    return platform() === 'win32' ? undefined : this.file.descriptor;
  }

  tryLock(): boolean {
    return this.#tryLock('exclusive');
  }

  tryLockShared(): boolean {
    return this.#tryLock('shared');
  }

  async lock({ timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    const startedMs = performance.now();
    for (;;) {
      if (signal?.aborted) throw lockInterrupted(this.#path);
      if (this.tryLock()) return;
      const waitedMs = performance.now() - startedMs;
      if (waitedMs >= timeoutMs) throw lockBusy(this.#path, waitedMs);
      if (this.#tryWithNaps()) return;
      const end = await this.#wait(timeoutMs - waitedMs, signal);
      if (end === 'aborted') throw lockInterrupted(this.#path);
      if (end === 'timeout') throw lockBusy(this.#path, performance.now() - startedMs);
      if (end === 'locked' && this.#keepIfCurrent('exclusive')) return;
    }
  }

  stillHeld(): boolean {
    return this.#held === 'exclusive';
  }

  unlock(): void {
    if (this.#held === undefined) return;
    this.#held = undefined;
    try {
      this.#addon.unlock(this.#file.descriptor, 0, 0);
    } catch (error) {
      throw fileError('unlock', this.#path, error);
    }
  }

  /** Unlocking would take the lock from a child that inherited the file; closing does not. */
  close(): void {
    this.#held = undefined;
    if (!this.#mustReopen) this.#file.close();
  }

  #tryLock(kind: 'exclusive' | 'shared'): boolean {
    assert(this.#held === undefined, `${this.#path} is locked by this object already`);
    do {
      if (!tryLockFile(this.#addon, this.file, kind)) return false;
    } while (!this.#keepIfCurrent(kind));
    return true;
  }

  /**
   * The file that was locked may have been replaced before the lock came, and others lock its
   * successor: then opens that one, to be locked in turn.
   */
  #keepIfCurrent(kind: 'exclusive' | 'shared'): boolean {
    if (isSameFile(fs, this.#file)) {
      this.#held = kind;
      return true;
    }
    this.#file.close();
    this.#mustReopen = true;
    return false;
  }

  #tryWithNaps(): boolean {
    for (const ms of NAPS_MS) {
      nap(ms);
      if (this.tryLock()) return true;
    }
    return false;
  }

  /**
   * Queues in the kernel, where waiters are served in turn. The wait cannot be called off: one that is
   * given up keeps its file, and the lock that reaches it some day is dropped with that file. (Its
   * thread keeps the event loop alive until then, but not past process.exit.)
   */
  async #wait(timeoutMs: number, signal: AbortSignal | undefined): Promise<WaitEnd> {
    const file = this.#file;
    const lock = this.#waitForLock(file);
    const end = await firstOf(lock, timeoutMs, signal);
    if (end === 'timeout' || end === 'aborted') {
      this.#mustReopen = true;
      const close = (): void => file.close();
      void lock.then(close, close);
    }
    return end;
  }

  #waitForLock(file: NodeFile): Promise<WaitEnd> {
    return new Promise((resolve, reject) => {
      const request: { thread?: object } = {};
      const done = (error: unknown): void => {
        delete request.thread;
        if (error === null || error === undefined) resolve('locked');
        else if (hasErrno(error, 'EINTR')) resolve('again');
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is a CoreError
        else reject(fileError('lock', this.#path, error));
      };
      request.thread = this.#addon.waitForLock(file.descriptor, 0, 0, true, request, done);
    });
  }
}

async function firstOf(
  lock: Promise<WaitEnd>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<WaitEnd> {
  let giveUp: (end: WaitEnd) => void = () => undefined;
  const givenUp = new Promise<WaitEnd>((resolve) => (giveUp = resolve));
  const abort = (): void => giveUp('aborted');
  const timer = startTimer(() => giveUp('timeout'), timeoutMs);
  signal?.addEventListener('abort', abort);
  try {
    return await Promise.race([lock, givenUp]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

function requireLockAddon(): LockAddon {
  const addon = loadLockAddon();
  assert(addon !== undefined, 'kernel locks were chosen where there are none');
  return addon;
}

function openIfThere(path: string): NodeFile | undefined {
  try {
    return NodeFile.open(path, 'read');
  } catch (error) {
    if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** False if it is held elsewhere. */
function tryLockFile(addon: LockAddon, file: NodeFile, kind: 'exclusive' | 'shared'): boolean {
  try {
    addon.tryLock(file.descriptor, 0, 0, kind === 'exclusive');
    return true;
  } catch (error) {
    if (hasErrno(error, 'EAGAIN')) return false;
    throw fileError('lock', file.path, error);
  }
}
