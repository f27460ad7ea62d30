/**
 * What the memory file system stores, in two states at once: what a process sees now, and what a
 * power cut is sure to leave. Between them lie operations that may survive, each in part or not at
 * all, in any combination: files keep theirs in `MemoryNode.unsynced`, directories share one ordered
 * list, `NameChange[]`.
 */
import { CoreError } from '../../src/core/errors.js';
import type { ErrorCode } from '../../src/core/errors.js';
import type { FileStat } from '../../src/core/fs/file-system.js';
import type { SeededRandom } from './seeded-random.js';

/** How a power cut treats bytes whose write was never synced. */
export type TailLoss = 'lost' | 'zero' | 'garbage';

type UnsyncedChange =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly sizeBytes: number };

/** A growable array of bytes that reads as zeros where nothing was written, like a sparse file. */
export class Content {
  sizeBytes = 0;
  #bytes = new Uint8Array(0);
  /** Others have the same bytes: they are copied before one of them is changed. */
  #isShared = false;

  /** Must not be written to. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.sizeBytes);
  }

  /** Takes on the bytes of another, without copying them. */
  share(other: Content): void {
    this.#bytes = other.#bytes;
    this.sizeBytes = other.sizeBytes;
    this.#isShared = other.#isShared = true;
  }

  #own(): void {
    if (this.#isShared) this.#bytes = new Uint8Array(this.#bytes);
    this.#isShared = false;
  }

  write(position: number, bytes: Uint8Array): void {
    this.#own();
    this.resize(Math.max(this.sizeBytes, position + bytes.length));
    this.#bytes.set(bytes, position);
  }

  resize(sizeBytes: number): void {
    this.#own();
    if (sizeBytes > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(sizeBytes, this.#bytes.length * 2));
      larger.set(this.view());
      this.#bytes = larger;
    }
    if (sizeBytes < this.sizeBytes) this.#bytes.fill(0, sizeBytes, this.sizeBytes);
    this.sizeBytes = sizeBytes;
  }
}

export class MemoryNode {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly inode: number;
  readonly permissions: number;
  modifiedMs: number;
  readonly current = new Content();
  readonly synced = new Content();
  #unsynced: UnsyncedChange[] = [];
  readonly entries = new Map<string, MemoryNode>();
  readonly syncedEntries = new Map<string, MemoryNode>();

  constructor(kind: MemoryNode['kind'], inode: number, permissions: number, modifiedMs: number) {
    this.kind = kind;
    this.inode = inode;
    this.permissions = permissions;
    this.modifiedMs = modifiedMs;
  }

  write(position: number, bytes: Uint8Array): void {
    this.current.write(position, bytes);
    this.#unsynced.push({ kind: 'write', position, bytes: new Uint8Array(bytes) });
  }

  truncate(sizeBytes: number): void {
    this.current.resize(sizeBytes);
    this.#unsynced.push({ kind: 'truncate', sizeBytes });
  }

  sync(): void {
    for (const change of this.#unsynced) {
      if (change.kind === 'write') this.synced.write(change.position, change.bytes);
      else this.synced.resize(change.sizeBytes);
    }
    this.#unsynced = [];
  }

  /**
   * What a failed fsync does: the dirty pages count as clean from now on. Reads still show them, the
   * next sync succeeds, and a power cut has zeros in their place.
   */
  loseUnsynced(): void {
    this.#unsynced = [];
  }

  /** The same bytes, synced and not, without its names. */
  twin(): MemoryNode {
    const twin = new MemoryNode(this.kind, this.inode, this.permissions, this.modifiedMs);
    twin.current.share(this.current);
    twin.synced.share(this.synced);
    twin.#unsynced = [...this.#unsynced];
    return twin;
  }

  /** Writes into `target` what a power cut leaves of this file. */
  crashInto(target: Content, random: SeededRandom, tail: TailLoss | undefined): void {
    target.share(this.synced);
    for (const change of this.#unsynced) {
      if (change.kind === 'truncate') {
        if (random.chance()) target.resize(change.sizeBytes);
      } else if (change.position < target.sizeBytes) {
        overwritePartly(target, change.position, change.bytes, random);
      } else {
        const loss = tail ?? random.pick<TailLoss>(['lost', 'zero', 'garbage']);
        // Where an earlier write is missing, a later one leaves a hole of zeros before it.
        const leavesHole = change.position > target.sizeBytes;
        if (loss === 'lost' && leavesHole) continue;
        extendPartly(target, change.position, change.bytes, random, loss);
      }
    }
  }
}

/** In place: the front, the back, all or nothing of the new bytes got to the disk. */
function overwritePartly(
  target: Content,
  position: number,
  bytes: Uint8Array,
  random: SeededRandom,
): void {
  const cut = random.extremeUpTo(bytes.length);
  if (random.chance()) target.write(position, bytes.subarray(0, cut));
  else target.write(position + cut, bytes.subarray(cut));
}

/**
 * At the end: the file grew to any size in between. With 'zero' and 'garbage' the size got to the disk
 * before some of the bytes did: a stretch of them, with good bytes before and perhaps after it.
 */
function extendPartly(
  target: Content,
  position: number,
  bytes: Uint8Array,
  random: SeededRandom,
  loss: TailLoss,
): void {
  const survivors = new Uint8Array(bytes.subarray(0, random.extremeUpTo(bytes.length)));
  if (survivors.length === 0) return;
  if (loss !== 'lost') {
    const from = random.extremeUpTo(survivors.length);
    const to = from + random.extremeUpTo(survivors.length - from);
    for (let at = from; at < to; at++) survivors[at] = loss === 'zero' ? 0 : random.below(256);
  }
  target.write(position, survivors);
}

/** One directory operation: all of its names change, or none do (as in a journal's transaction). */
export interface NameChange {
  readonly names: readonly {
    readonly directory: MemoryNode;
    readonly name: string;
    readonly node: MemoryNode | undefined;
  }[];
  /** The directories that were not synced since; when none is left the change is sure to survive. */
  readonly unsyncedIn: Set<MemoryNode>;
}

export function applyToSynced(change: NameChange): void {
  for (const { directory, name, node } of change.names) {
    if (node === undefined) directory.syncedEntries.delete(name);
    else directory.syncedEntries.set(name, node);
  }
}

export function statOf(node: MemoryNode): FileStat {
  return {
    kind: node.kind,
    sizeBytes: node.current.sizeBytes,
    modifiedMs: node.modifiedMs,
    permissions: node.permissions,
    device: 1,
    inode: node.inode,
    ownerId: 0,
  };
}

export function failure(code: ErrorCode, action: string, path: string): CoreError {
  return new CoreError(code, `cannot ${action} ${path}: ${code}`, {
    details: { path, errno: code, syscall: action },
  });
}
