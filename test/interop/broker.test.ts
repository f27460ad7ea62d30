import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithKafka } from './kafka-install.js';
import { startBroker } from './kafka-broker.js';
import type { KafkaBroker } from './kafka-broker.js';
import { fixtureRecipes } from './fixture-recipes.js';
import { loadFixture } from './golden-fixtures.js';
import type { GoldenFixture } from './golden-fixtures.js';
import {
  consoleConsume,
  consoleProduce,
  consumeExactly,
  createTopic,
  recordOf,
  runProducerSteps,
} from './kafka-clients.js';
import { replacePartitionFiles } from './partition-folder.js';
import { expectCleanDump, readBatches, segmentFiles } from './kafka-tools.js';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

describeWithKafka('a real Kafka node', () => {
  let folder: string;
  let broker: KafkaBroker;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'spool-kafka-'));
    broker = await startBroker(folder);
  });

  afterAll(async () => {
    await broker.kill();
    rmSync(folder, { recursive: true });
  });

  test('keeps what its console producer sends in each codec, in files that its tools read', async () => {
    await createTopic(broker.bootstrapServer, 'codecs', { 'index.interval.bytes': 0 });
    for (const codec of CODECS) {
      await consoleProduce(
        broker.bootstrapServer,
        'codecs',
        [`first of ${codec}`, `second of ${codec}`],
        codec,
      );
    }
    const sent = CODECS.flatMap((codec) => [`first of ${codec}`, `second of ${codec}`]);
    expect(await consoleConsume(broker.bootstrapServer, 'codecs', sent.length)).toEqual(sent);

    await broker.stop();
    const partition = join(broker.logDir, 'codecs-0');
    const batches = await readBatches(segmentFiles(partition, /\.log$/));
    expect(batches.map((batch) => batch.codec)).toEqual(CODECS);
    const dump = await expectCleanDump(segmentFiles(partition));
    expect(dump).toMatchObject({ batchCount: CODECS.length, recordCount: sent.length });
    expect(dump.indexEntryCount).toBeGreaterThan(0);

    broker = await startBroker(folder);
    expect(await consoleConsume(broker.bootstrapServer, 'codecs', 1)).toEqual(sent.slice(0, 1));
  });

  test('serves partition folders that are put into its log directory', async () => {
    const fixtures = fixtureRecipes().map(loadFixture);
    const topicOf = (fixture: GoldenFixture) => fixture.recipe.name;
    await runProducerSteps(
      broker.bootstrapServer,
      fixtures.map((fixture) => ({
        step: 'topic',
        topic: topicOf(fixture),
        partitions: 1,
        configs: { 'retention.ms': -1 },
      })),
    );
    await broker.stop();
    for (const fixture of fixtures) {
      replacePartitionFiles(fixture.partition, join(broker.logDir, `${topicOf(fixture)}-0`));
    }
    broker = await startBroker(folder);
    const partitions = fixtures.map((fixture) => `${topicOf(fixture)}:0`);
    const served = await consumeExactly(broker.bootstrapServer, 'read_committed', partitions);
    for (const fixture of fixtures) {
      const records = served.filter((record) => record.topic === topicOf(fixture)).map(recordOf);
      expect(records).toEqual(fixture.readCommitted);
    }
  });
});
