import { describe, expect, test } from '@jest/globals';

import { type SegmentFacts, planRetention, segmentFacts } from '../../../src/core/log/retention.js';
import {
  NO_WAIT,
  START_MS,
  LOCATION,
  appendSynced,
  batchOf,
  createPartition,
  environment,
  openWriter,
  overwrite,
  readerOf,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { repair } from './repairing.js';
import { LOG, logOf } from './verification.js';

/** Segments of ten records and 100 bytes; `ages`: ms of the newest record before now. */
function planOf(
  ages: readonly number[],
  policy: {
    ms?: number;
    bytes?: number;
    start?: number;
    activeBytes?: number;
    isKept?: boolean;
  },
): { reasons: string[]; start: number; keptBytes: number } {
  const segments: SegmentFacts[] = ages.map((age, at) => ({
    baseOffset: at * 10,
    endOffset: at * 10 + 10,
    sizeBytes: at === ages.length - 1 ? (policy.activeBytes ?? 100) : 100,
    isActive: at === ages.length - 1,
    newestMs: () => 1_000_000 - age,
  }));
  const plan = planRetention({
    segments,
    logStartOffset: policy.start ?? 0,
    config: {
      cleanupPolicy: policy.isKept === true ? [] : ['delete'],
      retentionMs: policy.ms ?? Infinity,
      retentionBytes: policy.bytes ?? Infinity,
    },
    nowMs: 1_000_000,
  });
  return {
    reasons: plan.removals.map(({ reason }) => reason),
    start: plan.newLogStartOffset,
    keptBytes: plan.keptBytes,
  };
}

describe('the policy lets go of', () => {
  test.each<[string, number[], Parameters<typeof planOf>[1], string[], number]>([
    ['nothing for ever', [9e9, 9e9], {}, [], 0],
    ['what is older', [500, 400, 100], { ms: 300 }, ['time', 'time'], 20],
    ['not what is just as old', [300, 100], { ms: 300 }, [], 0],
    ['nothing behind a younger one', [500, 100, 500, 50], { ms: 300 }, ['time'], 10],
    ['nothing behind one of the future', [-9000, 500, 50], { ms: 300 }, [], 0],
    ['the active one too', [500, 400], { ms: 300 }, ['time', 'time'], 20],
    ['not an empty active one', [500, 400], { ms: 300, activeBytes: 0 }, ['time'], 10],
    ['never below the size', [1, 1, 1], { bytes: 250 }, [], 0],
    ['down to exactly the size', [1, 1, 1], { bytes: 200 }, ['size'], 10],
    [
      'only what lies below the start, without a policy',
      [9, 9, 9],
      { ms: 1, bytes: 0, start: 10, isKept: true },
      ['start'],
      10,
    ],
    ['all at size zero', [1, 1], { bytes: 0 }, ['size', 'size'], 20],
    ['size first, then time', [500, 500, 1], { bytes: 200, ms: 300 }, ['size', 'time'], 20],
    ['what lies below the start', [1, 1, 1], { start: 20 }, ['start', 'start'], 20],
    ['not what the start lies in', [1, 1, 1], { start: 19 }, ['start'], 19],
    ['not the active one for the start', [1, 1], { start: 20 }, ['start'], 20],
  ])('%s', (_, ages, policy, reasons, start) => {
    const plan = planOf(ages, policy);
    expect([plan.reasons, plan.start]).toEqual([reasons, start]);
  });
});

test('records without a time are as old as their file', async () => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  await appendSynced(openWriter(environment(fs)), [batchOf(['a'], { timestamp: -1 })]);
  const { modifiedMs } = fs.stat(`${LOCATION.directory}/00000000000000000000.log`)!;
  const [facts] = segmentFacts(fs, LOCATION.directory, 1);
  expect(facts!.newestMs()).toBe(modifiedMs);
});

test('a wrong bit in a time index costs no record', async () => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  const config = { segmentBytes: 150, indexIntervalBytes: 1, retentionMs: 1000 };
  const writer = openWriter(environment(fs), config);
  for (const text of ['a', 'b', 'c', 'd']) await appendSynced(writer, [batchOf([text])]);
  writer.close();
  const path = `${LOCATION.directory}/00000000000000000000.timeindex`;
  const file = fs.open(path, 'update');
  file.writeAt(Uint8Array.of(0, 0, 0, 0), 0, 4, 0);
  const pruner = openWriter(environment(fs), config);
  expect((await pruner.prune(NO_WAIT)).removals).toEqual([]);
  expect(readerOf(fs).logStartOffset).toBe(0);
  const old = openWriter(environment(fs, { nowMs: START_MS + 9999 }), config);
  expect((await old.prune(NO_WAIT)).removals.at(-1)?.isActive).toBe(true);
  expect(readerOf(fs).findEnd().offset).toBe(4);
});

test('on a disk that has no room for a new segment the active one stays, its records gone', async () => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  const config = { segmentBytes: 150, retentionBytes: 0 };
  const writer = openWriter(environment(fs), { segmentBytes: 150 });
  for (const text of ['a', 'b']) await appendSynced(writer, [batchOf([text])]);
  const pruner = openWriter(environment(fs), config);
  await pruner.prune(NO_WAIT);
  expect([readerOf(fs).logStartOffset, readerOf(fs).findEnd().offset]).toEqual([2, 2]);
  expect(readerOf(fs).baseOffsets()).toEqual([2]);
});

describe('of a repaired log', () => {
  const ROLLED = { segmentBytes: 400 };
  const path = (name: string): string => `${LOCATION.directory}/${name}`;

  /** All of its first segment is damaged: the log begins with an empty one, then the rest. */
  async function repaired(): Promise<MemoryFileSystem> {
    const fs = await logOf(9, ROLLED);
    overwrite(fs, path('00000000000000000000.log'), 0, Buffer.alloc(fs.stat(LOG)!.sizeBytes, 7));
    await repair(fs);
    expect(fs.stat(LOG)!.sizeBytes).toBe(0);
    return fs;
  }

  test('an empty segment holds back nothing that is older', async () => {
    const fs = await repaired();
    const writer = openWriter(environment(fs, { nowMs: START_MS + 10_000 }), { retentionMs: 5000 });
    const { removals } = await writer.prune(NO_WAIT);
    writer.close();
    expect(removals.map(({ baseOffset }) => baseOffset)).toEqual([0, 8, 16]);
  });

  test('what was kept aside goes with its segment', async () => {
    const fs = await repaired();
    const aside = (): string[] =>
      fs.list(LOCATION.directory).filter((name) => /damaged/.test(name));
    expect(aside()).toEqual(['00000000000000000000.log.damaged']);
    const writer = openWriter(environment(fs));
    await writer.trim(8, NO_WAIT);
    writer.close();
    expect(aside()).toEqual([]);
  });
});
