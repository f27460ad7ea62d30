/** Which lock protocol a new data directory is pinned to, and keeping the one that it was pinned to. */
import { CoreError } from '../errors.js';
import { KernelLocks, kernelLocksAvailable } from './kernel-lock.js';
import type { LockProtocol, LockProvider } from './lock.js';
import { LockfileLocks } from './lockfile-lock.js';
import { sharedFileSystemAt } from './shared-file-system.js';

export interface LockRecommendation {
  readonly protocol: LockProtocol;
  /** What is weaker than usual, for a person. */
  readonly warning?: string;
}

/** For a data directory at `path`, which must exist. */
export function recommendProtocol(path: string): LockRecommendation {
  return recommend(sharedFileSystemAt(path), kernelLocksAvailable());
}

/** `sharedFileSystem`: its name, if `path` lies on one. */
export function recommend(
  sharedFileSystem: string | undefined,
  hasKernelLocks: boolean,
): LockRecommendation {
  if (sharedFileSystem !== undefined) {
    const reason = `it lies on ${sharedFileSystem}, where kernel locks are not reliable`;
    return { protocol: 'lockfile', warning: `${reason}; ${WEAKER}` };
  }
  if (!hasKernelLocks) {
    return { protocol: 'lockfile', warning: `this system has no kernel locks; ${WEAKER}` };
  }
  return { protocol: 'kernel' };
}

const WEAKER =
  'lock files are used instead: slower, and a writer that is killed blocks others for 30 seconds';

/**
 * DATA_DIR_UNKNOWN_FORMAT if `path`, pinned to `protocol`, lies by now where that cannot be kept: a
 * directory that was moved to a network file system, or is reached over one. Two machines might then
 * hold one lock. `sharedFileSystem`: its name, if it lies on one.
 */
export function checkProtocol(
  protocol: LockProtocol,
  path: string,
  sharedFileSystem = sharedFileSystemAt(path),
): void {
  if (protocol !== 'kernel' || sharedFileSystem === undefined) return;
  throw new CoreError(
    'DATA_DIR_UNKNOWN_FORMAT',
    `${path} is pinned to kernel locks, and lies on ${sharedFileSystem}, where they are not reliable`,
    {
      details: { path, lockProtocol: protocol, fileSystem: sharedFileSystem },
      suggestion:
        'Reading works here. Write where its disk is local, or copy the records into a data directory that is made here: it gets lock files.',
    },
  );
}

/** The locks of a data directory that is pinned to `protocol`. Mixing protocols would be no lock at all. */
export function openLocks(
  protocol: LockProtocol,
  hasKernelLocks = kernelLocksAvailable(),
): LockProvider {
  if (protocol === 'lockfile') return new LockfileLocks();
  if (hasKernelLocks) return new KernelLocks();
  throw new CoreError(
    'DATA_DIR_UNKNOWN_FORMAT',
    'this directory is pinned to kernel locks, which this system cannot give',
    {
      details: { lockProtocol: protocol },
      suggestion:
        'Install the optional package fs-native-extensions, or write from a system that has a build of it (Linux with glibc, macOS or Windows). Reading works without it.',
    },
  );
}
