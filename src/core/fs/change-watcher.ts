/**
 * Waiting for files to change, without a sound from idle ones: the kernel's notification (fs.watch)
 * where there is one, over a poll of size and mtime, slow beneath a notification that may get lost,
 * quick where there is none (watches used up, a network file system, a file that does not exist yet).
 */
import { lstatSync, watch } from 'node:fs';
import type { FSWatcher, Stats } from 'node:fs';
import { basename } from 'node:path';

import { assert } from '../assert.js';
import { startTimer } from './timer.js';

const SLOW_POLL_MS = 1000;
const QUICK_POLL_MS = 100;

export type WaitResult = 'changed' | 'timeout' | 'aborted';

/** What is watched at one path, and how it looked last. */
interface WatchedPath {
  readonly path: string;
  watcher: FSWatcher | undefined;
  /** undefined where nothing is, and where the watcher has lost what it watched. */
  inode: number | undefined;
  signature: string;
}

export class ChangeWatcher {
  readonly #paths: readonly WatchedPath[];
  #hasChanged = false;
  #isClosed = false;
  #wake: (() => void) | undefined;

  /**
   * Files and directories; a directory changes when a file in it does (on Linux and Windows at once,
   * elsewhere when one comes or goes). What happens from here on is reported by the next `wait`.
   */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => ({
      path,
      watcher: undefined,
      inode: undefined,
      signature: '',
    }));
    for (const watched of this.#paths) {
      this.#watch(watched);
      this.#look(watched);
    }
  }

  /** At once when something changed since the last `wait`. May be wrong about a change, so look. */
  async wait(timeoutMs: number, signal?: AbortSignal): Promise<WaitResult> {
    assert(this.#wake === undefined, 'one wait at a time');
    if (signal?.aborted) return 'aborted';
    if (this.#isClosed) return 'timeout';
    if (this.#takeChange()) return 'changed';
    return new Promise((resolve) => {
      const end = (result: WaitResult): void => {
        clearTimeout(limit);
        clearInterval(poll);
        signal?.removeEventListener('abort', abort);
        this.#wake = undefined;
        resolve(result);
      };
      const abort = (): void => end('aborted');
      const wakeIfChanged = (): void => {
        if (this.#isClosed) end('timeout');
        else if (this.#takeChange()) end('changed');
      };
      const limit = startTimer(() => end('timeout'), timeoutMs);
      const poll = setInterval(wakeIfChanged, this.#pollMs);
      signal?.addEventListener('abort', abort);
      this.#wake = wakeIfChanged;
    });
  }

  /** Ends a `wait` under way with 'timeout'. */
  close(): void {
    this.#isClosed = true;
    for (const watched of this.#paths) watched.watcher?.close();
    this.#wake?.();
  }

  get #pollMs(): number {
    return this.#paths.every(({ watcher }) => watcher) ? SLOW_POLL_MS : QUICK_POLL_MS;
  }

  /** Looks at every path; true if one changed, was reported, or is another file by now. */
  #takeChange(): boolean {
    let hasChanged = this.#hasChanged;
    this.#hasChanged = false;
    for (const watched of this.#paths) {
      const { inode } = watched;
      if (this.#look(watched)) hasChanged = true;
      if (watched.inode === inode) continue;
      this.#watch(watched);
      this.#look(watched);
    }
    return hasChanged;
  }

  #look(watched: WatchedPath): boolean {
    const stats = lookAt(watched.path);
    const signature = stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : '';
    const hasChanged = signature !== watched.signature;
    watched.signature = signature;
    watched.inode = stats?.ino;
    return hasChanged;
  }

  #watch(watched: WatchedPath): void {
    watched.watcher?.close();
    watched.watcher = undefined;
    try {
      const watcher = watch(watched.path, { persistent: false }, (event, name) => {
        const isItself = event === 'rename' && name === basename(watched.path);
        if (isItself) watched.inode = undefined;
        this.#report();
      });
      watched.watcher = watcher;
      watcher.on('error', () => {
        watcher.close();
        watched.watcher = undefined;
        this.#report();
      });
    } catch {
      // No notification for this one: polling it is.
    }
  }

  #report(): void {
    this.#hasChanged = true;
    this.#wake?.();
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
