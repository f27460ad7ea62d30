import { dirname } from 'node:path';
import type { FileSystem } from './file-system.js';

/** The path itself if something is there, else the nearest directory above it that exists. */
export function existingAncestor(fs: FileSystem, path: string): string {
  let at = path;
  while (fs.stat(at) === undefined && dirname(at) !== at) at = dirname(at);
  return at;
}
