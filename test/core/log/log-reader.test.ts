import { beforeEach, describe, expect, test } from '@jest/globals';

import { LogLock } from '../../../src/core/log/log-lock.js';
import type { LogWriter } from '../../../src/core/log/log-writer.js';
import { segmentPath } from '../../../src/core/segment/file-names.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import {
  LOCATION,
  NO_WAIT,
  appendRaw,
  appendSynced,
  batchOf,
  codeOf,
  contentOf,
  createPartition,
  environment,
  flipBit,
  openWriter,
  overwrite,
  readerOf,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

let fs: MemoryFileSystem;
let writer: LogWriter;

beforeEach(() => {
  fs = new MemoryFileSystem();
  createPartition(fs);
  writer = openWriter(environment(fs), {
    segmentBytes: 250,
    indexIntervalBytes: 1,
    retentionMs: Infinity,
  });
});

/** Batches of two records, the second a millisecond later. Times go back. */
const TIMES = [100, 200, 150, 300, 300, 250, 400, 500, 350];

describe('the first record at or after a time', () => {
  test.each([0, 100, 101, 102, 150, 200, 201, 250, 299, 300, 301, 302, 400, 500, 501, 502, 9999])(
    '%d',
    async (time) => {
      for (const timestamp of TIMES)
        await appendSynced(writer, [batchOf(['a', 'b'], { timestamp })]);
      const all = TIMES.flatMap((timestamp) => [timestamp, timestamp + 1]);
      const at = all.findIndex((timestamp) => timestamp >= time);
      const expected = at === -1 ? undefined : { offset: at, timestamp: all[at] };
      expect(readerOf(fs).offsetForTimestamp(time)).toEqual(expected);
      expect(readerOf(fs).baseOffsets().length).toBeGreaterThan(2);
      // The log start offset comes first.
      await writer.trim(9, NO_WAIT);
      const later = all.findIndex((timestamp, offset) => offset >= 9 && timestamp >= time);
      expect(readerOf(fs).offsetForTimestamp(time)?.offset).toBe(later === -1 ? undefined : later);
    },
  );

  test('is found though a segment is pruned while it is looked for', async () => {
    for (const timestamp of TIMES) await appendSynced(writer, [batchOf(['a', 'b'], { timestamp })]);
    const hooked = new FaultFileSystem(fs);
    const path = segmentPath(LOCATION.directory, 0, '.log');
    let openings = 0;
    hooked.failWhen(({ kind, path: opened }) =>
      kind === 'read' && opened === path && ++openings === 2 ? 'FILE_NOT_FOUND' : undefined,
    );
    expect(readerOf(hooked).offsetForTimestamp(150)?.offset).toBeGreaterThanOrEqual(2);
    expect(openings).toBe(2);
  });
});

test('the end is behind the last whole batch', async () => {
  expect(readerOf(fs).findEnd()).toEqual({ offset: 0, damage: undefined });
  for (let at = 1; at < 6; at++) {
    await appendSynced(writer, [batchOf(['a', 'b'])]);
    expect(readerOf(fs).findEnd().offset).toBe(2 * at);
  }
  const base = readerOf(fs).baseOffsets().at(-1)!;
  appendRaw(fs, segmentPath(LOCATION.directory, base, '.log'), Buffer.alloc(70, 7));
  expect(readerOf(fs).findEnd()).toEqual({ offset: 10, damage: undefined });
});

test('damage at the end is told, and where it begins', async () => {
  writer = openWriter(environment(fs));
  await appendSynced(writer, [batchOf(['a'])]);
  await appendSynced(writer, [batchOf(['b'])]);
  writer.close();
  const path = segmentPath(LOCATION.directory, 0, '.log');
  flipBit(fs, path, contentOf(fs, path).length - 2);
  expect(readerOf(fs).findEnd()).toMatchObject({ offset: 1, damage: { code: 'SEGMENT_CORRUPT' } });
});

test('an offset that is not kept is refused with what is', async () => {
  for (let at = 0; at < 5; at++) await appendSynced(writer, [batchOf(['a', 'b'])]);
  await writer.trim(7, NO_WAIT);
  expect(() => readerOf(fs).openAt(6)).toThrow(
    expect.objectContaining({
      code: 'OFFSET_OUT_OF_RANGE',
      details: { offset: 6, logStartOffset: 7, logEndOffset: 10 },
    }),
  );
});

test('a folder without a segment is damage, never an empty log', async () => {
  fs.removeFile(segmentPath(LOCATION.directory, 0, '.log'));
  expect(await codeOf(() => readerOf(fs).findEnd())).toBe('SEGMENT_CORRUPT');
  expect(await codeOf(() => readerOf(fs).openAt(0))).toBe('SEGMENT_CORRUPT');
});

test('nothing is written by reading', async () => {
  for (let at = 0; at < 5; at++) await appendSynced(writer, [batchOf(['a', 'b'])]);
  const before = fs.operationCount;
  const cursor = readerOf(fs).openAt(0);
  while (cursor.next());
  cursor.close();
  readerOf(fs).offsetForTimestamp(5);
  expect(fs.operationCount).toBe(before);
});

