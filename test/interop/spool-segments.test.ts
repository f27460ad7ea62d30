/** What Spool writes, judged by Kafka: its dump tool, its batch reader, and a broker that serves it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithKafka } from './kafka-install.js';
import { startBroker } from './kafka-broker.js';
import { consumeExactly, recordOf, runProducerSteps } from './kafka-clients.js';
import type { ConsumedRecord } from './kafka-clients.js';
import { expectCleanDump, readBatches, segmentFiles } from './kafka-tools.js';
import {
  incompressibleRecords,
  largeRecord,
  noiseRecord,
  oddRecords,
  plainRecords,
  sendBatch,
} from './sample-records.js';
import type { SampleRecord } from './sample-records.js';
import { replacePartitionFiles } from './partition-folder.js';
import {
  createSpoolTopic,
  expectedRecords,
  partitionFolder,
  spoolConsume,
  spoolMissing,
  spoolProduce,
} from './spool-command.js';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** Odd ones, then values over several blocks of each codec. */
const SHAPES = [...oddRecords(), largeRecord(150_000), noiseRecord(40_000)];
const ROLLING = incompressibleRecords(0, 1500);
/** Several batches a segment, several index entries, many segments. */
const ROLLING_CONFIGS = {
  'internal.segment.bytes': 4096,
  'max.message.bytes': 2048,
  'index.interval.bytes': 300,
};

describeWithKafka(
  'segments that Spool wrote',
  () => {
    let folder: string;
    let dataDir: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'spool-segments-'));
      dataDir = join(folder, 'data');
      for (const codec of CODECS) await writeTopics(dataDir, codec);
    });

    afterAll(() => rmSync(folder, { recursive: true }));

    describe.each(CODECS)('in %s', (codec) => {
      test.each([
        ['shapes', SHAPES],
        ['rolling', ROLLING],
      ])('hold what was sent, by Kafka’s reader and by Spool’s (%s)', async (kind, sent) => {
        const topic = `${kind}-${codec}`;
        const logs = segmentFiles(partitionFolder(dataDir, topic), /\.log$/);
        const batches = await readBatches(logs);
        expect(new Set(batches.map((batch) => batch.codec))).toEqual(new Set([codec]));
        expect(batches.flatMap((batch) => batch.records)).toEqual(expectedRecords(sent));
        expect(await spoolConsume(dataDir, topic)).toEqual(expectedRecords(sent));
        if (kind === 'rolling') expect(logs.length).toBeGreaterThan(2);
      });

      test('are sound by the dump tool, indexes too', async () => {
        for (const topic of [`shapes-${codec}`, `rolling-${codec}`]) {
          const dump = await expectCleanDump(segmentFiles(partitionFolder(dataDir, topic)));
          if (topic.startsWith('rolling')) expect(dump.indexEntryCount).toBeGreaterThan(4);
        }
      });
    });

    test('are served by a broker that finds them in its log directory, and appended to', async () => {
      const topics = CODECS.flatMap((codec) => [`shapes-${codec}`, `rolling-${codec}`]);
      const partitions = topics.map((topic) => `${topic}:0`);
      const brokerFolder = join(folder, 'kafka');

      const first = await startBroker(brokerFolder);
      await runProducerSteps(
        first.bootstrapServer,
        topics.map((topic) => ({ step: 'topic', topic, partitions: 1, configs: ROLLING_KAFKA })),
      );
      await first.stop();
      for (const topic of topics) {
        replacePartitionFiles(partitionFolder(dataDir, topic), join(first.logDir, `${topic}-0`));
      }

      const second = await startBroker(brokerFolder);
      const served = await consumeExactly(second.bootstrapServer, 'read_committed', partitions);
      for (const topic of topics) expect(ofTopic(served, topic)).toEqual(expectedOf(topic));
      await runProducerSteps(second.bootstrapServer, [
        { step: 'producer', configs: {} },
        ...topics.flatMap((topic) => sendBatch(topic, plainRecords(0, 1))),
      ]);
      await second.stop();

      const dump = await expectCleanDump(
        topics.flatMap((topic) => segmentFiles(join(second.logDir, `${topic}-0`))),
      );
      expect(dump.recordCount).toBe(served.length + topics.length);
    });
  },
  spoolMissing,
);

/** Kafka's side of the same topics: nothing may expire. */
const ROLLING_KAFKA = { 'retention.ms': -1 };

/** One large command, then commands of one record each, as cron jobs write. */
async function writeTopics(dataDir: string, codec: string): Promise<void> {
  await createSpoolTopic(dataDir, `shapes-${codec}`);
  await spoolProduce(dataDir, `shapes-${codec}`, SHAPES, codec);
  await createSpoolTopic(dataDir, `rolling-${codec}`, ROLLING_CONFIGS);
  await spoolProduce(dataDir, `rolling-${codec}`, ROLLING.slice(0, -3), codec);
  for (const record of ROLLING.slice(-3)) {
    await spoolProduce(dataDir, `rolling-${codec}`, [record], codec);
  }
}

function expectedOf(topic: string) {
  const sent: readonly SampleRecord[] = topic.startsWith('shapes') ? SHAPES : ROLLING;
  return expectedRecords(sent);
}

function ofTopic(records: readonly ConsumedRecord[], wanted: string) {
  return records.filter((record) => record.topic === wanted).map(recordOf);
}
