/**
 * What Linux says of the locks on a file, in /proc/locks, a line each:
 *
 *     4: POSIX  ADVISORY  WRITE 4711 fe:01:262146 0 EOF
 *
 * with device (hexadecimal) and inode of the file. A lock that belongs to an open file (OFDLCK) names no
 * process. What waits for a lock has `->` behind its number.
 */
import { readFileSync } from 'node:fs';

import type { FileStat } from './file-system.js';

export interface FileLock {
  readonly isExclusive: boolean;
  /** undefined: the lock belongs to an open file. */
  readonly pid: number | undefined;
}

/** Of one file; empty where nothing is known (not Linux, or another namespace hides it). */
export function locksOf(file: Pick<FileStat, 'device' | 'inode'>): FileLock[] {
  try {
    return parseProcLocks(readFileSync('/proc/locks', 'latin1'), file);
  } catch {
    return [];
  }
}

export function parseProcLocks(
  text: string,
  { device, inode }: Pick<FileStat, 'device' | 'inode'>,
): FileLock[] {
  const place = `${deviceName(device)}:${inode}`;
  return text.split('\n').flatMap((line): FileLock[] => {
    const [, kind, , access, pid, where] = line.split(/\s+/);
    if (kind === '->' || where !== place) return [];
    const owner = Number(pid);
    return [{ isExclusive: access === 'WRITE', pid: owner > 0 ? owner : undefined }];
  });
}

/** `fe:01`: major and minor number, as Linux packs them into 64 bits. */
function deviceName(device: number): string {
  const bits = BigInt(device);
  const major = ((bits >> 8n) & 0xfffn) | ((bits >> 32n) & ~0xfffn);
  const minor = (bits & 0xffn) | ((bits >> 12n) & ~0xffn & 0xffffffffn);
  return [major, minor].map((number) => number.toString(16).padStart(2, '0')).join(':');
}
