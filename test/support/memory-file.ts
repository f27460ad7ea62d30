import { assert } from '../../src/core/assert.js';
import type { File, FileStat, OpenMode } from '../../src/core/fs/file-system.js';
import { CrashSignal } from './memory-device.js';
import type { MemoryDevice } from './memory-device.js';
import { failure, statOf } from './memory-disk.js';
import type { MemoryNode } from './memory-disk.js';

/** An open file of a MemoryFileSystem. It goes on working when its name is gone, as on Linux. */
export class MemoryFile implements File {
  readonly path: string;
  readonly #device: MemoryDevice;
  readonly #node: MemoryNode;
  readonly #mode: OpenMode;
  #closed = false;

  constructor(device: MemoryDevice, node: MemoryNode, path: string, mode: OpenMode) {
    this.#device = device;
    this.#node = node;
    this.path = path;
    this.#mode = mode;
  }

  readAt(target: Uint8Array, at: number, length: number, position: number): number {
    this.#check();
    assert(at + length <= target.length, 'the target is too small');
    const bytes = this.#node.current.view().subarray(position, position + length);
    target.set(bytes, at);
    return bytes.length;
  }

  append(source: Uint8Array, at: number, length: number): number {
    this.#check('append', 'create');
    return this.#write('append', source, at, length, this.#node.current.sizeBytes);
  }

  writeAt(source: Uint8Array, at: number, length: number, position: number): number {
    this.#check('update');
    return this.#write('writeAt', source, at, length, position);
  }

  truncate(sizeBytes: number): void {
    this.#check('append', 'create', 'update');
    this.#device.beginChange(`truncate ${this.path} ${sizeBytes}`);
    this.#device.usedBytes += sizeBytes - this.#node.current.sizeBytes;
    this.#node.truncate(sizeBytes);
    this.#node.modifiedMs = this.#device.now;
  }

  stat(): FileStat {
    this.#check();
    return statOf(this.#node);
  }

  sync(): void {
    this.#check();
    this.#device.beginChange(`sync ${this.path}`);
    this.#node.sync();
  }

  /** Covers what was written before it completes; the power can go in between. */
  async syncLater(): Promise<void> {
    this.#check();
    await Promise.resolve();
    this.#device.beginChange(`sync ${this.path}`);
    this.#node.sync();
  }

  close(): void {
    this.#closed = true;
  }

  /** See `MemoryNode.loseUnsynced`. */
  loseUnsynced(): void {
    this.#node.loseUnsynced();
  }

  #write(kind: string, source: Uint8Array, at: number, length: number, position: number): number {
    assert(at + length <= source.length, 'the source is too small');
    const { sizeBytes } = this.#node.current;
    const growth = Math.max(0, position + length - sizeBytes);
    const missing = Math.max(0, growth - this.#device.availableBytes);
    const count = length - missing;
    if (count <= 0 && length > 0) throw failure('DISK_FULL', 'write to', this.path);
    const change = `${kind} ${this.path} ${count}`;
    const isWhole = this.#device.beginTearableChange(change);
    // A process can be killed inside one write. Which part lands differs from change to change.
    const torn = (this.#device.now * 7919) % (count + 1);
    if (isWhole && this.#device.watch !== undefined && torn > 0 && torn < count) {
      this.#node.write(position, source.subarray(at, at + torn));
      this.#device.watch(`rest of ${change}`);
    }
    const landed = isWhole ? count : torn;
    this.#node.write(position, source.subarray(at, at + landed));
    this.#device.usedBytes += this.#node.current.sizeBytes - sizeBytes;
    this.#node.modifiedMs = this.#device.now;
    if (!isWhole) throw new CrashSignal();
    return count;
  }

  /** `modes`: those in which the kernel would allow the call. */
  #check(...modes: readonly OpenMode[]): void {
    this.#device.checkPower();
    assert(!this.#closed, `${this.path} is used after it was closed`);
    assert(
      modes.length === 0 || modes.includes(this.#mode),
      `${this.path} was opened to ${this.#mode}`,
    );
  }
}
