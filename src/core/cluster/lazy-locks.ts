/** Locks that are loaded when the first one is asked for: reading needs none, and loading takes time. */
import type { LockableFile, LockProtocol, LockProvider } from '../fs/lock.js';

export class LazyLocks implements LockProvider {
  readonly protocol: LockProtocol;
  readonly #load: () => LockProvider;
  #locks: LockProvider | undefined;

  constructor(protocol: LockProtocol, load: () => LockProvider) {
    this.protocol = protocol;
    this.#load = load;
  }

  open(path: string): LockableFile {
    return this.#loaded.open(path);
  }

  isLocked(path: string): boolean {
    return this.#loaded.isLocked(path);
  }

  get #loaded(): LockProvider {
    return (this.#locks ??= this.#load());
  }
}
