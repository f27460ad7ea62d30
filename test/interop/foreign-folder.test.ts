/** What a broker wrote, read by Spool: the fixtures, and live folders with 10 MiB of padding. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fixtureRecipes } from './fixture-recipes.js';
import { loadFixture } from './golden-fixtures.js';
import { describeWithKafka } from './kafka-install.js';
import { startBroker } from './kafka-broker.js';
import { consumeExactly, recordOf, runProducerSteps } from './kafka-clients.js';
import { expectCleanDump, segmentFiles } from './kafka-tools.js';
import { oddRecords, plainRecord, plainRecords, sendBatch } from './sample-records.js';
import { replacePartitionFiles } from './partition-folder.js';
import {
  createSpoolTopic,
  expectedRecords,
  partitionFolder,
  spoolConsume,
  spoolMissing,
  spoolProduce,
} from './spool-command.js';

/** Kafka's default segment.index.bytes, which a killed broker leaves as the size of its indexes. */
const PADDED_INDEX_BYTES = 10 * 1024 * 1024;

describeWithKafka(
  'a partition folder that Kafka wrote, in a Spool data directory',
  () => {
    let folder: string;
    let dataDir: string;

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'spool-foreign-'));
      dataDir = join(folder, 'data');
    });

    afterAll(() => rmSync(folder, { recursive: true }));

    async function adopt(topic: string, partition: string): Promise<void> {
      await createSpoolTopic(dataDir, topic);
      replacePartitionFiles(partition, partitionFolder(dataDir, topic));
    }

    // What compaction took out of a log looks like damage in one that is not compacted.
    const dense = fixtureRecipes().filter(({ name }) => name !== 'compacted');

    test('that was compacted is told by the offsets that are missing', async () => {
      await adopt('compacted', loadFixture(recipeOf('compacted')).partition);
      await expect(spoolConsume(dataDir, 'compacted')).rejects.toThrow(/exited with 7[^]*missing/);
    });

    describe.each(dense)('$name: $purpose', (recipe) => {
      const fixture = loadFixture(recipe);

      beforeAll(() => adopt(recipe.name, fixture.partition));

      test('reads as through Kafka', async () => {
        expect(await spoolConsume(dataDir, recipe.name)).toEqual(fixture.readUncommitted);
      });

      test('is found in by offset', async () => {
        for (const { offset } of everyFifth(fixture.readUncommitted)) {
          const read = await spoolConsume(dataDir, recipe.name, { from: String(offset) });
          expect(read).toEqual(fixture.readUncommitted.filter((r) => r.offset >= offset));
        }
      });

      test('is left as it was by being read', () => {
        const copy = partitionFolder(dataDir, recipe.name);
        expect(readdirSync(copy).sort()).toEqual(readdirSync(fixture.partition).sort());
        for (const file of segmentFiles(fixture.partition)) {
          expect(readFileSync(join(copy, basename(file))).equals(readFileSync(file))).toBe(true);
        }
      });
    });

    test.each(['segments', 'killed'])('can be appended to, and stays sound (%s)', async (name) => {
      const { partition, readUncommitted } = loadFixture(recipeOf(name));
      const topic = `${name}-appended`;
      await adopt(topic, partition);
      await spoolProduce(dataDir, topic, oddRecords(), 'lz4');
      const next = readUncommitted.at(-1)!.offset + 1;
      expect(await spoolConsume(dataDir, topic)).toEqual([
        ...readUncommitted,
        ...expectedRecords(oddRecords(), next),
      ]);
      await expectCleanDump(
        segmentFiles(partitionFolder(dataDir, topic), /\.(log|index|timeindex)$/),
      );
    });

    test('is found in by time, whatever the state of its indexes', async () => {
      const { readUncommitted } = loadFixture(recipeOf('killed'));
      const at = Math.floor(readUncommitted.length / 2);
      const from = `@${plainRecord(at).timestamp}`;
      expect(await spoolConsume(dataDir, 'killed', { from })).toEqual(readUncommitted.slice(at));
    });

    test('reads the same from a live broker, stopped and killed', async () => {
      const brokerFolder = join(folder, 'kafka');
      for (const ending of ['stop', 'kill'] as const) {
        const topic = `live-${ending}`;
        const broker = await startBroker(brokerFolder);
        await runProducerSteps(broker.bootstrapServer, [
          { step: 'topic', topic, partitions: 1, configs: { 'retention.ms': -1 } },
          { step: 'producer', configs: { 'compression.type': 'zstd' } },
          ...sendBatch(topic, oddRecords()),
          ...sendBatch(topic, plainRecords(0, 200)),
        ]);
        const consumed = await consumeExactly(broker.bootstrapServer, 'read_committed', [
          `${topic}:0`,
        ]);
        await broker[ending]();
        const partition = join(broker.logDir, `${topic}-0`);
        const index = statSync(join(partition, '00000000000000000000.index'));
        expect(index.size === PADDED_INDEX_BYTES).toBe(ending === 'kill');
        await adopt(topic, partition);
        const expected = consumed.map(recordOf);
        expect(expected).toHaveLength(208);
        expect(await spoolConsume(dataDir, topic)).toEqual(expected);
      }
    });
  },
  spoolMissing,
);

function recipeOf(wanted: string) {
  return fixtureRecipes().find(({ name }) => name === wanted)!;
}

function everyFifth<Item>(items: readonly Item[]): Item[] {
  const step = Math.ceil(items.length / 5);
  return items.filter((_, i) => i % step === 1);
}
