import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { KernelLocks, kernelLocksAvailable } from '../../../src/core/fs/kernel-lock.js';
import { locksOf, parseProcLocks } from '../../../src/core/fs/proc-locks.js';

const TEXT = `1: POSIX  ADVISORY  WRITE 4711 fe:01:262146 0 EOF
1: -> POSIX  ADVISORY  WRITE 4712 fe:01:262146 0 EOF
2: OFDLCK ADVISORY  READ -1 fe:01:262147 0 EOF
3: OFDLCK ADVISORY  READ -1 fe:01:262147 0 EOF
4: FLOCK  ADVISORY  WRITE 9 103:1a2b3:262147 0 EOF
`;
const FE_01 = 0xfe01;

test.each([
  [262146, FE_01, [{ isExclusive: true, pid: 4711 }]],
  [
    262147,
    FE_01,
    [
      { isExclusive: false, pid: undefined },
      { isExclusive: false, pid: undefined },
    ],
  ],
  // Large numbers are spread over the 64 bits: glibc's makedev(0x103, 0x1a2b3).
  [262147, 0x1a2103b3, [{ isExclusive: true, pid: 9 }]],
  [1, FE_01, []],
])('the locks of inode %d', (inode, device, locks) => {
  expect(parseProcLocks(TEXT, { inode, device })).toEqual(locks);
});

const onLinux = process.platform === 'linux' && kernelLocksAvailable() ? test : test.skip;

onLinux('a lock of this process is found, and gone when it is given back', () => {
  const path = join(tmpdir(), `spool-proc-locks-${process.pid}`);
  closeSync(openSync(path, 'wx'));
  try {
    const { dev: device, ino: inode } = statSync(path);
    const lock = new KernelLocks().open(path);
    lock.tryLockShared();
    expect(locksOf({ device, inode })).toEqual([{ isExclusive: false, pid: undefined }]);
    lock.close();
    expect(locksOf({ device, inode })).toEqual([]);
  } finally {
    rmSync(path);
  }
});
