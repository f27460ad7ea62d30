import { beforeEach, afterEach, expect, test } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixtureRecipes } from './fixture-recipes.js';
import { loadFixture } from './golden-fixtures.js';
import { describeWithKafka } from './kafka-install.js';
import { dumpFiles, expectCleanDump, readBatches, segmentFiles } from './kafka-tools.js';

/** An oracle that never says no proves nothing: each kind of damage must be found. */
describeWithKafka('the dump tool as an oracle', () => {
  let folder: string;
  let partition: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'spool-dump-'));
    partition = join(folder, 'segments-0');
    const recipe = fixtureRecipes().find(({ name }) => name === 'segments');
    cpSync(loadFixture(recipe!).partition, partition, { recursive: true });
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const base = '00000000000000000031';

  function flipBit(name: string, at: number): void {
    const bytes = readFileSync(join(partition, name));
    bytes[at]! ^= 1;
    writeFileSync(join(partition, name), bytes);
  }

  test('finds nothing in files that are sound', async () => {
    const dump = await expectCleanDump(segmentFiles(partition));
    expect(dump.indexEntryCount).toBeGreaterThan(0);
  });

  const log = `${base}.log`;
  const index = `${base}.index`;
  const timeIndex = `${base}.timeindex`;

  test.each<[string, string, () => void, RegExp]>([
    ['a value that changed', log, () => flipBit(log, 100), /isvalid: false/],
    ['a torn tail', log, () => truncateSync(join(partition, log), 1700), /invalid bytes/],
    ['a base offset that jumps', log, () => flipBit(log, 6), /is followed by/],
    ['an offset index that points aside', index, () => flipBit(index, 3), /Mismatches/],
    ['a time index with another time', timeIndex, () => flipBit(timeIndex, 7), /mismatch/],
    ['a file that is not there', log, () => rmSync(join(partition, log)), /exit code 1/],
  ])('finds %s', async (_, name, damage, finding) => {
    damage();
    const dump = await dumpFiles([join(partition, name)]);
    expect(dump.findings.join('\n')).toMatch(finding);
  });

  test('is asked about something, or refuses', async () => {
    await expect(expectCleanDump([])).rejects.toThrow('no files');
  });

  test('is backed by the batch reader, which refuses a torn tail too', async () => {
    const torn = join(partition, log);
    truncateSync(torn, 1700);
    await expect(readBatches([torn])).rejects.toThrow('stray bytes');
  });
});
