import { beforeEach, describe, expect, test } from '@jest/globals';
import { batchOf, environment, NO_WAIT } from '../../support/log-fixture.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import type { Cluster } from '../../../src/core/cluster/cluster.js';
import { DirectoryCluster } from '../../../src/core/cluster/directory-cluster.js';
import {
  DirectoryInspection,
  isSegmentPath,
} from '../../../src/core/cluster/directory-inspection.js';
import { openDataDirectory } from '../../../src/core/topic/data-directory.js';
import { removeTree } from '../../../src/core/fs/durable.js';
import { newFileSystem, openRegistry, ROOT, topicOf } from '../topic/registry-fixture.js';

const NEVER = new AbortController().signal;

let fs: MemoryFileSystem;
let inspection: DirectoryInspection;

function folderOf(partition: number): string {
  return openDataDirectory(fs, ROOT).paths.partition({ topic: 'orders', partition });
}

/** The findings of all partitions: what kind, and in which file of the folder. */
async function findingsOf(): Promise<string[]> {
  const { partitions } = await inspection.verifyTopic('orders', {
    onVerified: () => undefined,
    stop: NEVER,
  });
  return partitions.flatMap(({ partition, findings }) =>
    findings.map(({ kind, file }) => `${partition} ${kind} ${file.split('/').at(-1) ?? ''}`),
  );
}

beforeEach(async () => {
  fs = await newFileSystem();
  await openRegistry(fs).createTopic(topicOf('orders', { partitions: 2 }));
  const options = { lockTimeoutMs: 0, stop: NEVER, random: () => 0 };
  const cluster = new DirectoryCluster(environment(fs), openDataDirectory(fs, ROOT), options);
  const writer = cluster.openTopic('orders').openWriter(1);
  await writer.append([batchOf(['a', 'b', 'c'])], NO_WAIT, () => undefined);
  await writer.sync(NO_WAIT);
  writer.close();
  inspection = new DirectoryInspection(cluster);
});

test('a sound topic is verified partition by partition, and says how far it is', async () => {
  let verifiedBytes = 0;
  const onVerified = (bytes: number): void => void (verifiedBytes += bytes);
  const verified = await inspection.verifyTopic('orders', { onVerified, stop: NEVER });
  expect(verified).toMatchObject({
    topic: 'orders',
    partitions: [
      { partition: 0, segments: 1, records: 0, findings: [] },
      { partition: 1, segments: 1, records: 3, findings: [] },
    ],
  });
  expect(verifiedBytes).toBe(inspection.logBytes(['orders', 'nope']));
});

test('a stop ends a verification', async () => {
  const request = { onVerified: () => undefined, stop: AbortSignal.abort(new Error('stopped')) };
  await expect(inspection.verifyTopic('orders', request)).rejects.toThrow('stopped');
});

describe('damage of a folder', () => {
  test('is that it is missing', async () => {
    removeTree(fs, folderOf(1));
    expect(await findingsOf()).toEqual(['1 damage orders-1']);
  });

  test.each<[string, () => void]>([
    ['missing', () => fs.removeFile(`${folderOf(0)}/partition.metadata`)],
    ['broken', () => fs.open(`${folderOf(0)}/partition.metadata`, 'append').truncate(20)],
    [
      'of another topic',
      () => {
        fs.removeFile(`${folderOf(0)}/partition.metadata`);
        const bytes = Buffer.from('version: 0\ntopic_id: AbCdEfGhSxKaLmNoPqRsTw');
        fs.open(`${folderOf(0)}/partition.metadata`, 'create').append(bytes, 0, bytes.length);
      },
    ],
  ])('is partition.metadata that is %s', async (_, harm) => {
    harm();
    expect(await findingsOf()).toEqual(['0 damage partition.metadata']);
  });
});

test('a topic that is deleted meanwhile is not damaged', async () => {
  const steps: string[] = [];
  const onVerified = (): void => {
    if (steps.push('step') > 1) return;
    const { paths } = openDataDirectory(fs, ROOT);
    fs.removeFile(paths.topicFile('orders'));
    for (const partition of [0, 1]) removeTree(fs, folderOf(partition));
  };
  await expect(inspection.verifyTopic('orders', { onVerified, stop: NEVER })).rejects.toMatchObject(
    {
      code: 'UNKNOWN_TOPIC_ID',
    },
  );
});

test('segments are listed for all partitions or for some', () => {
  const all = inspection.listSegments({ topic: 'orders', partitions: undefined });
  expect(all.map(({ partition, segments }) => [partition, segments.length])).toEqual([
    [0, 1],
    [1, 1],
  ]);
  const [one] = inspection.listSegments({ topic: 'orders', partitions: [1] });
  expect(one).toMatchObject({ partition: 1, segments: [{ endOffset: 3, state: 'active' }] });
  expect(() => inspection.listSegments({ topic: 'orders', partitions: [2] })).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_TOPIC_OR_PARTITION' }),
  );
});

test('log files are named oldest first', () => {
  expect(inspection.logFiles({ topic: 'orders', partitions: [1] })).toEqual([
    `${folderOf(1)}/00000000000000000000.log`,
  ]);
});

test.each([
  ['orders', false],
  ['orders:2', false],
  ['orders.log:0', false],
  ['orders.txt', false],
  ['package.json', true],
  ['./orders', true],
  ['00000000000000000000.log', true],
])('%s means a file: %s', (word, isFile) => {
  expect(isSegmentPath(word)).toBe(isFile);
});

test('another cluster has no files here', () => {
  expect(() => new DirectoryInspection({} as Cluster)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
