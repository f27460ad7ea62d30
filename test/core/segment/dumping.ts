/** One file in memory, and all that a dump says of it. */
import type { File } from '../../../src/core/fs/file-system.js';
import type { DumpEntry } from '../../../src/core/segment/dump-entry.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

export function fileOf(bytes: Uint8Array, path = '/f'): File {
  const fs = new MemoryFileSystem();
  const file = fs.open(path, 'create');
  if (bytes.length > 0) file.append(bytes, 0, bytes.length);
  return file;
}

/** Bytes are copied: they are valid only until the next entry. */
export function entriesOf(dump: Iterable<DumpEntry>): DumpEntry[] {
  return Array.from(dump, (entry) => structuredClone(entry));
}

export function kindsOf(dump: Iterable<DumpEntry>): string[] {
  return entriesOf(dump).map(({ kind }) => kind);
}
