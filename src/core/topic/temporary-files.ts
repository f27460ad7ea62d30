import { join } from 'node:path';
import { isTemporaryName, removeTree } from '../fs/durable.js';
import type { FileSystem } from '../fs/file-system.js';
import { topicOfFileName } from './data-directory-paths.js';

/**
 * Removes what killed writers left in a directory. Only under the lock that all writers of this
 * directory take. (A topic may be called `.tmp-x`; its file ends in `.json`, temporary ones do not.)
 */
export function sweepTemporaryFiles(fs: FileSystem, directory: string): void {
  for (const name of fs.list(directory)) {
    if (!isTemporaryName(name) || topicOfFileName(name) !== undefined) continue;
    removeTree(fs, join(directory, name));
  }
}
