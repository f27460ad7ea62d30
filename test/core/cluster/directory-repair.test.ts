import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../../src/core/cluster/cluster.js';
import { DirectoryInspection } from '../../../src/core/cluster/directory-inspection.js';
import {
  DirectoryRepair,
  type PartitionRepair,
} from '../../../src/core/cluster/directory-repair.js';
import { removeTree } from '../../../src/core/fs/durable.js';
import { codeOf, contentOf, flipBit } from '../../support/log-fixture.js';
import { MemoryMachine } from '../../support/memory-machine.js';

const NEVER = new AbortController().signal;
const PROGRESS = { onBytes: () => undefined, stop: NEVER };

let machine: MemoryMachine;

beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 2 });
  await machine.start().append('orders', 1, ['a', 'b', 'c']);
});

function fileOf(partition: number, name: string): string {
  return `${machine.directory.paths.partition({ topic: 'orders', partition })}/${name}`;
}

const metadata = (partition: number): string => fileOf(partition, 'partition.metadata');
const log = (partition: number): string => fileOf(partition, '00000000000000000000.log');

async function verified() {
  const inspection = new DirectoryInspection(machine.start().cluster);
  return inspection.verifyTopic('orders', { onVerified: () => undefined, stop: NEVER });
}

async function damage(): Promise<string[]> {
  const { partitions } = await verified();
  const findings = partitions.flatMap((partition) => partition.findings);
  return findings.filter(({ kind }) => kind === 'damage').map(({ reason }) => reason);
}

async function planned(): Promise<{ repair: DirectoryRepair; plans: PartitionRepair[] }> {
  const repair = new DirectoryRepair(machine.start().cluster);
  return { repair, plans: await repair.plan(await verified(), PROGRESS) };
}

test('a sound topic needs nothing', async () => {
  expect((await planned()).plans).toEqual([]);
});

test('only the partitions where something is wrong are planned for, and repaired', async () => {
  flipBit(machine.fs, log(1), 65);
  const { repair, plans } = await planned();
  expect(plans).toMatchObject([
    { topic: 'orders', partition: 1, losses: [{ firstOffset: 0, endOffset: 1 }], keptAside: [] },
  ]);
  let bytes = 0;
  const done = await repair.apply(plans[0]!, { ...PROGRESS, onBytes: (more) => (bytes += more) });
  expect(done).toEqual({ ...plans[0], keptAside: [`${log(1)}.damaged`] });
  expect(bytes).toBeGreaterThan(0);
  expect(await damage()).toEqual([]);
  expect((await planned()).plans).toEqual([]);
});

describe('partition.metadata', () => {
  test.each<[string, () => void]>([
    ['missing', () => machine.fs.removeFile(metadata(0))],
    ['broken', () => machine.fs.open(metadata(0), 'append').truncate(20)],
  ])('that is %s is written anew', async (_, harm) => {
    const before = contentOf(machine.fs, metadata(0));
    harm();
    const { repair, plans } = await planned();
    expect(plans.map(({ actions }) => actions.map(({ kind }) => kind))).toEqual([
      ['write-partition-metadata'],
    ]);
    await repair.apply(plans[0]!, PROGRESS);
    expect(contentOf(machine.fs, metadata(0))).toEqual(before);
    expect(await damage()).toEqual([]);
  });

  test('of another topic keeps a repair away from all that is in the folder', async () => {
    flipBit(machine.fs, log(1), 65);
    machine.fs.removeFile(metadata(1));
    const bytes = Buffer.from('version: 0\ntopic_id: AbCdEfGhSxKaLmNoPqRsTw');
    machine.fs.open(metadata(1), 'create').append(bytes, 0, bytes.length);
    expect((await planned()).plans).toMatchObject([
      { actions: [], losses: [], irreparable: [{ file: metadata(1) }] },
    ]);
  });
});

test('a folder that is gone is not made anew: an empty one would look like data', async () => {
  removeTree(machine.fs, fileOf(1, ''));
  expect((await planned()).plans).toMatchObject([
    { actions: [], irreparable: [{ reason: expect.stringContaining('restore it from a backup') }] },
  ]);
});

test('a control file that is gone is made anew, and the log is written to again', async () => {
  machine.fs.removeFile(machine.directory.paths.controlFile({ topic: 'orders', partition: 1 }));
  const { repair, plans } = await planned();
  await repair.apply(plans[0]!, PROGRESS);
  await machine.start().append('orders', 1, ['d']);
  expect(await damage()).toEqual([]);
  expect((await verified()).partitions[1]?.records).toBe(4);
});

test('a stop ends it before anything is changed', async () => {
  flipBit(machine.fs, log(1), 65);
  const { repair, plans } = await planned();
  const before = machine.fs.tree();
  const stop = AbortSignal.abort(new Error('stopped'));
  await expect(repair.apply(plans[0]!, { ...PROGRESS, stop })).rejects.toThrow('stopped');
  expect(machine.fs.tree()).toEqual(before);
});

test('another kind of cluster has no files here', async () => {
  expect(await codeOf(() => new DirectoryRepair({} as Cluster))).toBe('INVALID_ARGUMENT');
});
