/**
 * Wraps a file system and makes chosen operations fail.
 *
 *   const fs = new FaultFileSystem(new MemoryFileSystem());
 *   fs.failWhen((op) => (op.kind === 'sync' && op.path.endsWith('.log') ? 'IO_ERROR' : undefined));
 */
import { CoreError } from '../../src/core/errors.js';
import type { ErrorCode } from '../../src/core/errors.js';
import type { File, FileStat, FileSystem, OpenMode } from '../../src/core/fs/file-system.js';

export interface Operation {
  readonly kind: Exclude<keyof FileSystem, 'open'> | Exclude<keyof File, 'path'> | OpenMode;
  /** Of a rename or link: where it leads to. */
  readonly path: string;
  /** Counts all operations, reading ones too, from 0. */
  readonly index: number;
}

/** `shortWrite`: the write takes only so many bytes and says so. */
export type Fault = ErrorCode | { readonly shortWrite: number } | undefined;

export class FaultFileSystem implements FileSystem {
  readonly operations: Operation[] = [];
  readonly #inner: FileSystem;
  #faultOf: (operation: Operation) => Fault = () => undefined;

  constructor(inner: FileSystem) {
    this.#inner = inner;
  }

  failWhen(faultOf: (operation: Operation) => Fault): void {
    this.#faultOf = faultOf;
  }

  open(path: string, mode: OpenMode, permissions?: number): File {
    this.enter(mode, path);
    return new FaultFile(this, this.#inner.open(path, mode, permissions));
  }

  stat(path: string): FileStat | undefined {
    this.enter('stat', path);
    return this.#inner.stat(path);
  }

  list(path: string): string[] {
    this.enter('list', path);
    return this.#inner.list(path);
  }

  makeDirectory(path: string, permissions: number): void {
    this.enter('makeDirectory', path);
    this.#inner.makeDirectory(path, permissions);
  }

  rename(from: string, to: string): void {
    this.enter('rename', to);
    this.#inner.rename(from, to);
  }

  link(from: string, to: string): void {
    this.enter('link', to);
    this.#inner.link(from, to);
  }

  removeFile(path: string): void {
    this.enter('removeFile', path);
    this.#inner.removeFile(path);
  }

  removeDirectory(path: string): void {
    this.enter('removeDirectory', path);
    this.#inner.removeDirectory(path);
  }

  syncDirectory(path: string): void {
    this.enter('syncDirectory', path);
    this.#inner.syncDirectory(path);
  }

  freeBytes(path: string): number {
    this.enter('freeBytes', path);
    return this.#inner.freeBytes(path);
  }

  /** Counts an operation. Throws when it is to fail; the number of bytes when it is to be cut short. */
  enter(kind: Operation['kind'], path: string): number {
    const operation = { kind, path, index: this.operations.length };
    this.operations.push(operation);
    const fault = this.#faultOf(operation);
    if (typeof fault !== 'string') return fault?.shortWrite ?? Infinity;
    throw new CoreError(fault, `cannot ${kind} ${path}: made to fail with ${fault}`, {
      details: { path, errno: fault, syscall: kind },
    });
  }
}

class FaultFile implements File {
  readonly path: string;
  readonly #fs: FaultFileSystem;
  readonly #inner: File;

  constructor(fs: FaultFileSystem, inner: File) {
    this.#fs = fs;
    this.#inner = inner;
    this.path = inner.path;
  }

  readAt(target: Uint8Array, at: number, length: number, position: number): number {
    this.#fs.enter('readAt', this.path);
    return this.#inner.readAt(target, at, length, position);
  }

  append(source: Uint8Array, at: number, length: number): number {
    const limit = this.#fs.enter('append', this.path);
    return this.#inner.append(source, at, Math.min(length, limit));
  }

  writeAt(source: Uint8Array, at: number, length: number, position: number): number {
    const limit = this.#fs.enter('writeAt', this.path);
    return this.#inner.writeAt(source, at, Math.min(length, limit), position);
  }

  truncate(sizeBytes: number): void {
    this.#fs.enter('truncate', this.path);
    this.#inner.truncate(sizeBytes);
  }

  stat(): FileStat {
    this.#fs.enter('stat', this.path);
    return this.#inner.stat();
  }

  sync(): void {
    this.#enterSync('sync');
    this.#inner.sync();
  }

  async syncLater(): Promise<void> {
    this.#enterSync('syncLater');
    await this.#inner.syncLater();
  }

  close(): void {
    this.#inner.close();
    this.#fs.enter('close', this.path);
  }

  /** A failed sync takes the unsynced bytes of a MemoryFile with it, as Linux does. */
  #enterSync(kind: 'sync' | 'syncLater'): void {
    try {
      this.#fs.enter(kind, this.path);
    } catch (error) {
      if (canLoseUnsynced(this.#inner)) this.#inner.loseUnsynced();
      throw error;
    }
  }
}

function canLoseUnsynced(file: File): file is File & { loseUnsynced(): void } {
  return 'loseUnsynced' in file;
}
