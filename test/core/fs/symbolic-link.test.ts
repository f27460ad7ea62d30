import { expect, test } from '@jest/globals';
import { checkNoLink } from '../../../src/core/fs/symbolic-link.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

test('a link is refused by name; a directory, a file and nothing are fine', () => {
  const fs = new MemoryFileSystem();
  fs.makeDirectory('/d', 0o700);
  fs.open('/f', 'create').close();
  fs.plant('/l', 'symlink');
  for (const path of ['/d', '/f', '/absent']) checkNoLink(fs, path);
  expect(() => {
    checkNoLink(fs, '/l');
  }).toThrow(
    expect.objectContaining({
      code: 'NOT_A_REGULAR_FILE',
      message: '/l is a symbolic link, and is not followed',
    }),
  );
});
