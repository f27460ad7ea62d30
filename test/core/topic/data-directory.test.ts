import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { NodeFileSystem } from '../../../src/core/fs/node-fs.js';
import { isKafkaLogDirectory, openDataDirectory } from '../../../src/core/topic/data-directory.js';
import { formatStateFile } from '../../../src/core/topic/state-file.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { newFileSystem, ROOT } from './registry-fixture.js';

const notFound = (message: RegExp) =>
  expect.objectContaining({ code: 'DATA_DIR_NOT_FOUND', message: expect.stringMatching(message) });

function memoryWith(files: Record<string, Uint8Array | string>, permissions = 0o700) {
  const fs = new MemoryFileSystem();
  fs.makeDirectory('/d', permissions);
  for (const [name, content] of Object.entries(files)) {
    const file = fs.open(`/d/${name}`, 'create');
    const bytes = Buffer.from(content);
    file.append(bytes, 0, bytes.length);
    file.close();
  }
  return fs;
}

describe('opening a data directory', () => {
  test('tells what it says of itself', async () => {
    const directory = openDataDirectory(await newFileSystem(), ROOT);
    expect(directory).toMatchObject({
      path: ROOT,
      lockProtocol: 'kernel',
      brokers: [{ id: 0, path: 'brokers/0' }],
      filePermissions: 0o600,
      directoryPermissions: 0o700,
    });
    expect(directory.clusterId).toMatch(/^.{22}$/);
  });

  test('writes nothing', async () => {
    const fs = await newFileSystem();
    const before = fs.operationCount;
    openDataDirectory(fs, ROOT);
    expect(fs.operationCount).toBe(before);
  });

  test.each([
    ['nothing', new MemoryFileSystem(), /there is no data directory/],
    ['an empty directory', memoryWith({}), /no spool\.json/],
    ['other files', memoryWith({ 'a.txt': 'x' }), /no spool\.json/],
    ['a log directory of Kafka', memoryWith({ 'meta.properties': '' }), /log directory of Kafka/],
  ])('is refused where %s is', (_, fs, message) => {
    expect(() => openDataDirectory(fs, '/d')).toThrow(notFound(message));
  });

  test('is refused where a file is', () => {
    const fs = memoryWith({ file: '' });
    expect(() => openDataDirectory(fs, '/d/file')).toThrow(notFound(/not a directory/));
  });

  test("names the data directory around a broker's log directory", () => {
    expect(() => openDataDirectory(fsOf, `${ROOT}/brokers/0/log`)).toThrow(
      expect.objectContaining({ suggestion: `Use ${ROOT}` }),
    );
  });

  test.each([
    ['an empty spool.json', '', 'DATA_DIR_DAMAGED'],
    ['a spool.json of zeros', '\0\0\0', 'DATA_DIR_DAMAGED'],
    ['a later format', formatStateFile(2, {}), 'DATA_DIR_UNKNOWN_FORMAT'],
    ['a spool.json of megabytes', ' '.repeat(100_000), 'DATA_DIR_DAMAGED'],
  ])('is refused with %s', (_, content, code) => {
    const fs = memoryWith({ 'spool.json': content });
    expect(() => openDataDirectory(fs, '/d')).toThrow(expect.objectContaining({ code }));
  });

  test('is refused with a link in place of spool.json', () => {
    const fs = memoryWith({});
    fs.plant('/d/spool.json', 'symlink');
    expect(() => openDataDirectory(fs, '/d')).toThrow(
      expect.objectContaining({ code: 'NOT_A_REGULAR_FILE' }),
    );
  });

  test('is refused where everyone may write', () => {
    expect(() => openDataDirectory(memoryWith({}, 0o1777), '/d')).toThrow(
      expect.objectContaining({
        code: 'PERMISSION_DENIED',
        suggestion: expect.stringMatching(/chmod/),
      }),
    );
  });
});

const fsOf = await newFileSystem();
const real = mkdtempSync(join(tmpdir(), 'spool-data-directory-'));
afterAll(() => rmSync(real, { recursive: true }));

describe('on a real file system', () => {
  test('a link to a data directory leads to it', () => {
    mkdirSync(join(real, 'target'), { mode: 0o700 });
    symlinkSync(join(real, 'target'), join(real, 'link'));
    const spool = { clusterId: 'AbCdEfGhSxKaLmNoPqRsTw', lockProtocol: 'kernel' };
    const bytes = formatStateFile(1, { ...spool, brokers: { 0: { path: 'brokers/0' } } });
    writeFileSync(join(real, 'target', 'spool.json'), bytes);
    expect(openDataDirectory(new NodeFileSystem(), join(real, 'link'))).toMatchObject(spool);
  });

  test('a link that leads nowhere is said to', () => {
    symlinkSync(join(real, 'gone'), join(real, 'dangling'));
    expect(() => openDataDirectory(new NodeFileSystem(), join(real, 'dangling'))).toThrow(
      notFound(/leads nowhere/),
    );
  });
});

test.each([
  [['meta.properties'], true],
  [['recovery-point-offset-checkpoint'], true],
  [['.kafka_cleanshutdown'], true],
  [['spool.json', 'topics'], false],
  [[], false],
])('%j is a Kafka log directory: %s', (names, expected) => {
  expect(isKafkaLogDirectory(names)).toBe(expected);
});
