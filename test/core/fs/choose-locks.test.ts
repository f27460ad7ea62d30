import { tmpdir } from 'node:os';

import { describe, expect, test } from '@jest/globals';

import {
  checkProtocol,
  openLocks,
  recommend,
  recommendProtocol,
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

test.each([
  ['lockfile', 'NFS', false],
  ['kernel', 'NFS', true],
  ['kernel', 'FUSE', true],
] as const)('%s locks on %s: refused %s', (protocol, fileSystem, isRefused) => {
  const check = (): void => checkProtocol(protocol, '/d', fileSystem);
  if (!isRefused) check();
  else {
    expect(check).toThrow(
      expect.objectContaining({
        code: 'DATA_DIR_UNKNOWN_FORMAT',
        message: `/d is pinned to kernel locks, and lies on ${fileSystem}, where they are not reliable`,
      }),
    );
  }
});

test('a local directory keeps its kernel locks', () => {
  checkProtocol('kernel', tmpdir());
});
