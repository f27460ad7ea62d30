import { beforeEach, describe, expect, test } from '@jest/globals';

import type { LogConfig } from '../../../src/core/log/log-config.js';
import type { LogCursor } from '../../../src/core/log/log-cursor.js';
import { LogReader } from '../../../src/core/log/log-reader.js';
import type { LogWriter } from '../../../src/core/log/log-writer.js';
import { segmentPath } from '../../../src/core/segment/file-names.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import {
  LOCATION,
  NO_WAIT,
  appendRaw,
  appendSynced,
  batchAt,
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

const LOG = segmentPath(LOCATION.directory, 0, '.log');
/** Two batches of one short record in a segment. */
const SMALL: Partial<LogConfig> = { segmentBytes: 150, indexIntervalBytes: 1 };

let fs: MemoryFileSystem;
let writer: LogWriter;

beforeEach(() => {
  fs = new MemoryFileSystem();
  createPartition(fs);
  writer = openWriter(environment(fs), SMALL);
});

async function write(count: number): Promise<void> {
  for (let at = 0; at < count; at++) await appendSynced(writer, [batchOf(['v'])]);
}

/** Base offsets of all batches that there are now. */
function rest(cursor: LogCursor): number[] {
  const found: number[] = [];
  while (cursor.next()) found.push(cursor.batch.baseOffset);
  return found;
}

test('a cursor follows across rolls', async () => {
  const cursor = readerOf(fs).openAt(0);
  expect(rest(cursor)).toEqual([]);
  const seen: number[] = [];
  for (const count of [1, 1, 3, 0, 6]) {
    await write(count);
    seen.push(...rest(cursor));
  }
  expect(seen).toEqual(Array.from({ length: 11 }, (_, at) => at));
  expect(readerOf(fs).baseOffsets().length).toBeGreaterThan(4);
});

test.each([0, 1, 5, 9, 10, 15])('it begins at any offset: %d', async (offset) => {
  await write(10);
  const cursor = readerOf(fs).openAt(offset);
  expect(rest(cursor)).toEqual(
    Array.from({ length: Math.max(0, 10 - offset) }, (_, at) => offset + at),
  );
  await write(10);
  expect(rest(cursor)[0]).toBe(Math.max(10, offset));
});

describe('what is pruned under a reader is told', () => {
  test('and it goes on behind it', async () => {
    await write(9);
    const cursor = readerOf(fs).openAt(0);
    cursor.next();
    await writer.trim(7, NO_WAIT);
    // The segment that it stands in is still open.
    expect(rest(cursor)).toEqual([1]);
    expect(cursor.takeGap()).toEqual({ firstOffset: 2, endOffset: 7, reason: 'pruned' });
    expect(cursor.takeGap()).toBeUndefined();
    expect(rest(cursor)).toEqual([7, 8]);
  });

  test('also when nothing is left', async () => {
    await write(5);
    const cursor = readerOf(fs).openAt(1);
    await writer.trim(5, NO_WAIT);
    const pruner = openWriter(environment(fs), { ...SMALL, retentionBytes: 0 });
    await pruner.prune(NO_WAIT);
    expect(rest(cursor)).toEqual([1]);
    expect(cursor.takeGap()).toEqual({ firstOffset: 2, endOffset: 5, reason: 'pruned' });
    await write(1);
    expect(rest(cursor)).toEqual([5]);
  });
});

describe('offsets that are missing are damage', () => {
  test('between segments', async () => {
    await write(6);
    fs.removeFile(segmentPath(LOCATION.directory, 2, '.log'));
    const cursor = readerOf(fs).openAt(0);
    expect([cursor.next(), cursor.next()]).toEqual([true, true]);
    expect(await codeOf(() => cursor.next())).toBe('SEGMENT_CORRUPT');
  });

  test('within one, unless compaction may have been there', async () => {
    await write(1);
    appendRaw(fs, LOG, batchAt(5, ['far']));
    const strict = readerOf(fs).openAt(0);
    strict.next();
    expect(await codeOf(() => strict.next())).toBe('SEGMENT_CORRUPT');
    const env = { fs, bootId: 'boot-1' };
    expect(rest(new LogReader(env, LOCATION, { allowGaps: true }).openAt(0))).toEqual([0, 5]);
  });
});

test('offsets that were given out before are passed over', async () => {
  await write(2);
  appendRaw(fs, LOG, batchAt(0, ['ghost']));
  appendRaw(fs, LOG, batchAt(1, ['ghosts', 'that', 'overlap']));
  writer = openWriter(environment(fs), SMALL);
  await write(1);
  expect(rest(readerOf(fs).openAt(0))).toEqual([0, 1, 2]);
});

describe('a tail that is no whole batch', () => {
  test.each([
    ['a part of a batch', batchAt(1, ['half']).subarray(0, 66)],
    ['zeros', Buffer.alloc(300)],
    ['garbage', Buffer.alloc(300, 0xab)],
  ])('is not there yet: %s', async (_, tail) => {
    writer = openWriter(environment(fs));
    await write(1);
    const cursor = readerOf(fs).openAt(0);
    appendRaw(fs, LOG, tail);
    expect(rest(cursor)).toEqual([0]);
    expect(rest(cursor)).toEqual([]);
    writer = openWriter(environment(fs));
    await write(2);
    expect(rest(cursor)).toEqual([1, 2]);
  });

  test('is damage below what was synced', async () => {
    await write(1);
    writer.close();
    flipBit(fs, LOG, contentOf(fs, LOG).length - 2);
    const cursor = readerOf(fs).openAt(0);
    expect(() => cursor.next()).toThrow(
      expect.objectContaining({
        code: 'SEGMENT_CORRUPT',
        details: expect.objectContaining({ path: LOG, position: 0, offset: 0 }),
      }),
    );
  });

  test.each(['cursor', 'end'])(
    'that is finished and synced while a reader looks is no damage: %s',
    async (kind) => {
      writer = openWriter(environment(fs));
      await write(1);
      const half = batchAt(1, ['late']);
      appendRaw(fs, LOG, half.subarray(0, 66));
      const hooked = new FaultFileSystem(fs);
      let isDone = false;
      hooked.failWhen((op) => {
        if (isDone || op.kind !== 'read' || op.path !== LOCATION.controlPath) return undefined;
        if (!hooked.operations.some(({ kind, path }) => kind === 'readAt' && path === LOG))
          return undefined;
        isDone = true;
        appendRaw(fs, LOG, half.subarray(66));
        const other = openWriter(environment(fs));
        void other.append([batchOf(['more'])], NO_WAIT, () => undefined);
        return undefined;
      });
      const reader = readerOf(hooked);
      if (kind === 'end') expect(reader.findEnd().damage).toBeUndefined();
      else expect(rest(reader.openAt(0)).slice(0, 2)).toEqual([0, 1]);
    },
  );
});
