import { expect, test } from '@jest/globals';
import { copyBytes, keepAside } from '../../../src/core/log/repair-aside.js';
import { DAMAGED_SUFFIX } from '../../../src/core/segment/file-names.js';
import { LOCATION, codeOf, contentOf, createPartition, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const FIRST = `${LOCATION.directory}/00000000000000000000.log.damaged`;

function keep(fs: MemoryFileSystem, text: string) {
  const log = fileOf(fs, '/data/log/source', Buffer.from(`__${text}__`));
  const bytes = { baseOffset: 0, suffix: DAMAGED_SUFFIX, log, position: 2 };
  return keepAside(fs, LOCATION, { ...bytes, endPosition: 2 + text.length });
}

test('each is kept in a file of its own, durably; the same bytes are kept once', () => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  expect(keep(fs, 'one')).toEqual({ path: FIRST, isNew: true });
  expect(keep(fs, 'two')).toEqual({ path: `${FIRST}.2`, isNew: true });
  expect(keep(fs, 'one')).toEqual({ path: FIRST, isNew: false });
  expect(keep(fs, 'two')).toEqual({ path: `${FIRST}.2`, isNew: false });
  expect(keep(fs, 'three')).toEqual({ path: `${FIRST}.3`, isNew: true });
  const disk = fs.crashClone(0);
  expect([FIRST, `${FIRST}.2`].map((path) => contentOf(disk, path).toString())).toEqual([
    'one',
    'two',
  ]);
});

test('what is not a file is passed by, not written over', () => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  fs.plant(FIRST, 'symlink');
  expect(keep(fs, 'one').path).toBe(`${FIRST}.2`);
});

test('a log that is shorter than it was is no reason to keep less', async () => {
  const fs = new MemoryFileSystem();
  const [from, to] = ['/a', '/b'].map((path) => fileOf(fs, path, Buffer.from('abc')));
  expect(await codeOf(() => copyBytes(from!, to!, 1, 9))).toBe('SEGMENT_CORRUPT');
});