/** Every way must close what it opened. */
test('no descriptor is left open', async () => {
  for (let at = 0; at < 9; at++) await appendSynced(writer, [batchOf(['a', 'b'])]);
  await writer.prune(NO_WAIT);
  const counted = new FaultFileSystem(fs);
  const reader = readerOf(counted);
  reader.findEnd();
  reader.offsetForTimestamp(0);
  reader.offsetForTimestamp(2 ** 50);
  const cursor = reader.openAt(3);
  while (cursor.next());
  cursor.close();
  const own = openWriter(environment(counted), { segmentBytes: 250 });
  for (let at = 0; at < 5; at++) await appendSynced(own, [batchOf(['a', 'b'])]);
  own.close();
  const count = (...kinds: string[]): number =>
    counted.operations.filter(({ kind }) => kinds.includes(kind)).length;
  // A look for an index that is not there opens nothing; here all are.
  expect(count('close')).toBe(count('read', 'append', 'create', 'update') - appendsOf(counted));
});

/** `append` is both a way to open and a call of an open file; those of files come behind a stat. */
function appendsOf(counted: FaultFileSystem): number {
  const opened = new Map<string, number>();
  let calls = 0;
  for (const { kind, path } of counted.operations) {
    const open = opened.get(path) ?? 0;
    if (kind === 'append' && open > 0) calls++;
    else if (['append', 'create', 'read', 'update'].includes(kind)) opened.set(path, open + 1);
    else if (kind === 'close') opened.set(path, open - 1);
  }
  return calls;
}

describe('what a reader wants to be durable is durable', () => {
  /** Appended, seen by every reader, and not synced: what a power cut takes. */
  async function appendUnsynced(values: readonly string[]): Promise<void> {
    await writer.append([batchOf(values)], NO_WAIT, () => undefined);
  }

  const syncsOf = (faults: FaultFileSystem): unknown[] =>
    faults.operations.filter(({ kind }) => kind === 'sync');

  test('and what is not asked for may go', async () => {
    await appendUnsynced(['lost']);
    const lost = fs.crashClone(0);
    expect(readerOf(lost, 'boot-2').findEnd().offset).toBe(0);
  });

  test('over the segments that a roll left behind, too', async () => {
    for (let at = 0; at < 6; at++) await appendUnsynced([`value-${at}-${'x'.repeat(100)}`]);
    const reader = readerOf(fs);
    expect(reader.baseOffsets().length).toBeGreaterThan(1);
    reader.syncBefore(6);
    const kept = fs.crashClone(0);
    expect(readerOf(kept, 'boot-2').findEnd().offset).toBe(6);
  });

  test('and is refused where the disk has refused before, until a new segment stands behind it', async () => {
    await appendUnsynced(['a', 'b']);
    const faults = new FaultFileSystem(fs);
    faults.failWhen(({ kind }) => (kind === 'sync' ? 'IO_ERROR' : undefined));
    expect(() => {
      readerOf(faults).syncBefore(2);
    }).toThrow(
      expect.objectContaining({
        code: 'SYNC_FAILED',
        details: expect.objectContaining({ firstOffset: 0, endOffset: 2 }),
      }),
    );
    const env = environment(fs);
    const lock = new LogLock(env, env.locks.open(LOCATION.controlPath));
    await lock.acquire(NO_WAIT);
    lock.keep({ failedRanges: [{ firstOffset: 0, endOffset: 2 }] });
    lock.release();
    expect(await codeOf(() => readerOf(fs).syncBefore(1))).toBe('SYNC_FAILED');
    await appendSynced(openWriter(environment(fs)), [batchOf(['c'])]);
    expect(readerOf(fs).baseOffsets()).toEqual([0, 2]);
    expect(await codeOf(() => readerOf(fs).syncBefore(3))).toBeUndefined();
  });

  test('at the cost of no sync where the writer has done it', async () => {
    await appendSynced(writer, [batchOf(['a'])]);
    // It writes down what it has synced when it gives the lock back the next time.
    await appendSynced(writer, []);
    const faults = new FaultFileSystem(fs);
    readerOf(faults).syncBefore(1);
    expect(syncsOf(faults)).toEqual([]);
    await appendUnsynced(['b']);
    readerOf(faults).syncBefore(2);
    expect(syncsOf(faults)).toHaveLength(1);
  });
});

test('after a power cut the end is not looked for behind a hole that the index leads past', async () => {
  const log = segmentPath(LOCATION.directory, 0, '.log');
  await appendSynced(writer, [batchOf(['synced'])]);
  const holeAt = contentOf(fs, log).length;
  await writer.append([batchOf(['hole'])], NO_WAIT, () => undefined);
  const holeBytes = contentOf(fs, log).length - holeAt;
  await writer.append([batchOf(['behind it'])], NO_WAIT, () => undefined);
  const disk = fs.crashClone(1);
  overwrite(disk, log, holeAt, Buffer.alloc(holeBytes));
  expect(readerOf(disk, 'boot-2').findEnd()).toEqual({ offset: 1, damage: undefined });
});
