/** A disk in a file, with a file system whose power can be cut: what was not synced is then lost. */
import { writeFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type MountedShell, system } from './mounted-shell.js';

export type LoopKind = 'ext4' | 'xfs';

/** What `lane` must find. */
export const LOOP_PROGRAMS = ['mkfs.ext4', 'mkfs.xfs', 'xfs_io', 'unshare'];

const MIB = 1024 * 1024;

interface Recipe {
  readonly sizeBytes: number;
  readonly make: readonly [program: string, ...args: readonly string[]];
}

const RECIPES: Readonly<Record<LoopKind, Recipe>> = {
  // All of it for everybody, root keeps no part.
  ext4: { sizeBytes: 64 * MIB, make: ['mkfs.ext4', '-q', '-m', '0'] },
  // The smallest that it makes.
  xfs: { sizeBytes: 320 * MIB, make: ['mkfs.xfs', '-q'] },
};

export class LoopDisk {
  /** Where it is mounted. */
  readonly path: string;
  readonly image: string;
  readonly #shell: MountedShell;

  constructor(shell: MountedShell, kind: LoopKind) {
    this.#shell = shell;
    this.image = join(shell.folder, `${kind}.img`);
    const { sizeBytes, make } = RECIPES[kind];
    writeFileSync(this.image, '');
    truncateSync(this.image, sizeBytes);
    const [program, ...args] = make;
    system(program, ...args, this.image);
    this.path = this.#mount();
  }

  /**
   * From this moment every call to it fails, and nothing more reaches it: what had been synced is there
   * when the power comes back, of the rest whatever the kernel had written by itself.
   */
  cutPower(): void {
    system('xfs_io', '-x', '-c', 'shutdown', this.path);
  }

  /** The journal is replayed. Whoever used the disk must have ended. */
  restorePower(): void {
    this.#shell.unmount(this.path);
    this.#mount();
  }

  #mount(): string {
    return this.#shell.mount('disk', '-o', 'loop', this.image);
  }
}
