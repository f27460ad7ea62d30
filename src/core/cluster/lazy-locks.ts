/**
 * The locks of a data directory. They are loaded when the first one is asked for: reading needs none, and
 * loading takes time.
 */
import type { LockableFile, LockProtocol, LockProvider } from '../fs/lock.js';
import { type LockUser, OwnedLock } from '../topic/owned-lock.js';

export interface LazyLocksOptions {
  /** In whose name they are taken. */
  readonly user: LockUser;
  readonly load: () => LockProvider;
  /** Throws where this process must take no lock. Called before the first one is opened. */
  readonly beforeOpen: () => void;
}

export class LazyLocks implements LockProvider {
  readonly protocol: LockProtocol;
  readonly #options: LazyLocksOptions;
  #locks: LockProvider | undefined;
  #mayOpen = false;

  constructor(protocol: LockProtocol, options: LazyLocksOptions) {
    this.protocol = protocol;
    this.#options = options;
  }

  open(path: string, what?: string): LockableFile {
    const { user, beforeOpen } = this.#options;
    if (!this.#mayOpen) beforeOpen();
    this.#mayOpen = true;
    const lock = this.#loaded.open(path);
    return what === undefined ? lock : new OwnedLock(lock, { user, what });
  }

  isLocked(path: string): boolean {
    return this.#loaded.isLocked(path);
  }

  get #loaded(): LockProvider {
    return (this.#locks ??= this.#options.load());
  }
}
