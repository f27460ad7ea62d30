import type { File, FileSystem } from './file-system.js';

/** Whether the path of an open file still leads to it: it may have been renamed, removed or replaced. */
export function isSameFile(fs: FileSystem, file: File): boolean {
  const there = fs.stat(file.path);
  if (there === undefined) return false;
  const open = file.stat();
  return there.device === open.device && there.inode === open.inode;
}
