/**
 * What `verify --repair` leaves, judged by Kafka: its dump tool finds no fault in any file, and a broker
 * serves what is left, at its old offsets, and appends to it.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './java.js';
import { startBroker } from './kafka-broker.js';
import { consumeExactly, recordOf, runProducerSteps } from './kafka-clients.js';
import { describeWithKafka } from './kafka-install.js';
import { expectCleanDump, readBatches, segmentFiles } from './kafka-tools.js';
import { replacePartitionFiles } from './partition-folder.js';
import { incompressibleRecords, plainRecords, sendBatch } from './sample-records.js';
import {
  RUN,
  createSpoolTopic,
  expectedRecords,
  partitionFolder,
  spoolMissing,
  spoolProduce,
} from './spool-command.js';

const SENT = incompressibleRecords(0, 600);
const MORE = plainRecords(0, 1);
/** Several batches a segment and an index entry for most of them. */
const CONFIGS = {
  'internal.segment.bytes': 8192,
  'max.message.bytes': 2048,
  'index.interval.bytes': 300,
};

interface Damage {
  readonly name: string;
  /** Of the log that is chosen: which batch, and the bit of which byte in it. */
  readonly segment: number;
  readonly batch: number;
  readonly byte: number;
  readonly isLossless?: boolean;
}

const DAMAGES: readonly Damage[] = [
  { name: 'first-batch', segment: 0, batch: 0, byte: 100 },
  { name: 'middle-batch', segment: 1, batch: 2, byte: 100 },
  { name: 'last-of-sealed', segment: 1, batch: -1, byte: 100 },
  { name: 'active-segment', segment: -1, batch: 0, byte: 100 },
  { name: 'end-of-log', segment: -1, batch: -1, byte: 100 },
  { name: 'base-offset', segment: 1, batch: 1, byte: 3, isLossless: true },
  { name: 'batch-length', segment: 1, batch: 1, byte: 9, isLossless: true },
];

describeWithKafka(
  'logs that were repaired',
  () => {
    let folder: string;
    let dataDir: string;
    const folderOf = (topic: string) => partitionFolder(dataDir, topic);

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'spool-repaired-'));
      dataDir = join(folder, 'data');
      for (const damage of DAMAGES) {
        await createSpoolTopic(dataDir, damage.name, CONFIGS);
        await spoolProduce(dataDir, damage.name, SENT, damage.segment === -1 ? 'none' : 'gzip');
        harm(folderOf(damage.name), damage);
      }
      const repaired = await run(process.execPath, [RUN, 'verify', '--repair', '-y'], '', {
        SPOOL_DIR: dataDir,
        NODE_OPTIONS: '',
      });
      expect(repaired.code).toBe(0);
      // A consumer that waits for the end of a log must have a record to wait for.
      for (const { name } of DAMAGES) await spoolProduce(dataDir, name, MORE, 'none');
    });

    afterAll(() => rmSync(folder, { recursive: true }));

    test.each(DAMAGES)(
      'are sound by the dump tool, indexes too: $name',
      async ({ name, isLossless }) => {
        const dump = await expectCleanDump(segmentFiles(folderOf(name)));
        expect(dump.indexEntryCount).toBeGreaterThan(4);
        expect(dump.recordCount === SENT.length + 1).toBe(isLossless === true);
        expect(dump.recordCount).toBeGreaterThan(SENT.length / 2);
      },
    );

    test('are served by a broker, as they are, and appended to', async () => {
      const topics = DAMAGES.map(({ name }) => name);
      const first = await startBroker(join(folder, 'kafka'));
      await runProducerSteps(
        first.bootstrapServer,
        topics.map((topic) => ({
          step: 'topic',
          topic,
          partitions: 1,
          configs: { 'retention.ms': -1 },
        })),
      );
      await first.stop();
      for (const topic of topics) {
        replacePartitionFiles(folderOf(topic), join(first.logDir, `${topic}-0`));
      }
      const second = await startBroker(join(folder, 'kafka'));
      const partitions = topics.map((topic) => `${topic}:0`);
      const served = await consumeExactly(second.bootstrapServer, 'read_committed', partitions);
      const sent = expectedRecords(SENT);
      for (const topic of topics) {
        const records = served.filter((each) => each.topic === topic).map(recordOf);
        const logs = segmentFiles(folderOf(topic), /\.log$/);
        expect(records).toEqual((await readBatches(logs)).flatMap((batch) => batch.records));
        const left = records.slice(0, -1);
        expect(left).toEqual(left.map(({ offset }) => sent[offset]));
      }
      await runProducerSteps(second.bootstrapServer, [
        { step: 'producer', configs: {} },
        ...topics.flatMap((topic) => sendBatch(topic, plainRecords(0, 1))),
      ]);
      await second.stop();
      const files = topics.flatMap((topic) => segmentFiles(join(second.logDir, `${topic}-0`)));
      const dump = await expectCleanDump(files);
      expect(dump.recordCount).toBe(served.length + topics.length);
    });
  },
  spoolMissing,
);

function harm(folder: string, { segment, batch, byte }: Damage): void {
  const log = segmentFiles(folder, /\.log$/).at(segment);
  if (log === undefined) throw new Error('there is no such segment');
  const bytes = readFileSync(log);
  const positions: number[] = [];
  for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) positions.push(at);
  const position = (positions.at(batch) ?? 0) + byte;
  const file = openSync(log, 'r+');
  writeSync(file, Buffer.of((bytes[position] ?? 0) ^ 1), 0, 1, position);
  closeSync(file);
}
