import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ProduceRequest, RecordProducer } from '../../../src/core/cluster/cluster.js';
import { DirectoryCluster } from '../../../src/core/cluster/directory-cluster.js';
import type { ConsumePlan } from '../../../src/core/consumer/consumer.js';
import { readControl } from '../../../src/core/log/control-file.js';
import { openDataDirectory } from '../../../src/core/topic/data-directory.js';
import { START_MS, codeOf, environment } from '../../support/log-fixture.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';
import { ROOT, newFileSystem, openRegistry, topicOf } from '../topic/registry-fixture.js';

const DAY_MS = 24 * 60 * 60 * 1000;

let fs: MemoryFileSystem;
let locks: MemoryLocks;

beforeEach(async () => {
  fs = await newFileSystem();
  locks = new MemoryLocks(fs);
  const registry = openRegistry(fs);
  await registry.createTopic(topicOf('orders', { partitions: 2 }));
});

/** `lockfile` needs no second kind of lock, so one provider does for all. */
function open(nowMs = START_MS): DirectoryCluster {
  const protocol = 'lockfile' as const;
  const env = environment(fs, {
    nowMs,
    locks: {
      protocol,
      open: (path: string) => locks.open(path),
      isLocked: (path: string) => locks.isLocked(path),
    },
  });
  return new DirectoryCluster(env, openDataDirectory(fs, ROOT), {
    lockTimeoutMs: 0,
    stop: new AbortController().signal,
    random: () => 0,
  });
}

const TO_FIRST: ProduceRequest = {
  compression: 'none',
  sync: 'batch',
  partition: 0,
  onAcknowledged: () => undefined,
};

const ALL: ConsumePlan = {
  from: { kind: 'start' },
  until: undefined,
  clamp: false,
  follow: false,
  order: 'time',
  last: undefined,
  maxRecords: Infinity,
  maxBytes: Infinity,
  filter: {},
};

async function produce(cluster: DirectoryCluster, values: readonly string[]): Promise<void> {
  const producer = await cluster.openProducer('orders', TO_FIRST);
  for (const value of values) {
    const record = { key: null, value: Buffer.from(value), headers: [] };
    producer.add({ ...record, timestamp: undefined, partition: undefined });
  }
  await producer.settle();
  await producer.close();
}

async function consume(cluster: DirectoryCluster): Promise<string[]> {
  const consumer = await cluster.openConsumer([{ topic: 'orders', partitions: undefined }], ALL);
  const values: string[] = [];
  for (let record = consumer.next(); record !== undefined; record = consumer.next()) {
    values.push(Buffer.from(record.value ?? []).toString());
  }
  consumer.close();
  return values;
}

