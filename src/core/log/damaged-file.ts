import { CoreError } from '../errors.js';

/** A small file that does not say what such a file must say. Never taken for an empty one. */
export function damagedFile(path: string, reason: string): CoreError {
  return new CoreError('DATA_DIR_DAMAGED', `${path} is damaged: ${reason}`, {
    details: { path, reason },
  });
}
