import { beforeEach, describe, expect, test } from '@jest/globals';

import { stampBatch } from '../../../src/core/batch/stamp.js';
import {
  type ConsumePlan,
  type ConsumeRequest,
  Consumer,
} from '../../../src/core/consumer/consumer.js';
import type { LogWriter } from '../../../src/core/log/log-writer.js';
import { segmentPath } from '../../../src/core/segment/file-names.js';
import {
  LOCATION,
  NO_WAIT,
  appendSynced,
  batchOf,
  codeOf,
  contentOf,
  createPartition,
  environment,
  flipBit,
  openWriter,
  readerOf,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

/** Two partitions, each a file system of its own; records `0:0`, `1:0` … whose times interleave. */
let disks: MemoryFileSystem[];
let writers: LogWriter[];

async function write(partition: number, text: string, timestamp: number): Promise<void> {
  await appendSynced(writers[partition]!, [batchOf([text], { timestamp, compression: 'gzip' })]);
}

beforeEach(async () => {
  disks = [new MemoryFileSystem(), new MemoryFileSystem()];
  disks.forEach((disk) => createPartition(disk));
  writers = disks.map((disk) =>
    openWriter(environment(disk), { segmentBytes: 250, retentionMs: Infinity }),
  );
  for (let at = 0; at < 5; at++) {
    await write(0, `0:${at}`, 1000 + at * 10);
    await write(1, `1:${at}`, 1005 + at * 10);
  }
});

const PLAN: ConsumePlan = {
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

function consumerOf(changes: Partial<ConsumeRequest> = {}): Consumer {
  const partitions = disks.map((disk, partition) => ({
    topic: 't',
    partition,
    reader: readerOf(disk),
  }));
  return new Consumer(partitions, { ...PLAN, now: () => 0, ...changes });
}

function take(consumer: Consumer): string {
  const texts: string[] = [];
  for (let record = consumer.next(); record !== undefined; record = consumer.next()) {
    texts.push(Buffer.from(record.value!).toString());
  }
  return texts.join(' ');
}

describe('what is asked for is given', () => {
  test.each<[string, Partial<ConsumeRequest>, string]>([
    ['all, by time', {}, '0:0 1:0 0:1 1:1 0:2 1:2 0:3 1:3 0:4 1:4'],
    ['all, by partition', { order: 'partition' }, '0:0 0:1 0:2 0:3 0:4 1:0 1:1 1:2 1:3 1:4'],
    ['from an offset', { from: { kind: 'offset', offset: 3 } }, '0:3 1:3 0:4 1:4'],
    ['until an offset', { until: { kind: 'offset', offset: 1 } }, '0:0 1:0'],
    ['from a time', { from: { kind: 'time', timestampMs: 1030, text: '' } }, '0:3 1:3 0:4 1:4'],
    ['until a time', { until: { kind: 'time', timestampMs: 1011, text: '' } }, '0:0 1:0 0:1'],
    ['from a time past all', { from: { kind: 'time', timestampMs: 9999, text: '' } }, ''],
    ['from the end', { from: { kind: 'end' } }, ''],
    ['the last of each', { from: { kind: 'fromEnd', count: 1 } }, '0:4 1:4'],
    ['the last of all', { last: 3 }, '1:3 0:4 1:4'],
    ['the last of more than all', { last: 99, until: { kind: 'offset', offset: 1 } }, '0:0 1:0'],
    ['so many', { maxRecords: 3 }, '0:0 1:0 0:1'],
    ['none', { maxRecords: 0 }, ''],
    ['so many bytes', { maxBytes: 8 }, '0:0 1:0'],
    ['at least one whatever its size', { maxBytes: 1 }, '0:0'],
    ['what passes', { filter: { grep: /:[13]$/ } }, '0:1 1:1 0:3 1:3'],
    ['the last that pass', { filter: { grep: /^0/ }, last: 2 }, '0:3 0:4'],
  ])('%s', (_, changes, texts) => {
    const consumer = consumerOf(changes);
    expect(take(consumer)).toBe(texts);
    expect([consumer.isDone, consumer.gaps]).toEqual([true, []]);
    consumer.close();
  });
});

describe('an offset outside of what is kept', () => {
  test('past the end of all is refused, past that of one is nothing there', async () => {
    expect(await codeOf(() => consumerOf({ from: { kind: 'offset', offset: 6 } }))).toBe(
      'OFFSET_OUT_OF_RANGE',
    );
    await write(1, '1:5', 2000);
    expect(take(consumerOf({ from: { kind: 'offset', offset: 5 } }))).toBe('1:5');
  });

  test('below the start is refused, or moved', async () => {
    await writers[0]!.trim(2, NO_WAIT);
    expect(await codeOf(() => consumerOf({ from: { kind: 'offset', offset: 1 } }))).toBe(
      'OFFSET_OUT_OF_RANGE',
    );
    const moved = consumerOf({
      from: { kind: 'offset', offset: 1 },
      clamp: true,
      until: { kind: 'offset', offset: 3 },
    });
    expect(take(moved)).toBe('1:1 0:2 1:2');
  });
});

test('it ends where the log ended when it was made, unless it follows', async () => {
  const [once, following] = [consumerOf(), consumerOf({ follow: true, from: { kind: 'end' } })];
  await write(0, '0:5', 2000);
  expect(take(once)).not.toContain('0:5');
  expect([take(following), following.isDone]).toEqual(['0:5', false]);
  await write(1, '1:5', 1999);
  expect(take(following)).toBe('1:5');
});

test('a follower that was told a time ends there, or when it has come', async () => {
  let now = 0;
  const consumer = consumerOf({
    follow: true,
    from: { kind: 'end' },
    until: { kind: 'time', timestampMs: 3000, text: '' },
    now: () => now,
  });
  await write(0, 'early', 2999);
  await write(0, 'late', 3000);
  expect([take(consumer), consumer.isDone]).toEqual(['early', false]);
  now = 3000;
  expect(consumer.isDone).toBe(true);
});

describe('what is pruned before it could be read is told', () => {
  test('also where reading had not begun', async () => {
    const consumer = consumerOf();
    await writers[1]!.trim(3, NO_WAIT);
    expect(take(consumer)).toBe('0:0 0:1 0:2 0:3 1:3 0:4 1:4');
    expect(consumer.gaps).toMatchObject([
      { topic: 't', partition: 1, firstOffset: 0, endOffset: 3 },
    ]);
  });

  test('and not given out, though its batch is still there', async () => {
    const extra = batchOf(['x', 'y', 'z'], { timestamp: 5000 });
    await appendSynced(writers[0]!, [extra]);
    const consumer = consumerOf({ order: 'partition' });
    await writers[0]!.trim(7, NO_WAIT);
    expect(take(consumer).startsWith('z 1:0')).toBe(true);
    expect(consumer.gaps[0]).toMatchObject({ firstOffset: 0, endOffset: 7 });
  });
});

test('records behind damage are not reached, those before it are', () => {
  const path = segmentPath(LOCATION.directory, 0, '.log');
  flipBit(disks[0]!, path, contentOf(disks[0]!, path).length - 2);
  const consumer = consumerOf();
  const given: string[] = [];
  expect(() => {
    for (let record = consumer.next(); record; record = consumer.next())
      given.push(String(record.offset));
  }).toThrow(expect.objectContaining({ code: 'SEGMENT_CORRUPT' }));
  // All of the other partition, and the good ones of this.
  expect(given.length).toBeGreaterThan(5);
  consumer.close();
});

test('control records are not given out', async () => {
  const marker = batchOf(['marker'], { timestamp: 1 });
  marker.writeInt16BE(0x30, 21);
  stampBatch(marker, 0, 0, 0);
  const { stampCrc } = await import('../../../src/core/batch/stamp.js');
  stampCrc(marker, new DataView(marker.buffer, marker.byteOffset, marker.length), 0);
  await appendSynced(writers[0]!, [marker]);
  await write(0, 'after', 3000);
  expect(take(consumerOf({ from: { kind: 'offset', offset: 5 } }))).toBe('after');
});

describe('the positions are behind what was given out or passed over', () => {
  const places = (consumer: Consumer): string =>
    consumer.positions.map(({ partition, offset }) => `${partition}@${offset}`).join(' ');

  test.each<[string, Partial<ConsumeRequest>, string]>([
    ['everything', {}, '0@5 1@5'],
    ['everything, by partition', { order: 'partition' }, '0@5 1@5'],
    ['so many records', { maxRecords: 3 }, '0@2 1@1'],
    ['so many, by partition', { maxRecords: 3, order: 'partition' }, '0@3 1@0'],
    ['no record', { maxRecords: 0 }, '0@0 1@0'],
    ['so many bytes: the one too many is not in it', { maxBytes: 8 }, '0@1 1@1'],
    ['so many bytes, cut at the other partition', { maxBytes: 11 }, '0@2 1@1'],
    ['until an offset', { until: { kind: 'offset', offset: 2 } }, '0@2 1@2'],
    ['until a time', { until: { kind: 'time', timestampMs: 1011, text: '' } }, '0@2 1@1'],
    ['what was filtered out behind the last', { filter: { grep: /^0:1/ } }, '0@5 1@5'],
    // It stands behind the second one given, and has passed over what came before it by time.
    ['what was filtered out before it', { filter: { grep: /^0/ }, maxRecords: 2 }, '0@2 1@1'],
    ['from the end', { from: { kind: 'end' } }, '0@5 1@5'],
  ])('%s', (_, changes, expected) => {
    const consumer = consumerOf(changes);
    take(consumer);
    expect(places(consumer)).toBe(expected);
    consumer.close();
  });

  test('before anything was read it is where reading begins', () => {
    const consumer = consumerOf({ from: { kind: 'offset', offset: 3 } });
    expect(places(consumer)).toBe('0@3 1@3');
    expect(consumer.positions[0]!.leaderEpoch).toBe(-1);
    consumer.close();
  });

  test('an end before the beginning takes nothing back', () => {
    const consumer = consumerOf({
      from: { kind: 'offset', offset: 3 },
      until: { kind: 'offset', offset: 1 },
    });
    expect([take(consumer), places(consumer)]).toEqual(['', '0@3 1@3']);
    consumer.close();
  });

  test('a follower stands at the end, and further when more has come', async () => {
    const consumer = consumerOf({ follow: true });
    take(consumer);
    expect(places(consumer)).toBe('0@5 1@5');
    await write(1, '1:5', 2000);
    expect([take(consumer), places(consumer)]).toEqual(['1:5', '0@5 1@6']);
    consumer.close();
  });

  test('reading on from them gives every record once, wherever it is cut', () => {
    for (let cut = 0; cut <= 10; cut++) {
      const first = consumerOf({ maxRecords: cut });
      const given = take(first);
      const positions = first.positions;
      first.close();
      const rest = new Consumer(
        disks.map((disk, partition) => ({
          topic: 't',
          partition,
          reader: readerOf(disk),
          fromOffset: positions[partition]!.offset,
        })),
        { ...PLAN, now: () => 0 },
      );
      expect(`${given} ${take(rest)}`.trim()).toBe('0:0 1:0 0:1 1:1 0:2 1:2 0:3 1:3 0:4 1:4');
      rest.close();
    }
  });

  test('what is pruned of given ranges is a gap', async () => {
    await writers[0]!.trim(3, { timeoutMs: 0 });
    const consumer = new Consumer(
      [{ topic: 't', partition: 0, reader: readerOf(disks[0]!), fromOffset: 1, untilOffset: 4 }],
      { ...PLAN, now: () => 0 },
    );
    expect([take(consumer), consumer.gaps, places(consumer)]).toMatchObject([
      '0:3',
      [{ topic: 't', partition: 0, firstOffset: 1, endOffset: 3 }],
      '0@4',
    ]);
    consumer.close();
  });
});
