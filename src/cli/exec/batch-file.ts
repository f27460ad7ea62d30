/** The records of a batch as a file, for a command that wants a name rather than a pipe. */
import { OutputStream } from '../stdout.js';
import { PrivateFolder } from './private-folder.js';

/**
 * Calls `use` with the path of a file that `fill` has written, and removes the file in the end. (Not if
 * this process is killed: then the command may still be at it.)
 */
export async function withBatchFile<T>(
  fill: (output: OutputStream) => Promise<void>,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = new PrivateFolder();
  try {
    const { path, descriptor } = folder.createFile('records');
    const output = new OutputStream(descriptor, path);
    try {
      await fill(output);
    } finally {
      await output.close();
    }
    return await use(path);
  } finally {
    folder.remove();
  }
}
