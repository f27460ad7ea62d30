import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createDataDirectory } from '../../../src/core/topic/create-data-directory.js';
import { openDataDirectory } from '../../../src/core/topic/data-directory.js';
import { parseMetaProperties } from '../../../src/core/topic/meta-properties.js';
import { readWholeFile } from '../../../src/core/fs/durable.js';
import { NodeFileSystem } from '../../../src/core/fs/node-fs.js';
import { isCoreError } from '../../../src/core/errors.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';
import { crashEverywhere, creationIn, openRegistry, ROOT, topicOf } from './registry-fixture.js';

describe('creating a data directory', () => {
  test('makes the layout, with the directories above it', async () => {
    const fs = new MemoryFileSystem();
    await createDataDirectory(creationIn(fs));
    expect(Object.keys(fs.tree())).toEqual([
      '/home',
      ROOT,
      `${ROOT}/brokers`,
      `${ROOT}/brokers/0`,
      `${ROOT}/brokers/0/log`,
      `${ROOT}/brokers/0/log/.lock`,
      `${ROOT}/brokers/0/log/meta.properties`,
      `${ROOT}/brokers/0/tmp`,
      `${ROOT}/brokers/0/trash`,
      `${ROOT}/groups`,
      `${ROOT}/locks`,
      `${ROOT}/locks/groups`,
      `${ROOT}/locks/registry`,
      `${ROOT}/partitions`,
      `${ROOT}/spool.json`,
      `${ROOT}/topics`,
    ]);
  });

  test("gives the broker the cluster's id", async () => {
    const fs = new MemoryFileSystem();
    const { clusterId, paths } = await createDataDirectory(creationIn(fs));
    const meta = parseMetaProperties(readWholeFile(fs, paths.metaProperties, 4096), 'x');
    expect(meta).toMatchObject({ version: 1, nodeId: 0, clusterId });
  });

  test('a second time changes nothing', async () => {
    const fs = new MemoryFileSystem();
    const first = await createDataDirectory(creationIn(fs));
    const before = fs.operationCount;
    expect(await createDataDirectory(creationIn(fs))).toEqual(first);
    expect(fs.operationCount).toBe(before);
  });

  test('ten times at once gives one directory', async () => {
    const fs = new MemoryFileSystem();
    const locks = new MemoryLocks(fs);
    const all = await Promise.all(
      Array.from({ length: 10 }, () => createDataDirectory(creationIn(fs, locks))),
    );
    expect(new Set(all.map(({ clusterId }) => clusterId)).size).toBe(1);
    expect(openDataDirectory(fs, ROOT).clusterId).toBe(all[0]!.clusterId);
  });

  test.each([
    ['foreign files', ['notes.txt'], 'DATA_DIR_UNKNOWN_FORMAT', /other content/],
    ['a log directory of Kafka', ['meta.properties'], 'DATA_DIR_UNKNOWN_FORMAT', /Kafka/],
    ['topics without spool.json', ['topics/a.json'], 'DATA_DIR_DAMAGED', /missing/],
  ])('is refused in a directory with %s, untouched', async (_, files, code, message) => {
    const fs = new MemoryFileSystem();
    for (const path of ['/home', ROOT, `${ROOT}/topics`]) fs.makeDirectory(path, 0o700);
    for (const file of files) fs.open(`${ROOT}/${file}`, 'create').close();
    const before = fs.operationCount;
    await expect(createDataDirectory(creationIn(fs))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(fs.operationCount).toBe(before);
  });

  test('works at the root of a fresh file system', async () => {
    const fs = new MemoryFileSystem();
    for (const path of ['/home', ROOT, `${ROOT}/lost+found`]) fs.makeDirectory(path, 0o700);
    await expect(createDataDirectory(creationIn(fs))).resolves.toMatchObject({ path: ROOT });
  });

  test('is whole or absent after a crash at any change, and then works', async () => {
    const changes = await crashEverywhere(
      () => Promise.resolve(new MemoryFileSystem()),
      (fs) => createDataDirectory(creationIn(fs)),
      async (disk, { isDone, name }) => {
        let isThere = true;
        try {
          openDataDirectory(disk, ROOT);
        } catch (error) {
          if (!isCoreError(error, 'DATA_DIR_NOT_FOUND')) throw new Error(name, { cause: error });
          isThere = false;
        }
        if (isDone) expect([name, isThere]).toEqual([name, true]);
        const { clusterId, paths } = await createDataDirectory(creationIn(disk));
        const meta = parseMetaProperties(readWholeFile(disk, paths.metaProperties, 4096), name);
        expect([name, meta.clusterId]).toEqual([name, clusterId]);
        const temporary = disk.list(ROOT).filter((entry) => entry.startsWith('.'));
        if (!isThere) expect([name, temporary]).toEqual([name, []]);
        await openRegistry(disk).createTopic(topicOf('t'));
      },
    );
    expect(changes).toBeGreaterThan(20);
  });
});

test('is durable also where a killed creator made what is above it', async () => {
  const fs = new MemoryFileSystem();
  for (const path of ['/a', '/a/b']) fs.makeDirectory(path, 0o700);
  await createDataDirectory({ ...creationIn(fs), path: '/a/b/c' });
  expect(openDataDirectory(fs.crashClone(0), '/a/b/c').paths.root).toBe('/a/b/c');
});

const real = mkdtempSync(join(tmpdir(), 'spool-create-'));
afterAll(() => rmSync(real, { recursive: true }));

describe('on a real file system', () => {
  const fs = new NodeFileSystem();
  const create = (path: string) => createDataDirectory({ ...creationIn(fs), path });
  const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

  test('a new directory is private', async () => {
    const { paths } = await create(join(real, 'a', 'private'));
    expect([paths.root, paths.log, paths.topics].map(modeOf)).toEqual(['700', '700', '700']);
    expect([paths.spoolFile, paths.registryLock, paths.brokerLock].map(modeOf)).toEqual([
      '600',
      '600',
      '600',
    ]);
  });

  test('an existing one keeps its mode and hands it down', async () => {
    const shared = join(real, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o2770);
    const { paths, filePermissions } = await create(shared);
    expect(filePermissions).toBe(0o660);
    expect([shared, paths.groupLocks, paths.trash].map(modeOf)).toEqual(['2770', '2770', '2770']);
    expect([paths.spoolFile, paths.metaProperties].map(modeOf)).toEqual(['660', '660']);
  });

  test('a link to an empty directory is followed', async () => {
    mkdirSync(join(real, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(real, 'elsewhere'), join(real, 'link'));
    const { clusterId } = await create(join(real, 'link'));
    expect(openDataDirectory(fs, join(real, 'elsewhere')).clusterId).toBe(clusterId);
  });
});
