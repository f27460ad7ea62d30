import { expect, test } from '@jest/globals';
import { sweepTemporaryFiles } from '../../../src/core/topic/temporary-files.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

test('temporary files are swept, topics that are called like them are not', () => {
  const fs = new MemoryFileSystem();
  for (const name of ['.tmp-0123456789abcdef', '.tmp-x.json', 'orders.json', '.deleted-x']) {
    fs.open(`/${name}`, 'create').close();
  }
  sweepTemporaryFiles(fs, '/');
  expect(fs.list('/').sort()).toEqual(['.deleted-x', '.tmp-x.json', 'orders.json']);
});
