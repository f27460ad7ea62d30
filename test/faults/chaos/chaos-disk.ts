/** Where the data directory of a run lies: a tmpfs that can be filled to the last byte, where root may mount one. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIZE_MIB = 96;

export class ChaosDisk {
  readonly root: string;
  readonly #mount: string | undefined;
  #fullSinceNs: number | undefined;
  readonly #fullTimes: { readonly fromNs: number; readonly toNs: number }[] = [];

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'spool-chaos-'));
    const mount = join(this.root, 'disk');
    mkdirSync(mount);
    this.#mount = process.getuid?.() === 0 && canMount(mount) ? mount : undefined;
  }

  get canBeFilled(): boolean {
    return this.#mount !== undefined;
  }

  get dataDirectory(): string {
    return join(this.root, 'disk/data');
  }

  fill(nowNs: number): void {
    const filler = openSync(this.#filler, 'w');
    try {
      for (let size = 1 << 20; size > 0;) {
        if (!tryToWrite(filler, size)) size >>= 1;
      }
    } finally {
      closeSync(filler);
    }
    this.#fullSinceNs = nowNs;
  }

  free(nowNs: number): void {
    unlinkSync(this.#filler);
    this.#fullTimes.push({ fromNs: this.#fullSinceNs!, toNs: nowNs });
    this.#fullSinceNs = undefined;
  }

  wasFullBetween(fromNs: number, toNs: number): boolean {
    if (this.#fullSinceNs !== undefined) return true;
    return this.#fullTimes.some((full) => full.fromNs < toNs && fromNs < full.toNs);
  }

  /** Before `remove`, if somebody wants to look at it: a copy that outlives the mount. */
  keep(target: string): void {
    execFileSync('cp', ['-a', this.dataDirectory, target]);
  }

  remove(): void {
    if (this.#mount !== undefined) execFileSync('umount', ['-l', this.#mount]);
    rmSync(this.root, { recursive: true, force: true });
  }

  get #filler(): string {
    return join(this.root, 'disk/filler');
  }
}

function canMount(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', path], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

function tryToWrite(descriptor: number, size: number): boolean {
  try {
    return writeSync(descriptor, Buffer.alloc(size)) === size;
  } catch {
    return false;
  }
}
