import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { NodeFile } from '../../../src/core/fs/node-file.js';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spool-'));
  path = join(directory, 'file');
});
afterEach(() => rmSync(directory, { recursive: true }));

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

function create(text: string): NodeFile {
  const file = NodeFile.open(path, 'create');
  file.append(bytesOf(text), 0, text.length);
  return file;
}

function textAt(file: NodeFile, length: number, position: number): string {
  const target = Buffer.alloc(length);
  return target.toString('latin1', 0, file.readAt(target, 0, length, position));
}

test('reads what was asked for, and less only at the end', () => {
  const file = create('0123456789');
  expect(textAt(file, 4, 3)).toBe('3456');
  expect(textAt(file, 4, 8)).toBe('89');
  expect(textAt(file, 4, 10)).toBe('');
  const target = Buffer.from('....');
  expect(file.readAt(target, 1, 2, 5)).toBe(2);
  expect(target.toString()).toBe('.56.');
  file.close();
});

// The kernel makes this one up as it is read, and hands it out in pieces of less than a page.
const PIECEMEAL = '/proc/kallsyms';
(existsSync(PIECEMEAL) ? test : test.skip)('goes on where the kernel reads less than asked', () => {
  const file = NodeFile.open(PIECEMEAL, 'read');
  const target = Buffer.alloc(64 * 1024);
  expect(file.readAt(target, 0, target.length, 0)).toBe(target.length);
  expect(target.toString()).toBe(readFileSync(PIECEMEAL).toString('utf8', 0, target.length));
  file.close();
});

test('appends to the end, wherever it is by now', () => {
  const first = create('one ');
  const second = NodeFile.open(path, 'append');
  second.append(bytesOf('-two '), 1, 4);
  first.append(bytesOf('three'), 0, 5);
  expect(readFileSync(path, 'utf8')).toBe('one two three');
  first.close();
  second.close();
});

test('writes in place', () => {
  create('0123456789').close();
  const file = NodeFile.open(path, 'update');
  expect(file.writeAt(bytesOf('-ab-'), 1, 2, 4)).toBe(2);
  expect(readFileSync(path, 'utf8')).toBe('0123ab6789');
  file.truncate(3);
  expect(file.stat()).toMatchObject({ kind: 'file', sizeBytes: 3 });
  file.close();
});

test('syncs, now and later, also when it is closed in between', async () => {
  const file = create('text');
  file.sync();
  const later = [file.syncLater(), file.syncLater()];
  file.close();
  file.close();
  await Promise.all(later);
  expect(() => file.sync()).toThrow('used after it was closed');
});

test('a new file has exactly the permissions asked for, whatever the umask', () => {
  const before = process.umask(0o077);
  try {
    NodeFile.open(path, 'create', 0o660).close();
    NodeFile.open(`${path}2`, 'create').close();
  } finally {
    process.umask(before);
  }
  expect(statSync(path).mode & 0o7777).toBe(0o660);
  expect(statSync(`${path}2`).mode & 0o7777).toBe(0o600);
});

test.each(['read', 'append', 'update'] as const)('to %s, the file must be there', (mode) => {
  expect(() => NodeFile.open(path, mode)).toThrow(
    expect.objectContaining({
      code: 'FILE_NOT_FOUND',
      message: `cannot open ${path}: no such file or directory`,
      details: { path, errno: 'ENOENT', syscall: 'open' },
    }),
  );
});

test('to create, it must not', () => {
  create('text').close();
  expect(() => NodeFile.open(path, 'create')).toThrow(
    expect.objectContaining({ code: 'FILE_EXISTS' }),
  );
});

const INTRUDERS: [string, () => void][] = [
  ['a symbolic link', () => symlinkSync('/etc/passwd', path)],
  ['a directory', () => mkdirSync(path)],
  ['a FIFO', () => execFileSync('mkfifo', [path])],
  ['a device', () => symlinkSync('/dev/null', path)],
];
test.each(INTRUDERS)('%s in the place of a file is refused without waiting', (_name, plant) => {
  plant();
  for (const mode of ['read', 'append', 'update'] as const) {
    expect(() => NodeFile.open(path, mode)).toThrow(
      expect.objectContaining({ code: 'NOT_A_REGULAR_FILE' }),
    );
  }
});

test('refusing an intruder leaves no file open', () => {
  mkdirSync(path);
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const before = descriptors();
  for (let i = 0; i < 20; i++) expect(() => NodeFile.open(path, 'read')).toThrow();
  expect(descriptors()).toBeLessThan(before + 10);
});

test('a failed write says where', () => {
  create('text').close();
  const file = NodeFile.open(path, 'read');
  expect(() => file.append(bytesOf('x'), 0, 1)).toThrow(`cannot write to ${path}`);
  file.close();
});
