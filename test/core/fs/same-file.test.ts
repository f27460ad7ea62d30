import { expect, test } from '@jest/globals';

import { isSameFile } from '../../../src/core/fs/same-file.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

test('a path leads to the open file until the file is renamed, removed or replaced', () => {
  const fs = new MemoryFileSystem();
  const file = fs.open('/file', 'create');
  expect(isSameFile(fs, file)).toBe(true);
  fs.rename('/file', '/elsewhere');
  expect(isSameFile(fs, file)).toBe(false);
  fs.open('/file', 'create');
  expect(isSameFile(fs, file)).toBe(false);
  fs.rename('/elsewhere', '/file');
  expect(isSameFile(fs, file)).toBe(true);
});
