import { beforeEach, describe, expect, test } from '@jest/globals';

import type { LogConfig } from '../../../src/core/log/log-config.js';
import { DEFAULT_LOG_CONFIG } from '../../../src/core/log/log-config.js';
import type { AcknowledgedBatch } from '../../../src/core/producer/acknowledged-batch.js';
import {
  type NewRecord,
  Producer,
  type ProducerOptions,
} from '../../../src/core/producer/producer.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import {
  LOCATION,
  NO_WAIT,
  START_MS,
  codeOf,
  createPartition,
  environment,
  openWriter,
  readValues,
  readerOf,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

let fs: FaultFileSystem;
let acknowledged: AcknowledgedBatch[];

beforeEach(() => {
  fs = new FaultFileSystem(new MemoryFileSystem());
  createPartition(fs);
  acknowledged = [];
});

function producerOf(
  changes: Partial<LogConfig> = {},
  options: Partial<ProducerOptions> = {},
  partitionCount = 1,
): Producer {
  const env = environment(fs);
  const config = { ...DEFAULT_LOG_CONFIG, ...changes };
  const topic = {
    name: 'orders',
    partitionCount,
    config,
    checkPartition: () => undefined,
    openWriter: () => openWriter(env, config),
  };
  return new Producer(env, topic, {
    compression: 'none',
    sync: 'batch',
    partition: undefined,
    wait: () => NO_WAIT,
    random: () => 0,
    onAcknowledged: (batch) => acknowledged.push(batch),
    ...options,
  });
}

function recordOf(value: string, changes: Partial<NewRecord> = {}): NewRecord {
  return {
    key: null,
    value: Buffer.from(value),
    headers: [],
    timestamp: undefined,
    partition: undefined,
    ...changes,
  };
}

const syncs = (): number =>
  fs.operations.filter(
    ({ kind, path }) => kind === 'syncLater' && path.startsWith(LOCATION.directory),
  ).length;

test('records are acknowledged once they are on disk, and not before', async () => {
  const producer = producerOf();
  producer.add(recordOf('a'));
  producer.add(recordOf('b'));
  await producer.flush({ all: true });
  expect([readValues(fs).length, acknowledged, syncs()]).toEqual([2, [], 0]);
  await producer.settle();
  expect(acknowledged).toMatchObject([{ topic: 'orders', partition: 0, first: 0, last: 1 }]);
  expect([syncs(), producer.addedCount, producer.isUnsettled]).toEqual([1, 2, false]);
  await producer.close();
});

test('without syncs a record is acknowledged when it is appended', async () => {
  const producer = producerOf({}, { sync: 'never' });
  producer.add(recordOf('a'));
  await producer.settle();
  expect([acknowledged.length, syncs()]).toEqual([1, 0]);
});

test('a flush appends full batches only', async () => {
  const producer = producerOf();
  for (let at = 0; at < 5; at++) producer.add(recordOf('v'.repeat(100_000)));
  await producer.flush({ all: false });
  expect([readValues(fs).length, producer.isUnsettled]).toEqual([4, true]);
  await producer.settle();
  expect(readValues(fs)).toHaveLength(5);
});

test.each(['batch', 'never'] as const)(
  'with too few open files the others are closed, sync %s',
  async (sync) => {
    const producer = producerOf({}, { sync });
    producer.add(recordOf('a'));
    await producer.flush({ all: true });
    let isFull = true;
    fs.failWhen(({ kind, path }) => {
      if (kind === 'close') isFull = false;
      return isFull && kind === 'stat' && path.endsWith('.log') ? 'TOO_MANY_OPEN_FILES' : undefined;
    });
    producer.add(recordOf('b'));
    await producer.settle();
    expect(acknowledged.map(({ first }) => first)).toEqual([0, 1]);
    expect(readValues(fs).map(({ value }) => value)).toEqual(['a', 'b']);
    await producer.close();
  },
);

test('with many partitions what is held is appended before each has a full batch', async () => {
  const producer = producerOf({}, {}, 1000);
  for (let at = 0; at < 200; at++) {
    producer.add(recordOf('v'.repeat(100_000), { partition: at }));
  }
  expect(producer.isUnsettled).toBe(true);
  await producer.flush({ all: false });
  expect(readValues(fs)).toHaveLength(200);
});

test('a failed sync acknowledges nothing, then or later', async () => {
  const producer = producerOf();
  producer.add(recordOf('a'));
  let failures = 0;
  fs.failWhen(({ kind }) => (kind === 'syncLater' && failures++ === 0 ? 'IO_ERROR' : undefined));
  expect(await codeOf(() => producer.settle())).toBe('SYNC_FAILED');
  producer.add(recordOf('b'));
  expect(await codeOf(() => producer.settle())).toBe('SYNC_FAILED');
  expect(acknowledged).toEqual([]);
  await producer.close();
});

describe('a record is refused', () => {
  test('where it is larger than the topic allows', async () => {
    const producer = producerOf({ maxMessageBytes: 1000 });
    expect(
      await codeOf(() => producer.add(recordOf('v'.repeat(producer.maxRecordBytes + 1)))),
    ).toBe('MESSAGE_TOO_LARGE');
    producer.add(recordOf('v'.repeat(producer.maxRecordBytes)));
    await producer.settle();
    expect(acknowledged[0]!.sizeBytes).toBeLessThanOrEqual(1000);
  });

  test.each([
    [START_MS - 1001, 'INVALID_TIMESTAMP'],
    [START_MS - 1000, undefined],
    [START_MS + 500, undefined],
    [START_MS + 501, 'INVALID_TIMESTAMP'],
    [9e15, 'INVALID_TIMESTAMP'],
    [-1, undefined],
  ])('where its time is too far off: %d', async (timestamp, code) => {
    const producer = producerOf({
      messageTimestampBeforeMaxMs: 1000,
      messageTimestampAfterMaxMs: 500,
    });
    expect(await codeOf(() => producer.add(recordOf('a', { timestamp })))).toBe(code);
  });
});

test('a record without a time gets that of the clock', async () => {
  const producer = producerOf();
  producer.add(recordOf('a'));
  await producer.settle();
  expect(readerOf(fs).offsetForTimestamp(0)?.timestamp).toBe(START_MS);
});

test.each([
  ['producer', 'gzip', true],
  ['uncompressed', 'gzip', false],
  ['gzip', 'none', true],
] as const)(
  "the topic's compression %s wins over %s",
  async (compressionType, compression, isSmall) => {
    const producer = producerOf({ compressionType }, { compression });
    producer.add(recordOf('v'.repeat(5000)));
    await producer.settle();
    expect(acknowledged[0]!.sizeBytes < 1000).toBe(isSmall);
  },
);
