/**
 * Links inside of a data directory are never followed: a directory that came from somewhere else could
 * have its trash, which is emptied, lead to somebody's home.
 */
import { CoreError } from '../errors.js';
import type { FileSystem } from './file-system.js';

/** NOT_A_REGULAR_FILE if `path` is a link. What is not there is fine. */
export function checkNoLink(fs: FileSystem, path: string): void {
  if (fs.stat(path)?.kind === 'symlink') throw symbolicLink(path);
}

export function symbolicLink(path: string): CoreError {
  return new CoreError('NOT_A_REGULAR_FILE', `${path} is a symbolic link, and is not followed`, {
    details: { path },
    suggestion: 'Put the directory itself there. (The data directory as a whole may be a link.)',
  });
}