describe('the cluster of a directory', () => {
  test('gives back what was produced, and describes it', async () => {
    const cluster = open();
    await produce(cluster, ['a', 'b', 'c']);
    expect(await consume(cluster)).toEqual(['a', 'b', 'c']);
    expect(await cluster.summarizeTopic('orders')).toMatchObject({ partitions: 2, records: 3 });
    const { partitions } = await cluster.describeTopic('orders');
    expect(partitions[0]).toMatchObject({ logStartOffset: 0, logEndOffset: 3, segments: 1 });
    expect(partitions[0]?.newestTimestamp).toBe(START_MS);
    expect(partitions[1]).toMatchObject({ logEndOffset: 0, newestTimestamp: -1, writer: null });
  });

  test('prunes what the policy lets go of, and plans the same without doing it', async () => {
    await produce(open(), ['old']);
    const later = open(START_MS + 8 * DAY_MS);
    const planned = await later.planRetention('orders');
    expect(planned[0]).toMatchObject({ logStartOffset: 0, newLogStartOffset: 1 });
    expect(await consume(later)).toEqual(['old']);
    const applied = await later.applyRetention('orders');
    expect(applied[0]?.removals).toEqual(planned[0]?.removals);
    expect(await consume(later)).toEqual([]);
    await produce(later, ['new']);
    const { partitions } = await later.describeTopic('orders');
    expect(partitions[0]).toMatchObject({ logStartOffset: 1, logEndOffset: 2 });
  });

  test('trims to an offset and no further, whatever the policy says', async () => {
    await produce(open(), ['a', 'b', 'c']);
    const later = open(START_MS + 8 * DAY_MS);
    const target = { topic: 'orders', partitions: [0] };
    const plan = await later.planTrim(target, { kind: 'offset', offset: 1 });
    expect(plan).toMatchObject([{ oldStartOffset: 0, newStartOffset: 1, freedBytes: 0 }]);
    expect(await later.trimTopic(target, { kind: 'offset', offset: 1 })).toEqual(plan);
    expect(await consume(later)).toEqual(['b', 'c']);
    const beyond = { kind: 'offset', offset: 9 } as const;
    expect(await codeOf(() => later.trimTopic(target, beyond))).toBe('OFFSET_OUT_OF_RANGE');
  });

  describe('where the topic is deleted under it', () => {
    const recreate = async (): Promise<void> => {
      await open().deleteTopic('orders');
      await openRegistry(fs).createTopic(topicOf('orders', { partitions: 2 }));
    };
    const remove = (): Promise<void> => open().deleteTopic('orders');
    const record = { key: null, value: Buffer.from('x'), headers: [] };
    const add = (producer: RecordProducer): void =>
      producer.add({ ...record, timestamp: undefined, partition: undefined });

    test.each([
      ['gone', remove],
      ['made anew', recreate],
    ])('a follower is told so: %s', async (_, change) => {
      await produce(open(), ['a']);
      const targets = [{ topic: 'orders', partitions: undefined }];
      const follower = await open().openConsumer(targets, { ...ALL, follow: true });
      expect(Buffer.from(follower.next()?.value ?? []).toString()).toBe('a');
      expect(follower.next()).toBeUndefined();
      await change();
      expect(await codeOf(() => follower.next())).toBe('UNKNOWN_TOPIC_ID');
      follower.close();
    });

    test('a follower does not go on in the log of the new one', async () => {
      await produce(open(), ['a']);
      const targets = [{ topic: 'orders', partitions: [0] }];
      const follower = await open().openConsumer(targets, { ...ALL, follow: true });
      while (follower.next() !== undefined);
      await recreate();
      await open().alterTopic('orders', { set: { 'segment.bytes': '1048576' }, unset: [] });
      const value = 'v'.repeat(600_000);
      await produce(open(), ['b']);
      await produce(open(), [value]);
      await produce(open(), [value]);
      expect(await codeOf(() => follower.next())).toBe('UNKNOWN_TOPIC_ID');
      follower.close();
    });

    test.each([
      ['gone', remove],
      ['made anew', recreate],
    ])('a producer is told so, and leaves no word in the new log: %s', async (_, change) => {
      const [idle, busy] = [
        await open().openProducer('orders', TO_FIRST),
        await open().openProducer('orders', TO_FIRST),
      ];
      for (const producer of [idle, busy]) {
        add(producer);
        await producer.settle();
      }
      await change();
      add(busy);
      expect(await codeOf(() => busy.settle())).toBe('UNKNOWN_TOPIC_ID');
      await busy.close();
      await idle.close();
      const control = openDataDirectory(fs, ROOT).paths.controlFile({
        topic: 'orders',
        partition: 0,
      });
      if (fs.stat(control) === undefined) return;
      const state = readControl(fs.open(control, 'read'));
      expect(state).toMatchObject({
        isEstablished: false,
        activeBaseOffset: -1,
        syncedPosition: 0,
      });
    });
  });

  test('writes nothing while a broker runs on its log directory, and reads all the same', async () => {
    const before = open();
    await produce(before, ['a']);
    before.close();
    const broker = locks.open(openDataDirectory(fs, ROOT).paths.brokerLock);
    expect(broker.tryLock()).toBe(true);
    const cluster = open();
    expect(await codeOf(() => produce(cluster, ['b']))).toBe('BUSY');
    expect(await codeOf(() => cluster.deleteTopic('orders'))).toBe('BUSY');
    expect(await codeOf(() => cluster.applyRetention('orders'))).toBe('BUSY');
    expect(await consume(cluster)).toEqual(['a']);
    broker.close();
    fs.removeFile(openDataDirectory(fs, ROOT).paths.brokerLock);
    await produce(open(), ['b']);
    expect(await consume(cluster)).toEqual(['a', 'b']);
  });
});
