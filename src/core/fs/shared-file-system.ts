/**
 * File systems that other machines may write too, or that pass calls on to a program. There a kernel lock
 * may be granted twice, and what this kernel knows of a file may be seconds old.
 */
import { statfsSync } from 'node:fs';
import { platform } from 'node:os';

import { systemCall } from './file-error.js';

/** By Linux's magic number. */
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

/** By device: a file system stays what it is, and a writer asks at every file that it opens. */
const knownDevices = new Map<number, boolean>();

/** Whether the file at `path`, on `device`, lies on such a file system. */
export function isOnSharedFileSystem(path: string, device: number): boolean {
  let isShared = knownDevices.get(device);
  if (isShared === undefined) {
    isShared = sharedFileSystemAt(path) !== undefined;
    knownDevices.set(device, isShared);
  }
  return isShared;
}
