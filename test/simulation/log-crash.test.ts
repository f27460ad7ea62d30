/**
 * Stops the machine, or only the process, after every single operation of append, roll and prune;
 * opens the log again and asks for the promises of docs/guarantees.md.
 */
import { describe, expect, test } from '@jest/globals';

import type { RecordBatch } from '../../src/core/batch/record-batch.js';
import type { LogConfig } from '../../src/core/log/log-config.js';
import { BatchScanner } from '../../src/core/segment/batch-scanner.js';
import { openSegment } from '../../src/core/segment/segment.js';
import {
  LOCATION,
  NO_WAIT,
  START_MS,
  appendSynced,
  batchOf,
  createPartition,
  environment,
  openWriter,
  readValues,
  readerOf,
} from '../support/log-fixture.js';
import { CrashSignal, MemoryFileSystem } from '../support/memory-fs.js';

const SEEDS = Number(process.env['SPOOL_TEST_SEEDS'] ?? 6);

/** Small segments and an index entry for each batch, so that every path is taken often. */
const CONFIG: Partial<LogConfig> = { segmentBytes: 300, indexIntervalBytes: 1 };

interface Progress {
  /** Values whose append and sync came back. */
  readonly acknowledged: string[];
  readonly attempted: string[];
}

async function appendEight(fs: MemoryFileSystem, progress: Progress): Promise<void> {
  for (let round = 0; round < 4; round++) {
    // A process for every round, as commands come and go.
    const writer = openWriter(environment(fs), CONFIG);
    const pairs = [0, 1].map((at) => [`r${round}-${at}-a`, `r${round}-${at}-b`]);
    progress.attempted.push(...pairs.flat());
    const batches = pairs.map((pair) => batchOf(pair, { timestamp: START_MS + round * 10 }));
    await appendSynced(writer, batches);
    progress.acknowledged.push(...pairs.flat());
    writer.close();
  }
}

function expectPrefix(fs: MemoryFileSystem, progress: Progress): void {
  const found = readValues(fs);
  expect(found.map(({ offset }) => offset)).toEqual(found.map((_, index) => index));
  const values = found.map(({ value }) => value);
  expect(values).toEqual(progress.attempted.slice(0, values.length));
  expect(values.length).toBeGreaterThanOrEqual(progress.acknowledged.length);
}

/** Each entry names a batch of the log, in order, as kafka-dump-log checks it. */
function expectIndexesAgree(fs: MemoryFileSystem): void {
  for (const baseOffset of readerOf(fs).baseOffsets()) {
    const { log, offsetIndex, timeIndex } = openSegment(fs, LOCATION.directory, baseOffset);
    const batchAt = (position: number): RecordBatch => {
      const endPosition = log.stat().sizeBytes;
      const scanner = new BatchScanner(log, {
        startPosition: position,
        endPosition,
        checkCrcFrom: 0,
      });
      expect(scanner.next()).toBe(true);
      return scanner.batch;
    };
    for (let slot = 0; slot < offsetIndex!.slotCount; slot++) {
      const entry = offsetIndex!.entry(slot)!;
      expect(batchAt(entry.position).lastOffset).toBe(entry.offset);
    }
    expect(timeIndex!.isRagged || offsetIndex!.isRagged).toBe(false);
    let previous = -1;
    for (let slot = 0; slot < timeIndex!.slotCount; slot++) {
      const entry = timeIndex!.entry(slot)!;
      expect(entry.timestamp).toBeGreaterThan(previous);
      previous = entry.timestamp;
      const position = offsetIndex!.lookup(entry.offset)?.position ?? 0;
      const scanner = new BatchScanner(log, {
        startPosition: position,
        endPosition: log.stat().sizeBytes,
        checkCrcFrom: 0,
      });
      while (scanner.next() && scanner.batch.lastOffset < entry.offset);
      expect([scanner.batch.lastOffset, scanner.batch.maxTimestamp]).toEqual([
        entry.offset,
        entry.timestamp,
      ]);
    }
  }
}

async function untilCrash(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (error instanceof CrashSignal) return true;
    throw error;
  }
}

/** Runs `work` again and again, crashing after 0, 1, 2 … operations, until it no longer crashes. */
async function crashEverywhere(
  prepare: () => Promise<MemoryFileSystem>,
  work: (fs: MemoryFileSystem, progress: Progress) => Promise<void>,
  check: (disk: MemoryFileSystem, progress: Progress, place: string) => Promise<void>,
  seeds = SEEDS,
): Promise<number> {
  for (let count = 0; ; count++) {
    const fs = await prepare();
    const progress: Progress = { acknowledged: [], attempted: [] };
    fs.crashAfter(count);
    const crashed = await untilCrash(() => work(fs, progress));
    for (let seed = 0; seed < seeds; seed++) {
      for (const tail of seed < 2 ? [undefined] : (['lost', 'zero', 'garbage'] as const)) {
        const disk = fs.crashClone(seed, tail === undefined ? {} : { tail });
        await check(disk, progress, `operation ${count}, seed ${seed}, tail ${String(tail)}`);
      }
    }
    if (!crashed) return count;
  }
}

