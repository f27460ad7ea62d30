import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { NodeFileSystem } from '../../../src/core/fs/node-fs.js';

const fs = new NodeFileSystem();
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spool-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);

function write(name: string, text: string): string {
  writeFileSync(at(name), text, { mode: 0o640 });
  return at(name);
}

test('stat tells what is at a path, without following links', () => {
  const file = write('file', 'four');
  symlinkSync(file, at('link'));
  const { ino, dev, uid, mtimeMs } = statSync(file);
  expect(fs.stat(file)).toEqual({
    kind: 'file',
    sizeBytes: 4,
    modifiedMs: mtimeMs,
    permissions: 0o640,
    device: dev,
    inode: ino,
    ownerId: uid,
  });
  expect(fs.stat(directory)?.kind).toBe('directory');
  expect(fs.stat(at('link'))?.kind).toBe('symlink');
  expect(fs.stat('/dev/null')?.kind).toBe('other');
});

test('stat answers undefined only where nothing is', () => {
  const file = write('file', '');
  expect(fs.stat(at('absent'))).toBeUndefined();
  expect(fs.stat(join(file, 'below'))).toBeUndefined();
  expect(() => fs.stat(at('x'.repeat(300)))).toThrow(expect.objectContaining({ code: 'IO_ERROR' }));
});

test('makes, lists and removes directories', () => {
  fs.makeDirectory(at('a'), 0o700);
  fs.makeDirectory(at('a/b'), 0o700);
  expect(fs.list(at('a'))).toEqual(['b']);
  expect(() => fs.makeDirectory(at('a'), 0o700)).toThrow(
    expect.objectContaining({ code: 'FILE_EXISTS' }),
  );
  expect(() => fs.removeDirectory(at('a'))).toThrow(
    expect.objectContaining({ code: 'FILE_EXISTS' }),
  );
  fs.removeDirectory(at('a/b'));
  fs.removeDirectory(at('a'));
  expect(() => fs.list(at('a'))).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
});

test.each([0o700, 0o770, 0o2770])('a directory gets the permissions 0o%o', (permissions) => {
  const before = process.umask(0o027);
  try {
    fs.makeDirectory(at('a'), permissions);
  } finally {
    process.umask(before);
  }
  expect(fs.stat(at('a'))?.permissions).toBe(permissions);
});

test('rename replaces a file, and is refused onto a full directory', () => {
  const file = write('file', 'new');
  write('old', 'old');
  fs.rename(file, at('old'));
  expect(readFileSync(at('old'), 'utf8')).toBe('new');
  expect(fs.stat(file)).toBeUndefined();
  mkdirSync(at('a'));
  mkdirSync(at('b'));
  write('b/file', '');
  expect(() => fs.rename(at('a'), at('b'))).toThrow(
    expect.objectContaining({ code: 'FILE_EXISTS' }),
  );
  expect(() => fs.rename(at('absent'), at('c'))).toThrow(
    `cannot rename ${at('absent')} to ${at('c')}: no such file or directory`,
  );
});

test('link gives a second name, unless that is taken', () => {
  const file = write('file', 'text');
  fs.link(file, at('second'));
  fs.removeFile(file);
  expect(readFileSync(at('second'), 'utf8')).toBe('text');
  write('third', '');
  expect(() => fs.link(at('second'), at('third'))).toThrow(
    expect.objectContaining({ code: 'FILE_EXISTS' }),
  );
});

test('removeFile removes a link, not what it leads to', () => {
  const file = write('file', 'text');
  symlinkSync(file, at('link'));
  fs.removeFile(at('link'));
  expect(fs.stat(file)).toBeDefined();
  expect(() => fs.removeFile(at('link'))).toThrow(
    expect.objectContaining({ code: 'FILE_NOT_FOUND' }),
  );
});

test('syncDirectory syncs a directory and nothing else', () => {
  fs.syncDirectory(directory);
  expect(() => fs.syncDirectory(at('absent'))).toThrow(
    expect.objectContaining({ code: 'FILE_NOT_FOUND' }),
  );
  expect(() => fs.syncDirectory(write('file', ''))).toThrow(
    expect.objectContaining({ code: 'NOT_A_REGULAR_FILE' }),
  );
});

test('freeBytes counts bytes, not blocks', () => {
  expect(fs.freeBytes(directory)).toBeGreaterThan(1 << 20);
});

test('a link to a directory is not listed: what is listed is often removed', () => {
  mkdirSync(at('home'));
  symlinkSync(at('home'), at('trash'));
  const refused = expect.objectContaining({
    code: 'NOT_A_REGULAR_FILE',
    details: { path: at('trash') },
  });
  expect(() => fs.list(at('trash'))).toThrow(refused);
  // The link that somebody made to a data directory is theirs to follow.
  expect(fs.list(`${at('trash')}/.`)).toEqual([]);
});
