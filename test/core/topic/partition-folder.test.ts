import { describe, expect, test } from '@jest/globals';
import { CONTROL_FILE_BYTES } from '../../../src/core/log/control-file.js';
import { openDataDirectory } from '../../../src/core/topic/data-directory.js';
import {
  clearDebris,
  createPartitions,
  sweepBuilds,
} from '../../../src/core/topic/partition-folder.js';
import { newFileSystem, ROOT } from './registry-fixture.js';

const topicId = 'AbCdEfGhSxKaLmNoPqRsTw';
const noCheck = (): void => undefined;
const LOG = `${ROOT}/brokers/0/log`;

describe('new partitions', () => {
  test('have the folder of a broker and a control file', async () => {
    const fs = await newFileSystem();
    createPartitions(
      fs,
      openDataDirectory(fs, ROOT),
      { topic: 't', topicId, from: 2, to: 4 },
      noCheck,
    );
    const made = Object.entries(fs.tree()).filter(([path]) => /t-\d/.test(path));
    const folder = (name: string): [string, string][] => [
      [`${LOG}/${name}`, 'directory'],
      [`${LOG}/${name}/00000000000000000000.index`, '0 bytes'],
      [`${LOG}/${name}/00000000000000000000.log`, '0 bytes'],
      [`${LOG}/${name}/00000000000000000000.timeindex`, '0 bytes'],
      [`${LOG}/${name}/leader-epoch-checkpoint`, '8 bytes'],
      [`${LOG}/${name}/partition.metadata`, '43 bytes'],
    ];
    expect(made).toEqual([
      ...folder('t-2'),
      ...folder('t-3'),
      [`${ROOT}/partitions/t-2`, `${CONTROL_FILE_BYTES} bytes`],
      [`${ROOT}/partitions/t-3`, `${CONTROL_FILE_BYTES} bytes`],
    ]);
  });

  test('are synced before their folder gets its name, and the name is synced last', async () => {
    const fs = await newFileSystem();
    const before = fs.trace.length;
    createPartitions(
      fs,
      openDataDirectory(fs, ROOT),
      { topic: 't', topicId, from: 0, to: 1 },
      noCheck,
    );
    const steps = fs.trace
      .slice(before)
      .map((step) => step.replaceAll(ROOT, '').replace(/create-[0-9a-f]+/g, 'N'))
      .map((step) => step.replaceAll('/brokers/0', ''))
      .filter((step) => /sync|rename|removeDirectory/.test(step));
    expect(steps).toEqual([
      'sync /tmp/N/t-0/leader-epoch-checkpoint',
      'sync /tmp/N/t-0/partition.metadata',
      'syncDirectory /tmp/N/t-0',
      'sync /partitions/t-0',
      'syncDirectory /partitions',
      'rename /tmp/N/t-0 -> /log/t-0',
      'syncDirectory /tmp/N',
      'syncDirectory /log',
      'removeDirectory /tmp/N',
    ]);
  });
});

describe('debris', () => {
  const withPartitions = async (topic: string, to: number) => {
    const fs = await newFileSystem();
    const directory = openDataDirectory(fs, ROOT);
    createPartitions(fs, directory, { topic, topicId, from: 0, to }, noCheck);
    return { fs, directory };
  };

  test('of one topic is cleared from a partition on; other topics stay', async () => {
    const { fs, directory } = await withPartitions('t', 3);
    createPartitions(fs, directory, { topic: 't-1', topicId, from: 0, to: 1 }, noCheck);
    clearDebris(fs, directory, { topic: 't', from: 1 });
    const kept = ['t-0', 't-1-0'];
    expect(
      fs
        .list(LOG)
        .filter((name) => name.startsWith('t'))
        .sort(),
    ).toEqual(kept);
    expect(fs.list(directory.paths.partitions).sort()).toEqual(kept);
    expect(fs.list(directory.paths.trash)).toHaveLength(2);
  });

  test('that holds records is no debris, and nothing is touched', async () => {
    const { fs, directory } = await withPartitions('t', 2);
    const file = fs.open(`${LOG}/t-1/00000000000000000000.log`, 'append');
    file.append(new Uint8Array(61), 0, 61);
    file.close();
    const before = fs.tree();
    expect(() => clearDebris(fs, directory, { topic: 't', from: 0 })).toThrow(
      expect.objectContaining({
        code: 'DATA_DIR_DAMAGED',
        details: { path: `${LOG}/t-1` },
      }),
    );
    expect(fs.tree()).toEqual(before);
  });

  test('that is a link is not followed', async () => {
    const { fs, directory } = await withPartitions('other', 1);
    fs.plant(`${LOG}/t-0`, 'symlink');
    expect(() => clearDebris(fs, directory, { topic: 't', from: 0 })).toThrow(/in the way/);
  });

  test('in tmp is swept, but for what others keep there', async () => {
    const { fs, directory } = await withPartitions('t', 1);
    const { tmp } = directory.paths;
    fs.makeDirectory(`${tmp}/create-0123456789abcdef`, 0o700);
    fs.open(`${tmp}/create-0123456789abcdef/x`, 'create').close();
    fs.makeDirectory(`${tmp}/compact-1`, 0o700);
    sweepBuilds(fs, directory);
    expect(fs.list(tmp)).toEqual(['compact-1']);
  });
});