async function newPartition(): Promise<MemoryFileSystem> {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  return Promise.resolve(fs);
}

async function appendsOn(disk: MemoryFileSystem, bootId: string): Promise<void> {
  const writer = openWriter(environment(disk, { bootId }), CONFIG);
  const before = readValues(disk, { bootId }).length;
  const [appended] = await appendSynced(writer, [batchOf(['after the crash'])]);
  writer.close();
  const values = readValues(disk);
  expect(values.at(-1)).toEqual({ offset: appended!.baseOffset, value: 'after the crash' });
  expect(values.length).toBeGreaterThan(0);
  expect(before).toBeLessThanOrEqual(values.length);
}

describe('a power cut after any operation', () => {
  test('of append and roll loses nothing that was acknowledged', async () => {
    const operations = await crashEverywhere(newPartition, appendEight, async (disk, progress) => {
      const writer = openWriter(environment(disk, { bootId: 'boot-2' }), CONFIG);
      const acknowledged = progress.acknowledged.length;
      await appendSynced(writer, [batchOf(['after the crash'])]);
      writer.close();
      const values = readValues(disk).map(({ value }) => value);
      expect(values.pop()).toBe('after the crash');
      expect(values).toEqual(progress.attempted.slice(0, values.length));
      expect(values.length).toBeGreaterThanOrEqual(acknowledged);
      expectIndexesAgree(disk);
    });
    expect(operations).toBeGreaterThan(50);
  });

  test('of its own recovery is recovered from', async () => {
    const progress: Progress = { acknowledged: [], attempted: [] };
    const torn = new MemoryFileSystem();
    createPartition(torn);
    await appendEight(torn, progress);
    const writer = openWriter(environment(torn), CONFIG);
    await writer.append([batchOf(['unsynced'])], NO_WAIT, () => undefined);
    for (let seed = 2; seed < 2 + SEEDS; seed++) {
      await crashEverywhere(
        () => Promise.resolve(torn.crashClone(seed, { tail: 'garbage' })),
        (disk) => appendsOn(disk, 'boot-2'),
        async (disk) => {
          await appendsOn(disk, 'boot-3');
          const values = readValues(disk).map(({ value }) => value);
          expect(values.slice(0, progress.acknowledged.length)).toEqual(progress.acknowledged);
          expectIndexesAgree(disk);
        },
        Math.min(SEEDS, 6),
      );
    }
  });
});

describe('kill -9 after any operation', () => {
  test('of append and roll loses nothing, and the next command works', async () => {
    await crashEverywhere(newPartition, appendEight, async (disk, progress, place) => {
      if (!place.includes('seed 1,')) return;
      expectPrefix(disk, progress);
      await appendsOn(disk, 'boot-1');
      expectIndexesAgree(disk);
    });
  });
});

describe('a stop after any operation of prune', () => {
  const retention = { ...CONFIG, retentionMs: 100 };
  const oldAndNew = async (): Promise<MemoryFileSystem> => {
    const fs = await newPartition();
    const writer = openWriter(environment(fs), CONFIG);
    await appendSynced(writer, [
      batchOf(['old-1', 'old-2', 'old-3'], { timestamp: START_MS - 9000 }),
    ]);
    await appendSynced(writer, [
      batchOf(['old-4', 'x'.repeat(150)], { timestamp: START_MS - 8000 }),
    ]);
    await appendSynced(writer, [batchOf(['new-5', 'y'.repeat(150)], { timestamp: START_MS })]);
    writer.close();
    expect(readerOf(fs).baseOffsets().length).toBeGreaterThan(1);
    return fs;
  };

  test.each([
    ['with a policy that keeps the newest', START_MS + 50, 1],
    ['with a policy that lets go of everything', START_MS + 1000, 0],
  ])('%s keeps what the policy keeps', async (_, nowMs, keptAtLeast) => {
    await crashEverywhere(
      oldAndNew,
      async (fs) => {
        const writer = openWriter(environment(fs, { nowMs }), retention);
        await writer.prune(NO_WAIT);
        writer.close();
      },
      async (disk) => {
        const values = readValues(disk, { bootId: 'boot-2' });
        expect(values.filter(({ value }) => value.startsWith('new')).length).toBeGreaterThanOrEqual(
          keptAtLeast,
        );
        // What is left is one run of offsets up to the end.
        const offsets = values.map(({ offset }) => offset);
        expect(offsets).toEqual(offsets.map((_, index) => (offsets[0] ?? 0) + index));
        expect(readerOf(disk).findEnd().offset).toBe(7);
        const writer = openWriter(environment(disk, { bootId: 'boot-2', nowMs }), retention);
        await writer.prune(NO_WAIT);
        const [appended] = await appendSynced(writer, [batchOf(['next'])]);
        writer.close();
        expect(appended!.baseOffset).toBe(7);
        expect(readValues(disk).at(-1)).toEqual({ offset: 7, value: 'next' });
        const leftovers = disk.list(LOCATION.directory).filter((name) => name.endsWith('.deleted'));
        expect(leftovers).toEqual([]);
      },
    );
  });
});
