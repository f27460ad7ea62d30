/** Locks that are loaded when the first one is opened: reading needs none, and loading takes time. */
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
    this.#locks ??= this.#load();
    return this.#locks.open(path);
  }
}
