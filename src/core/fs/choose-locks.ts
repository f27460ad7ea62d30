/** Which lock protocol a new data directory is pinned to, and keeping the one that it was pinned to. */
import { statfsSync } from 'node:fs';
import { platform } from 'node:os';

import { CoreError } from '../errors.js';
import { systemCall } from './file-error.js';
import { KernelLocks, kernelLocksAvailable } from './kernel-lock.js';
import type { LockProtocol, LockProvider } from './lock.js';
import { LockfileLocks } from './lockfile-lock.js';

/**
 * File systems that other machines may write too, or that pass locks on to a program, by Linux's magic
 * number: there a kernel lock may be granted twice.
 */
const SHARED_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
  [0x19830326, 'BeeGFS'],
  [0x47504653, 'GPFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x786f4256, 'a VirtualBox shared folder'],
  [0xbacbacbc, 'a VMware shared folder'],
]);

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

/** Linux only: elsewhere the numbers mean nothing, and the file system counts as local. */
export function sharedFileSystemAt(path: string): string | undefined {
  if (platform() !== 'linux') return undefined;
  const { type } = systemCall('ask for the file system of', path, () => statfsSync(path));
  return sharedFileSystemName(type);
}

export function sharedFileSystemName(type: number): string | undefined {
  // The kernel's field is signed on some machines.
  return SHARED_FILE_SYSTEMS.get(type >>> 0);
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
