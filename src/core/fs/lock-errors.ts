/** How waiting for a lock ends when it does not end with the lock. */
import { CoreError } from '../errors.js';

export function lockBusy(path: string, waitedMs: number): CoreError {
  return new CoreError('BUSY', `${path} is locked by another process`, {
    details: { path, waitedMs: Math.round(waitedMs) },
  });
}

export function lockInterrupted(path: string): CoreError {
  return new CoreError('INTERRUPTED', `interrupted while waiting for the lock of ${path}`, {
    details: { path },
  });
}
