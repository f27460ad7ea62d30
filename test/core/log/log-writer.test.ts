import { beforeEach, describe, expect, test } from '@jest/globals';

import type { Environment } from '../../../src/core/fs/environment.js';
import type { LogConfig } from '../../../src/core/log/log-config.js';
import type { LogWriter } from '../../../src/core/log/log-writer.js';
import type { AppendedBatch } from '../../../src/core/log/log-writer-options.js';
import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import { readControl } from '../../../src/core/log/control-file.js';
import { segmentPath } from '../../../src/core/segment/file-names.js';
import { type Fault, FaultFileSystem, type Operation } from '../../support/fault-fs.js';
import {
  LOCATION,
  NO_WAIT,
  START_MS,
  appendRaw,
  appendSynced,
  batchOf,
  codeOf,
  contentOf,
  createPartition,
  environment,
  flipBit,
  openWriter,
  readValues,
  readerOf,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';

const LOG = segmentPath(LOCATION.directory, 0, '.log');
const SMALL: Partial<LogConfig> = { segmentBytes: 300, indexIntervalBytes: 1 };

/** Every operation is made to fail where seeds are asked for, every third in the quick run. */
const STRIDE = process.env['SPOOL_TEST_SEEDS'] === undefined ? 3 : 1;

let memory: MemoryFileSystem;
let fs: FaultFileSystem;
let locks: MemoryLocks;

beforeEach(() => {
  memory = new MemoryFileSystem();
  createPartition(memory);
  fs = new FaultFileSystem(memory);
  locks = new MemoryLocks(fs);
});

function env(options: { nowMs?: number; bootId?: string } = {}): Environment {
  return environment(fs, { locks, ...options });
}

function values(bootId?: string): string[] {
  const found = readValues(memory, bootId === undefined ? {} : { bootId });
  const first = found[0]?.offset ?? 0;
  expect(found.map(({ offset }) => offset)).toEqual(found.map((_, at) => first + at));
  return found.map(({ value }) => value);
}

async function append(writer: LogWriter, ...texts: string[]): Promise<AppendedBatch[]> {
  return appendSynced(writer, [batchOf(texts)]);
}

/** Lets `count` operations of a kind pass; the one after them fails. */
function failOnce(matches: (op: Operation) => boolean, fault: Fault, count = 0): void {
  let seen = 0;
  fs.failWhen((op) => (matches(op) && seen++ === count ? fault : undefined));
}

describe('several writers of one log', () => {
  test('see what the others appended, and rolled', async () => {
    const writers = [openWriter(env(), SMALL), openWriter(env(), SMALL), openWriter(env(), SMALL)];
    const expected: string[] = [];
    for (let round = 0; round < 30; round++) {
      const text = `${round}-${'v'.repeat((round * 13) % 50)}`;
      expected.push(text);
      const [appended] = await append(writers[(round * round) % 3]!, text);
      expect([appended?.baseOffset, appended?.lastOffset]).toEqual([round, round]);
    }
    expect(values()).toEqual(expected);
    expect(readerOf(memory).baseOffsets().length).toBeGreaterThan(4);
    writers.forEach((writer) => writer.close());
    expect(readerOf(memory).control()).toMatchObject({ isHeld: false });
  });

  test('appending at once, each for itself in order', async () => {
    const work = [0, 1, 2].map(async (writerAt) => {
      const writer = openWriter(env(), SMALL);
      for (let at = 0; at < 10; at++) {
        await writer.append([batchOf([`${writerAt}:${at}`])], { timeoutMs: 5000 }, () => undefined);
        if (at % 3 === 0) await writer.sync({ timeoutMs: 5000 });
      }
      writer.close();
    });
    await Promise.all(work);
    const found = values();
    expect(found).toHaveLength(30);
    for (const writerAt of [0, 1, 2]) {
      const own = found.filter((value) => value.startsWith(`${writerAt}:`));
      expect(own).toEqual(Array.from({ length: 10 }, (_, at) => `${writerAt}:${at}`));
    }
  });

  test('wait for the lock no longer than they were told', async () => {
    const holder = locks.open(LOCATION.controlPath);
    holder.tryLock();
    expect(await codeOf(() => append(openWriter(env()), 'a'))).toBe('BUSY');
    holder.unlock();
    expect(await codeOf(() => append(openWriter(env()), 'a'))).toBeUndefined();
  });

  test('find a log that was taken away or written to without the lock', async () => {
    const writer = openWriter(env());
    await append(writer, 'a');
    appendRaw(memory, LOG, Uint8Array.of(1, 2, 3));
    expect(await codeOf(() => append(writer, 'b'))).toBe('FENCED');
    // Looked at anew, what is there is a torn tail.
    expect((await append(writer, 'b'))[0]?.baseOffset).toBe(1);
    memory.rename(LOG, `${LOG}.old`);
    memory.open(LOG, 'create').close();
    expect(await codeOf(() => append(writer, 'c'))).toBe('FENCED');
  });
});

describe('a torn tail', () => {
  test('of every length is cut, kept aside, and written on', async () => {
    const torn = batchOf(['half']);
    for (let length = 1; length < torn.length; length += 3) {
      const disk = memory.crashClone(1);
      const first = openWriter(environment(disk));
      await append(first, 'whole');
      first.close();
      appendRaw(disk, LOG, torn.subarray(0, length));
      expect(readValues(disk).map(({ value }) => value)).toEqual(['whole']);
      const writer = openWriter(environment(disk));
      const [appended] = await append(writer, 'next');
      expect(appended?.baseOffset).toBe(1);
      expect(writer.repairs).toMatchObject([{ cutBytes: length }]);
      expect(contentOf(disk, `${LOG}.torn`)).toEqual(torn.subarray(0, length));
      expect(readValues(disk).map(({ value }) => value)).toEqual(['whole', 'next']);
      writer.close();
    }
  });

  test('below what is known to be on disk is damage: nothing is cut or appended', async () => {
    const writer = openWriter(env());
    await append(writer, 'a');
    await append(writer, 'b');
    writer.close();
    flipBit(memory, LOG, contentOf(memory, LOG).length - 2);
    const before = contentOf(memory, LOG);
    expect(await codeOf(() => append(openWriter(env()), 'c'))).toBe('SEGMENT_CORRUPT');
    expect(contentOf(memory, LOG)).toEqual(before);
  });

  test('damage before good batches seals the segment, and the log goes on in a new one', async () => {
    const writer = openWriter(env());
    for (const text of ['a', 'b', 'c']) await append(writer, text);
    writer.close();
    const before = contentOf(memory, LOG);
    flipBit(memory, LOG, before.length / 3 + 62);
    const next = openWriter(env());
    const [appended] = await append(next, 'd');
    expect(appended?.baseOffset).toBe(3);
    expect((await append(next, 'e'))[0]?.baseOffset).toBe(4);
    expect(contentOf(memory, LOG)).toHaveLength(before.length);
    expect(readValues(memory, { from: 3 }).map(({ value }) => value)).toEqual(['d', 'e']);
    expect(await codeOf(() => readValues(memory))).toBe('SEGMENT_CORRUPT');
  });
});

describe('a full disk', () => {
  test.each<[string, Fault]>([
    ['refuses', 'DISK_FULL'],
    ['cuts short', { shortWrite: 7 }],
  ])('that %s a write leaves the log as it was', async (_, fault) => {
    const writer = openWriter(env());
    await append(writer, 'a');
    const before = contentOf(memory, LOG);
    failOnce((op) => op.kind === 'append' && op.path === LOG, fault);
    expect(await codeOf(() => append(writer, 'b'))).toBe('DISK_FULL');
    expect(contentOf(memory, LOG)).toEqual(before);
    expect((await append(writer, 'c'))[0]?.baseOffset).toBe(1);
    expect(values()).toEqual(['a', 'c']);
  });

  test('where even the cut fails is written on after another look', async () => {
    const writer = openWriter(env());
    await append(writer, 'a');
    fs.failWhen(({ kind, path }) => {
      if (path !== LOG) return undefined;
      return kind === 'append' ? { shortWrite: 7 } : kind === 'truncate' ? 'IO_ERROR' : undefined;
    });
    expect(await codeOf(() => append(writer, 'b'))).toBe('IO_ERROR');
    fs.failWhen(() => undefined);
    expect((await append(writer, 'c'))[0]?.baseOffset).toBe(1);
    expect(values()).toEqual(['a', 'c']);
  });

  test('that leaves no room to keep a torn append aside stops appends, but not prune', async () => {
    const writer = openWriter(env(), SMALL);
    await append(writer, 'a'.repeat(150));
    await append(writer, 'b'.repeat(150));
    writer.close();
    const active = readerOf(memory).baseOffsets().at(-1)!;
    const torn = segmentPath(LOCATION.directory, active, '.log');
    appendRaw(memory, torn, batchOf(['x']).subarray(0, -1));
    fs.failWhen(({ kind, path }) =>
      kind === 'create' && path.endsWith('.torn.cleaned') ? 'DISK_FULL' : undefined,
    );
    const retention = { ...SMALL, retentionBytes: 100 };
    const pruner = openWriter(env(), retention);
    expect((await pruner.prune(NO_WAIT)).removals).toHaveLength(1);
    expect(await codeOf(() => append(pruner, 'c'))).toBe('DISK_FULL');
    fs.failWhen(() => undefined);
    expect((await append(pruner, 'c'))[0]?.baseOffset).toBe(2);
    expect(values()).toEqual(['b'.repeat(150), 'c']);
  });

  test('that leaves no room to keep a torn append aside does not seal it either', async () => {
    const writer = openWriter(env(), SMALL);
    await append(writer, 'a'.repeat(150));
    writer.close();
    appendRaw(memory, LOG, batchOf(['x']).subarray(0, -1));
    fs.failWhen(({ kind, path }) =>
      kind === 'create' && path.endsWith('.torn.cleaned') ? 'DISK_FULL' : undefined,
    );
    const next = openWriter(env(), SMALL);
    expect(await codeOf(() => append(next, 'b'.repeat(150)))).toBe('DISK_FULL');
    expect(readerOf(memory).baseOffsets()).toEqual([0]);
  });

  test('does not keep prune from making room', async () => {
    const full = new MemoryFileSystem({ capacityBytes: 24_000 });
    createPartition(full);
    const config = { ...SMALL, retentionMs: 1000 };
    const writer = openWriter(environment(full), config);
    const failure = await codeOf(async () => {
      for (;;) await append(writer, 'v'.repeat(200));
    });
    expect(failure).toBe('DISK_FULL');
    const kept = readValues(full).length;
    const later = environment(full, { nowMs: START_MS + 5000, bootId: 'boot-2' });
    const pruner = openWriter(later, config);
    const plan = await pruner.prune(NO_WAIT);
    expect(plan.removals.length).toBeGreaterThan(3);
    expect((await append(pruner, 'room'))[0]?.baseOffset).toBe(kept);
  });
});

describe('a failed sync', () => {
  const isLogSync = ({ kind, path }: Operation): boolean => kind === 'syncLater' && path === LOG;

  test('is told, written down and rolled away from; the writer goes no further', async () => {
    const writer = openWriter(env());
    await append(writer, 'a');
    failOnce(isLogSync, 'IO_ERROR');
    expect(await codeOf(() => append(writer, 'b', 'c'))).toBe('SYNC_FAILED');
    expect(readerOf(memory).control()?.failedRanges).toEqual([{ firstOffset: 1, endOffset: 3 }]);
    expect(readerOf(memory).baseOffsets()).toEqual([0, 3]);
    expect(await codeOf(() => writer.sync(NO_WAIT))).toBe('SYNC_FAILED');
    expect(await codeOf(() => append(writer, 'd'))).toBe('SYNC_FAILED');
    writer.close();
    expect((await append(openWriter(env()), 'd'))[0]?.baseOffset).toBe(3);
  });

  test('is told to whoever appended into the same range', async () => {
    const [one, other] = [openWriter(env()), openWriter(env())];
    await one.append([batchOf(['a'])], NO_WAIT, () => undefined);
    await other.append([batchOf(['b'])], NO_WAIT, () => undefined);
    failOnce(isLogSync, 'IO_ERROR');
    expect(await codeOf(() => one.sync(NO_WAIT))).toBe('SYNC_FAILED');
    expect(await codeOf(() => other.sync(NO_WAIT))).toBe('SYNC_FAILED');
  });

  test('is never followed by a good one, even where it could not be written down', async () => {
    const writer = openWriter(env());
    await append(writer, 'a');
    await writer.append([batchOf(['b'])], NO_WAIT, () => undefined);
    const holder = locks.open(LOCATION.controlPath);
    failOnce((op) => isLogSync(op) && holder.tryLock(), 'IO_ERROR');
    expect(await codeOf(() => writer.sync(NO_WAIT))).toBe('SYNC_FAILED');
    holder.unlock();
    expect(await codeOf(() => writer.sync(NO_WAIT))).toBe('SYNC_FAILED');
  });

  test('while the same writer waits for the lock upsets neither', async () => {
    const writer = openWriter(env());
    await writer.append([batchOf(['a'])], NO_WAIT, () => undefined);
    const holder = locks.open(LOCATION.controlPath);
    holder.tryLock();
    failOnce(isLogSync, 'IO_ERROR');
    const wait = { timeoutMs: 2000 };
    const outcomes = Promise.all([
      codeOf(() => writer.append([batchOf(['b'])], wait, () => undefined)),
      codeOf(() => writer.sync(wait)),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    holder.unlock();
    expect(await outcomes).toEqual([undefined, 'SYNC_FAILED']);
    expect(readerOf(memory).control()?.failedRanges).toEqual([{ firstOffset: 0, endOffset: 2 }]);
    expect(await codeOf(() => writer.sync(NO_WAIT))).toBe('SYNC_FAILED');
  });

  test('while rolling is told, and what waited for a sync is not acknowledged by the next', async () => {
    const writer = openWriter(env(), SMALL);
    await writer.append([batchOf(['v'.repeat(150)])], NO_WAIT, () => undefined);
    failOnce(({ kind, path }) => kind === 'sync' && path === LOG, 'IO_ERROR');
    const big = batchOf(['w'.repeat(150)]);
    expect(await codeOf(() => writer.append([big], NO_WAIT, () => undefined))).toBe('SYNC_FAILED');
    expect(await codeOf(() => writer.sync(NO_WAIT))).toBe('SYNC_FAILED');
    expect(readerOf(memory).control()?.failedRanges).toEqual([{ firstOffset: 0, endOffset: 1 }]);
  });

  test('of a segment that another process rolled away from makes no segment in its middle', async () => {
    const [slow, quick] = [openWriter(env(), SMALL), openWriter(env(), SMALL)];
    await slow.append([batchOf(['a'])], NO_WAIT, () => undefined);
    await append(quick, 'b');
    await append(quick, 'v'.repeat(200));
    expect(readerOf(memory).baseOffsets()).toEqual([0, 2]);
    failOnce(({ kind, path }) => kind === 'sync' && path === LOG, 'IO_ERROR');
    expect(await codeOf(() => append(slow, 'c'))).toBe('SYNC_FAILED');
    expect(readerOf(memory).baseOffsets()).toEqual([0, 2]);
    expect(values()).toEqual(['a', 'b', 'v'.repeat(200)]);
    expect(readerOf(memory).control()?.failedRanges).toEqual([{ firstOffset: 0, endOffset: 2 }]);
  });
});

describe('LogAppendTime', () => {
  test('is the time of the append, and does not go back with the clock', async () => {
    const config: Partial<LogConfig> = { messageTimestampType: 'LogAppendTime' };
    await append(openWriter(env({ nowMs: 5000 }), config), 'a');
    await append(openWriter(env({ nowMs: 4000 }), config), 'b');
    await append(openWriter(env({ nowMs: 6000 }), config), 'c');
    await openWriter(env({ nowMs: 6000 }), config).trim(1, NO_WAIT);
    const reader = readerOf(memory);
    expect([0, 5001].map((at) => reader.offsetForTimestamp(at))).toEqual([
      { offset: 1, timestamp: 5000 },
      { offset: 2, timestamp: 6000 },
    ]);
  });
});

describe('trim', () => {
  test('hides records at once and removes whole segments', async () => {
    const writer = openWriter(env(), SMALL);
    for (let at = 0; at < 8; at++) await append(writer, `${at}`.repeat(60), 'x');
    await writer.trim(5, NO_WAIT);
    expect(readerOf(memory).logStartOffset).toBe(5);
    expect(readValues(memory)[0]).toEqual({ offset: 5, value: 'x' });
    expect(await codeOf(() => readerOf(memory).openAt(4))).toBe('OFFSET_OUT_OF_RANGE');
    expect(readerOf(memory).baseOffsets()[0]).toBeLessThanOrEqual(5);
    expect(readerOf(memory).baseOffsets()[0]).toBeGreaterThan(0);
    expect(await codeOf(() => writer.trim(17, NO_WAIT))).toBe('OFFSET_OUT_OF_RANGE');
    await writer.trim(16, NO_WAIT);
    expect(values()).toEqual([]);
    expect((await append(writer, 'next'))[0]?.baseOffset).toBe(16);
  });
});

test('a segment that was rolled away from does not stay open', async () => {
  const writer = openWriter(env(), SMALL);
  for (let at = 0; at < 5; at++) {
    await writer.append([batchOf(['v'.repeat(200)])], NO_WAIT, () => undefined);
  }
  const left = new Map<string, number>();
  for (const { kind, path } of fs.operations) {
    const isOpening = ['read', 'append', 'create', 'update'].includes(kind);
    const change = isOpening ? 1 : kind === 'close' ? -1 : 0;
    left.set(path, (left.get(path) ?? 0) + change);
  }
  const sealed = readerOf(memory).baseOffsets().slice(0, -1);
  expect(sealed.length).toBeGreaterThan(2);
  const indexes = sealed.map((base) => segmentPath(LOCATION.directory, base, '.timeindex'));
  // The one time entry is an `append` too.
  expect(indexes.map((path) => left.get(path))).toEqual(sealed.map(() => 1));
});

test('prune finishes what a prune that was killed left behind', async () => {
  const writer = openWriter(env(), SMALL);
  await append(writer, 'a');
  appendRaw(fs, (fs.open(`${LOG}.deleted`, 'create'), `${LOG}.deleted`), Uint8Array.of(1));
  await writer.prune(NO_WAIT);
  expect(memory.stat(`${LOG}.deleted`)).toBeUndefined();
  expect(values()).toEqual(['a']);
});

test('the topic is asked whether it is still ours before a write and before the acknowledgement', async () => {
  const writer = openWriter(env());
  await append(writer, 'a');
  const control = fs.open(LOCATION.controlPath, 'read');
  expect(readControl(control).bootId).toBe('boot-1');
  expect(writer.hasUnsynced).toBe(false);
});

/** All values, also of what stands behind records that a failed sync and then a power cut took. */
function readable(disk: MemoryFileSystem, bootId: string): string[] {
  const reader = readerOf(disk, bootId);
  expect(reader.findEnd().damage).toBeUndefined();
  const cursor = reader.openAt(reader.logStartOffset);
  const records = new RecordCursor();
  const texts: string[] = [];
  for (;;) {
    if (cursor.next()) {
      records.open(cursor.bytes, cursor.at);
      while (records.next()) texts.push(records.viewRecord().value!.toString());
      continue;
    }
    const gap = cursor.takeGap();
    if (gap === undefined) break;
    expect(gap.reason).toBe('unsynced');
  }
  cursor.close();
  return texts;
}

describe('one fault at any operation, the writer used again', () => {
  const work = async (acknowledged: string[], offsets: Set<number>): Promise<void> => {
    const config = { ...SMALL, retentionBytes: 2000 };
    for (let process = 0; process < 2; process++) {
      let writer: LogWriter | undefined;
      for (let at = 0; at < 5 - 3 * process; at++) {
        const text = `${process}-${at}-${'v'.repeat([10, 150, 40, 5, 120][at]!)}`;
        await codeOf(async () => {
          writer ??= openWriter(env(), config);
          const [appended] = await append(writer, text);
          expect(offsets.has(appended!.baseOffset)).toBe(false);
          offsets.add(appended!.baseOffset);
          acknowledged.push(text);
        });
      }
      await codeOf(() => writer?.close());
    }
  };

  test.each<[string, Fault, boolean]>([
    ['no space, once', 'DISK_FULL', false],
    ['no space, for ever', 'DISK_FULL', true],
    ['an I/O error, once', 'IO_ERROR', false],
    ['an I/O error, for ever', 'IO_ERROR', true],
    ['a short write, once', { shortWrite: 9 }, false],
  ])('%s: acknowledged records stay, no offset is given twice', async (_, fault, forEver) => {
    let isHit = true;
    for (let failAt = 0; isHit; failAt += STRIDE) {
      memory = new MemoryFileSystem();
      createPartition(memory);
      fs = new FaultFileSystem(memory);
      locks = new MemoryLocks(fs);
      isHit = false;
      fs.failWhen(({ index }) => {
        if (index < failAt || (isHit && !forEver)) return undefined;
        isHit = true;
        return fault;
      });
      const acknowledged: string[] = [];
      const offsets = new Set<number>();
      await work(acknowledged, offsets);
      fs.failWhen(() => undefined);
      locks.forgetAll();
      for (const [disk, bootId] of [
        [memory, 'boot-1'],
        [memory.crashClone(0), 'boot-2'],
      ] as const) {
        const writer = openWriter(environment(disk, { bootId }), SMALL);
        const outcome = await codeOf(() => append(writer, 'after'));
        expect([failAt, outcome]).toEqual([failAt, undefined]);
        const found = readable(disk, bootId);
        const kept = found.filter((value) => acknowledged.includes(value));
        expect([failAt, kept]).toEqual([failAt, acknowledged]);
        expect(found.at(-1)).toBe('after');
        if (disk === memory) memory = memory.crashClone(1);
      }
    }
  });
});
