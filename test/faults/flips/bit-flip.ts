/** A disk that gives back one bit wrong. */
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import { contentOf, overwrite } from '../../support/log-fixture.js';

export interface FlippedBit {
  /** With that bit wrong, and nothing else; a copy of its own. */
  readonly fs: MemoryFileSystem;
  /** Of the byte in the file. */
  readonly position: number;
  /** 0 is the lowest of its byte. */
  readonly bit: number;
}

/** One copy for each bit of the file at `path`. */
export function* flipsOf(whole: MemoryFileSystem, path: string): Generator<FlippedBit> {
  const bytes = contentOf(whole, path);
  for (const [position, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit++) {
      const fs = whole.crashClone(1);
      overwrite(fs, path, position, Uint8Array.of(byte ^ (1 << bit)));
      yield { fs, position, bit };
    }
  }
}

/** One copy for each length that the file at `path` can be cut to, none of it included. */
export function* cutsOf(
  whole: MemoryFileSystem,
  path: string,
): Generator<{ readonly fs: MemoryFileSystem; readonly length: number }> {
  const { length: wholeLength } = contentOf(whole, path);
  for (let length = 0; length < wholeLength; length++) {
    const fs = whole.crashClone(1);
    cutTo(fs, path, length);
    yield { fs, length };
  }
}

export function cutTo(fs: FileSystem, path: string, length: number): void {
  const file = fs.open(path, 'append');
  file.truncate(length);
  file.sync();
  file.close();
}
