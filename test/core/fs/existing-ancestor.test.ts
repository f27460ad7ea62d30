import { expect, test } from '@jest/globals';
import { existingAncestor } from '../../../src/core/fs/existing-ancestor.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

test.each([
  ['/a/b', '/a/b'],
  ['/a/b/c/d', '/a/b'],
  ['/x/y', '/'],
])('what exists of %s is %s', (path, expected) => {
  const fs = new MemoryFileSystem();
  fs.makeDirectory('/a', 0o700);
  fs.makeDirectory('/a/b', 0o700);
  expect(existingAncestor(fs, path)).toBe(expected);
});
