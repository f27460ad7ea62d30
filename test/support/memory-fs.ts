/**
 * A file system in memory that can lose power.
 *
 *   const fs = new MemoryFileSystem();
 *   fs.crashAfter(7);                    // the 8th change is torn and throws CrashSignal, as does all after
 *   const disk = fs.crashClone(seed);    // what is on the disk after the power came back
 *
 * - Bytes survive when their file was synced, names when their directory was (a rename or link between
 *   two directories: when both were). Of the rest a seeded choice survives: any combination of name
 *   changes, any part of each write. So a file whose name was synced and whose bytes were not can be empty.
 * - Seed 0 is the worst disk (nothing unsynced survives), seed 1 the best (everything does: what is
 *   left after kill -9). A loop over seeds from 0 covers both.
 * - Time is counted in changes, so `modifiedMs` grows by one with each.
 */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';

import { assert } from '../../src/core/assert.js';
import type { FileStat, FileSystem, OpenMode } from '../../src/core/fs/file-system.js';
import { MemoryDevice } from './memory-device.js';
import { applyToSynced, failure, MemoryNode, statOf } from './memory-disk.js';
import type { NameChange, TailLoss } from './memory-disk.js';
import { MemoryFile } from './memory-file.js';
import { SeededRandom } from './seeded-random.js';

export { CrashSignal } from './memory-device.js';

/** What an empty directory takes of `capacityBytes`; names in an existing one are free. */
const DIRECTORY_BYTES = 4096;

export interface MemoryFileSystemOptions {
  readonly capacityBytes?: number;
}

export class MemoryFileSystem implements FileSystem {
  readonly #device: MemoryDevice;
  #nextInode = 2;
  #root = new MemoryNode('directory', 1, 0o755, 0);
  #nameChanges: NameChange[] = [];

  constructor({ capacityBytes = Infinity }: MemoryFileSystemOptions = {}) {
    this.#device = new MemoryDevice(capacityBytes);
  }

  /** Every change in order, such as `append /a/b 100`. */
  get trace(): readonly string[] {
    return this.#device.trace;
  }

  /** The changes made so far; reading is not counted. */
  get operationCount(): number {
    return this.#device.now;
  }

  /**
   * Lets `count` more changes pass. The one after them is torn (a write lands in part, anything else
   * not at all), and from then on every call throws CrashSignal.
   */
  crashAfter(count: number): void {
    this.#device.crashAfter(count);
  }

  /**
   * `onChange` is told of each change just before it is made, and of each write half-way through it: what
   * it clones then is what a kill, or a power cut, at that moment leaves. undefined: nobody is told.
   */
  watch(onChange: ((change: string) => void) | undefined): void {
    this.#device.watch = onChange;
  }

