import { realpathSync } from 'node:fs';

/** Whether the directory that this process works in was removed. (process.cwd() remembers.) */
export function isWorkingDirectoryGone(): boolean {
  try {
    realpathSync.native('.');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
