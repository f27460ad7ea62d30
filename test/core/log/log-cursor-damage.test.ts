/** What a cursor does at damage: fails, goes on because nothing wanted is lost, or says what is. */
import { beforeEach, describe, expect, test } from '@jest/globals';

import type { LogCursor } from '../../../src/core/log/log-cursor.js';
import { LogLock } from '../../../src/core/log/log-lock.js';
import { LogReader } from '../../../src/core/log/log-reader.js';
import type { OffsetRange } from '../../../src/core/log/offset-range.js';
import { segmentPath } from '../../../src/core/segment/file-names.js';
import {
  LOCATION,
  NO_WAIT,
  appendSynced,
  batchOf,
  contentOf,
  createPartition,
  environment,
  flipBit,
  openWriter,
  overwrite,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const LOG = segmentPath(LOCATION.directory, 0, '.log');
/** Every batch has two records, and takes so much. */
const BATCH_BYTES = batchOf(['a', 'b']).length;

let fs: MemoryFileSystem;

beforeEach(() => {
  fs = new MemoryFileSystem();
  createPartition(fs);
});

/** Offsets 0 to 19 in ten batches: one segment, or five of two batches. */
async function write({ isSplit }: { readonly isSplit: boolean }): Promise<void> {
  const segmentBytes = isSplit ? 2 * BATCH_BYTES : 10_000;
  const writer = openWriter(environment(fs), { segmentBytes, indexIntervalBytes: 1 });
  for (let at = 0; at < 10; at++) await appendSynced(writer, [batchOf(['a', 'b'])]);
  writer.close();
}

/** The place of batch `at` in either kind of log. */
function placeOf(at: number): { readonly path: string; readonly position: number } {
  const baseOffsets = openReader().baseOffsets();
  const baseOffset = baseOffsets.findLast((base) => base <= 2 * at)!;
  const path = segmentPath(LOCATION.directory, baseOffset, '.log');
  return { path, position: (at - baseOffset / 2) * BATCH_BYTES };
}

function damage(at: number): void {
  const { path, position } = placeOf(at);
  flipBit(fs, path, position + BATCH_BYTES - 3);
}

function openReader(skipDamaged = false): LogReader {
  const env = { fs, bootId: 'boot-1' };
  return new LogReader(env, LOCATION, { allowGaps: false, skipDamaged });
}

async function knownAs(kind: 'failedRanges' | 'lostRanges', range: OffsetRange): Promise<void> {
  const env = environment(fs);
  const lock = new LogLock(env, env.locks.open(LOCATION.controlPath));
  await lock.acquire(NO_WAIT);
  lock.keep({ [kind]: [range] });
  lock.release();
  lock.close();
}

/** Base offsets, with the gaps between them. */
function walk(cursor: LogCursor): (number | string)[] {
  const found: (number | string)[] = [];
  for (;;) {
    if (cursor.next()) {
      found.push(cursor.batch.baseOffset);
      continue;
    }
    const gap = cursor.takeGap();
    if (gap === undefined) return found;
    found.push(`${gap.reason} ${gap.firstOffset}-${gap.endOffset}`);
  }
}

describe.each([
  ['in one segment', false],
  ['over segments', true],
])('%s', (_, isSplit) => {
  beforeEach(() => write({ isSplit }));

  test('damage ends the reading where it begins, and says so', () => {
    damage(3);
    const { path, position } = placeOf(3);
    const cursor = openReader().openAt(0);
    const details = { path, position, offset: 6 };
    expect(() => walk(cursor)).toThrow(
      expect.objectContaining({
        code: 'SEGMENT_CORRUPT',
        details: expect.objectContaining(details),
      }),
    );
    expect(cursor.nextOffset).toBe(6);
  });

  test('who begins behind damage does not meet it, wherever the index leads', () => {
    damage(3);
    for (const withIndex of [true, false]) {
      if (!withIndex) {
        for (const base of openReader().baseOffsets()) {
          fs.removeFile(segmentPath(LOCATION.directory, base, '.index'));
        }
      }
      expect(walk(openReader().openAt(8))).toEqual([8, 10, 12, 14, 16, 18]);
      expect(walk(openReader().openAt(9))[0]).toBe(8);
    }
  });

  test('who begins inside of it is told its place', () => {
    damage(3);
    const { path, position } = placeOf(3);
    expect(() => walk(openReader().openAt(7))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ path, position }) }),
    );
  });

  test('it is passed over when that is asked for', () => {
    damage(3);
    damage(4);
    damage(7);
    const cursor = openReader(true).openAt(0);
    const lost = isSplit ? ['damaged 6-8', 'damaged 8-10'] : ['damaged 6-10'];
    expect(walk(cursor)).toEqual([0, 2, 4, ...lost, 10, 12, 'damaged 14-16', 16, 18]);
    expect(walk(openReader(true).openAt(7))[0]).toBe(`damaged 7-${isSplit ? 8 : 10}`);
  });

  test.each([
    ['failedRanges', 'unsynced'],
    ['lostRanges', 'repaired'],
  ] as const)('it is passed over where it is known: %s', async (kind, reason) => {
    damage(3);
    await knownAs(kind, { firstOffset: 6, endOffset: 8 });
    expect(walk(openReader().openAt(0))).toContain(`${reason} 6-8`);
    damage(4);
    expect(() => walk(openReader().openAt(0))).toThrow(
      expect.objectContaining({ code: 'SEGMENT_CORRUPT' }),
    );
  });

  test('what is known to be lost but is there is read', async () => {
    await knownAs('failedRanges', { firstOffset: 6, endOffset: 12 });
    expect(walk(openReader().openAt(4))).toEqual([4, 6, 8, 10, 12, 14, 16, 18]);
  });

  test('it does not move the end', () => {
    damage(3);
    expect(openReader().findEnd()).toEqual({ offset: 20, damage: undefined });
  });

  test('a time behind it is found where the damage is passed over', () => {
    damage(3);
    const last = openReader().offsetForTimestamp(0);
    expect(last?.offset).toBe(0);
    expect(openReader(true).offsetForTimestamp(1_700_000_000_001)?.offset).toBe(1);
  });

  test('a base offset that was changed is not believed', () => {
    const { path, position } = placeOf(2);
    overwrite(fs, path, position, Buffer.from([0, 0, 0, 0, 0, 0, 0, 90]));
    const found = walk(openReader(true).openAt(0));
    expect(found.filter((each) => each === 90)).toEqual([]);
    expect(found).toContain('damaged 4-6');
    expect(found.slice(-7)).toEqual([6, 8, 10, 12, 14, 16, 18]);
  });
});

describe('a missing segment', () => {
  beforeEach(async () => {
    await write({ isSplit: true });
    fs.removeFile(segmentPath(LOCATION.directory, 8, '.log'));
  });

  test('is damage', () => {
    expect(() => walk(openReader().openAt(0))).toThrow(
      expect.objectContaining({ message: expect.stringContaining('offsets 8 to 11 are missing') }),
    );
  });

  test('is passed over when asked for, or known', async () => {
    const found = [0, 2, 4, 6, 'damaged 8-12', 12, 14, 16, 18];
    expect(walk(openReader(true).openAt(0))).toEqual(found);
    await knownAs('lostRanges', { firstOffset: 8, endOffset: 12 });
    expect(walk(openReader().openAt(0))).toContain('repaired 8-12');
  });
});

test('damage at the very end is the end: nothing behind it can be read', async () => {
  await write({ isSplit: false });
  overwrite(fs, LOG, contentOf(fs, LOG).length - BATCH_BYTES + 30, Buffer.alloc(20, 7));
  for (const skips of [false, true]) {
    const end = openReader(skips).findEnd();
    expect([end.offset, end.damage?.code]).toEqual([18, 'SEGMENT_CORRUPT']);
  }
});
