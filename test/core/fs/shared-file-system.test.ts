import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import {
  isOnSharedFileSystem,
  sharedFileSystemName,
} from '../../../src/core/fs/shared-file-system.js';

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

test('a local disk is no shared one, and is asked once', () => {
  const { dev } = statSync(tmpdir());
  expect(isOnSharedFileSystem(tmpdir(), dev)).toBe(false);
  expect(isOnSharedFileSystem('/no such path', dev)).toBe(false);
});