  open(path: string, mode: OpenMode, permissions = 0o600): MemoryFile {
    this.#device.checkPower();
    if (mode === 'create') {
      const place = this.#freePlace(path, 'create');
      this.#device.beginChange(`create ${path}`);
      const node = this.#newNode('file', permissions);
      this.#changeNames([{ ...place, node }]);
      return new MemoryFile(this.#device, node, path, mode);
    }
    const node = this.#find(path);
    if (node === undefined) throw failure('FILE_NOT_FOUND', 'open', path);
    if (node.kind !== 'file') throw failure('NOT_A_REGULAR_FILE', 'open', path);
    return new MemoryFile(this.#device, node, path, mode);
  }

  stat(path: string): FileStat | undefined {
    this.#device.checkPower();
    const node = this.#find(path);
    return node && statOf(node);
  }

  list(path: string): string[] {
    this.#device.checkPower();
    return [...this.#directory(path, 'list').entries.keys()];
  }

  makeDirectory(path: string, permissions: number): void {
    const place = this.#freePlace(path, 'make');
    if (this.#device.availableBytes < DIRECTORY_BYTES) throw failure('DISK_FULL', 'make', path);
    this.#device.beginChange(`makeDirectory ${path}`);
    this.#changeNames([{ ...place, node: this.#newNode('directory', permissions) }]);
  }

  rename(from: string, to: string): void {
    const source = this.#place(from, 'rename');
    const target = this.#place(to, 'rename');
    const node = source.directory.entries.get(source.name);
    if (node === undefined) throw failure('FILE_NOT_FOUND', 'rename', from);
    const replaced = target.directory.entries.get(target.name);
    if (replaced !== undefined && (node.kind === 'directory' || replaced.kind === 'directory')) {
      const isEmptyDirectory = replaced.kind === node.kind && replaced.entries.size === 0;
      if (!isEmptyDirectory) throw failure('FILE_EXISTS', 'rename', to);
    }
    this.#device.beginChange(`rename ${from} -> ${to}`);
    if (node === replaced) return;
    this.#changeNames([
      { ...source, node: undefined },
      { ...target, node },
    ]);
  }

  link(from: string, to: string): void {
    const node = this.#find(from);
    if (node === undefined) throw failure('FILE_NOT_FOUND', 'link', from);
    if (node.kind === 'directory') throw failure('PERMISSION_DENIED', 'link', from);
    const place = this.#freePlace(to, 'link');
    this.#device.beginChange(`link ${from} -> ${to}`);
    this.#changeNames([{ ...place, node }]);
  }

  removeFile(path: string): void {
    const place = this.#place(path, 'remove');
    const node = place.directory.entries.get(place.name);
    if (node === undefined) throw failure('FILE_NOT_FOUND', 'remove', path);
    if (node.kind === 'directory') throw failure('NOT_A_REGULAR_FILE', 'remove', path);
    this.#device.beginChange(`removeFile ${path}`);
    this.#changeNames([{ ...place, node: undefined }]);
  }

  removeDirectory(path: string): void {
    const place = this.#place(path, 'remove');
    if (this.#directory(path, 'remove').entries.size > 0) {
      throw failure('FILE_EXISTS', 'remove', path);
    }
    this.#device.beginChange(`removeDirectory ${path}`);
    this.#changeNames([{ ...place, node: undefined }]);
  }

  syncDirectory(path: string): void {
    const directory = this.#directory(path, 'sync');
    this.#device.beginChange(`syncDirectory ${path}`);
    for (const change of this.#nameChanges) change.unsyncedIn.delete(directory);
    // Changes stay in order: a later one that is sure must not be undone by an earlier one that is not.
    while (this.#nameChanges[0]?.unsyncedIn.size === 0) applyToSynced(this.#nameChanges.shift()!);
  }

  freeBytes(path: string): number {
    this.#device.checkPower();
    if (this.#find(path) === undefined) throw failure('FILE_NOT_FOUND', 'look at', path);
    return Math.min(this.#device.availableBytes, Number.MAX_SAFE_INTEGER);
  }

  /**
   * The disk after a power cut now, as a file system of its own. `tail` says what became of appended
   * bytes whose write was not synced: cut off, zeros or garbage; left out, the seed chooses.
   */
  crashClone(seed: number, { tail }: { readonly tail?: TailLoss } = {}): MemoryFileSystem {
    const clone = new MemoryFileSystem({ capacityBytes: this.#device.capacityBytes });
    clone.#nextInode = this.#nextInode;
    const survivors = new Map<MemoryNode, Map<string, MemoryNode>>();
    const random = new SeededRandom(seed);
    const entriesOf = (directory: MemoryNode): Map<string, MemoryNode> => {
      const entries = survivors.get(directory) ?? new Map(directory.syncedEntries);
      survivors.set(directory, entries);
      return entries;
    };
    for (const { names, unsyncedIn } of this.#nameChanges) {
      if (unsyncedIn.size > 0 && (seed === 0 || (seed !== 1 && random.chance()))) continue;
      for (const { directory, name, node } of names) {
        if (node === undefined) entriesOf(directory).delete(name);
        else entriesOf(directory).set(name, node);
      }
    }
    const copies = new Map<MemoryNode, MemoryNode>();
    const copy = (node: MemoryNode): MemoryNode => {
      const known = copies.get(node);
      if (known !== undefined) return known;
      const twin = new MemoryNode(node.kind, node.inode, node.permissions, node.modifiedMs);
      copies.set(node, twin);
      if (seed === 0) twin.current.share(node.synced);
      else if (seed === 1) twin.current.share(node.current);
      else node.crashInto(twin.current, random, tail);
      twin.synced.share(twin.current);
      for (const [name, child] of entriesOf(node)) {
        const childTwin = copy(child);
        twin.entries.set(name, childTwin);
        twin.syncedEntries.set(name, childTwin);
      }
      return twin;
    };
    clone.#root = copy(this.#root);
    clone.#recount();
    return clone;
  }

  /**
   * All as it is now, synced or not, as a file system of its own: what a kill leaves, and what others go on
   * with until the power is cut.
   */
  fork(): MemoryFileSystem {
    const fork = new MemoryFileSystem({ capacityBytes: this.#device.capacityBytes });
    fork.#nextInode = this.#nextInode;
    const twins = new Map<MemoryNode, MemoryNode>();
    const twinOf = (node: MemoryNode): MemoryNode => {
      const known = twins.get(node);
      if (known !== undefined) return known;
      const twin = node.twin();
      twins.set(node, twin);
      for (const [name, child] of node.entries) twin.entries.set(name, twinOf(child));
      for (const [name, child] of node.syncedEntries) twin.syncedEntries.set(name, twinOf(child));
      return twin;
    };
    fork.#root = twinOf(this.#root);
    fork.#nameChanges = this.#nameChanges.map(({ names, unsyncedIn }) => ({
      names: names.map(({ directory, name, node }) => ({
        directory: twinOf(directory),
        name,
        node: node && twinOf(node),
      })),
      unsyncedIn: new Set([...unsyncedIn].map(twinOf)),
    }));
    fork.#recount();
    return fork;
  }

  /** Every path with what is there, in order: for comparing whole trees and reading failures. */
  tree(): Record<string, string> {
    const found: Record<string, string> = {};
    const walk = (directory: MemoryNode, path: string): void => {
      for (const name of [...directory.entries.keys()].sort()) {
        const node = directory.entries.get(name)!;
        const isDirectory = node.kind === 'directory';
        found[`${path}/${name}`] = isDirectory ? 'directory' : `${node.current.sizeBytes} bytes`;
        walk(node, `${path}/${name}`);
      }
    };
    walk(this.#root, '');
    return found;
  }

  /** The same for the same names, links and bytes: a disk that was seen before need not be checked again. */
  fingerprint(): string {
    const hash = createHash('sha1');
    const walk = (directory: MemoryNode): void => {
      for (const [name, node] of [...directory.entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
        hash.update(`${name}\0${node.kind} ${node.inode} ${node.current.sizeBytes}\0`);
        hash.update(node.current.view());
        walk(node);
      }
      hash.update('\0');
    };
    walk(this.#root);
    return hash.digest('base64');
  }

  /** Puts a symbolic link or a FIFO where a file is expected; durable at once. */
  plant(path: string, kind: 'symlink' | 'other'): void {
    const { directory, name } = this.#freePlace(path, 'plant');
    const node = this.#newNode(kind, 0o777);
    directory.entries.set(name, node);
    directory.syncedEntries.set(name, node);
  }

  #newNode(kind: MemoryNode['kind'], permissions: number): MemoryNode {
    return new MemoryNode(kind, this.#nextInode++, permissions, this.operationCount);
  }

  #changeNames(names: NameChange['names']): void {
    for (const { directory, name, node } of names) {
      if (node === undefined) directory.entries.delete(name);
      else directory.entries.set(name, node);
      directory.modifiedMs = this.operationCount;
    }
    this.#nameChanges.push({ names, unsyncedIn: new Set(names.map(({ directory }) => directory)) });
    this.#recount();
  }

  /** Space is in use by what a name leads to now (an open file without a name is not counted). */
  #recount(): void {
    if (this.#device.capacityBytes === Infinity) return;
    const seen = new Set<MemoryNode>();
    const walk = (node: MemoryNode): void => {
      if (seen.has(node)) return;
      seen.add(node);
      node.entries.forEach(walk);
    };
    this.#root.entries.forEach(walk);
    this.#device.usedBytes = 0;
    for (const node of seen) {
      this.#device.usedBytes +=
        node.kind === 'directory' ? DIRECTORY_BYTES : node.current.sizeBytes;
    }
  }

  #find(path: string): MemoryNode | undefined {
    assert(posix.isAbsolute(path), `the memory file system has absolute paths only: ${path}`);
    let node: MemoryNode | undefined = this.#root;
    for (const name of posix.normalize(path).split('/')) {
      if (name !== '') node = node?.entries.get(name);
    }
    return node;
  }

  #directory(path: string, action: string): MemoryNode {
    this.#device.checkPower();
    const node = this.#find(path);
    if (node === undefined) throw failure('FILE_NOT_FOUND', action, path);
    if (node.kind !== 'directory') throw failure('NOT_A_REGULAR_FILE', action, path);
    return node;
  }

  #place(path: string, action: string): { directory: MemoryNode; name: string } {
    return {
      directory: this.#directory(posix.dirname(path), action),
      name: posix.basename(path),
    };
  }

  #freePlace(path: string, action: string): { directory: MemoryNode; name: string } {
    const place = this.#place(path, action);
    if (place.directory.entries.has(place.name)) throw failure('FILE_EXISTS', action, path);
    return place;
  }
}
