import { tmpdir } from 'node:os';

import { describe, expect, test } from '@jest/globals';

import {
  openLocks,
  recommend,
  recommendProtocol,
  sharedFileSystemName,
} from '../../../src/core/fs/choose-locks.js';

describe('recommend', () => {
  test('kernel locks on a local file system, without a word', () => {
    expect(recommend(undefined, true)).toEqual({ protocol: 'kernel' });
  });

  test.each([
    ['NFS', true, 'it lies on NFS'],
    ['NFS', false, 'it lies on NFS'],
    [undefined, false, 'this system has no kernel locks'],
  ])('%s, kernel locks %s: lock files, with a warning', (fileSystem, hasKernelLocks, warning) => {
    const { protocol, ...rest } = recommend(fileSystem, hasKernelLocks);
    expect(protocol).toBe('lockfile');
    expect(rest.warning).toContain(warning);
  });
});

test.each([
  [0xef53, undefined],
  [0x01021994, undefined],
  [0x6969, 'NFS'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
  [0xff534d42, 'CIFS'],
  [0xff534d42 | 0, 'CIFS'],
])('file system type %d is %s', (type, name) => {
  expect(sharedFileSystemName(type)).toBe(name);
});

test('the file system of a directory is looked up', () => {
  expect(recommendProtocol(tmpdir()).protocol).toBe('kernel');
  expect(() => recommendProtocol('/absent')).toThrow(
    expect.objectContaining({ code: 'FILE_NOT_FOUND' }),
  );
});

test.each(['kernel', 'lockfile'] as const)(
  'a directory pinned to %s gets just that',
  (protocol) => {
    expect(openLocks(protocol).protocol).toBe(protocol);
  },
);

test('a directory pinned to kernel locks is refused where there are none', () => {
  expect(() => openLocks('kernel', false)).toThrow(
    expect.objectContaining({
      code: 'DATA_DIR_UNKNOWN_FORMAT',
      message: 'this directory is pinned to kernel locks, which this system cannot give',
    }),
  );
  expect(openLocks('lockfile', false).protocol).toBe('lockfile');
});
