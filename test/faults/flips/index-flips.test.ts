/**
 * Both indexes of a segment with every bit flipped, cut to every length, and empty. An index is a hint:
 * what is read through it, by offset and by time, is always right; a verification says what is wrong; and
 * the next writer goes on at the right offset. (What a verification says of each bit: verify-log.test.ts.)
 */
import { describe, expect, test } from '@jest/globals';
import { START_MS, contentOf } from '../../support/log-fixture.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import { cutsOf, flipsOf } from './bit-flip.js';
import {
  LOG,
  type LogShape,
  appendedTo,
  consumedFrom,
  offsetAtTime,
  recordsFrom,
  smallLog,
  verified,
} from './small-log.js';

const CASES = (['active', 'sealed'] as const).flatMap((shape) =>
  (['.index', '.timeindex'] as const).map((suffix) => [suffix, shape] as const),
);

describe.each(CASES)('the %s of an %s segment', (suffix, shape: LogShape) => {
  const path = LOG.replace('.log', suffix);

  async function expectRight(
    damaged: Iterable<{ readonly fs: MemoryFileSystem }>,
    { records, baseOffsets }: Awaited<ReturnType<typeof smallLog>>,
  ): Promise<void> {
    for (const { fs } of damaged) {
      expect(consumedFrom(fs, { kind: 'start' })).toEqual({ records, error: undefined });
      for (const offset of records.keys()) {
        expect(recordsFrom(fs, offset)).toEqual({
          records: records.slice(offset),
          error: undefined,
        });
      }
      const times = baseOffsets.map((_, at) => offsetAtTime(fs, START_MS + 10 * at));
      expect(times).toEqual(baseOffsets);
      expect(verified(fs).findings.length).toBeGreaterThan(0);
      expect(await appendedTo(fs)).toBe(records.length);
    }
  }

  test('leads nobody astray, whatever bit is wrong', async () => {
    const log = await smallLog('none', shape);
    expect(contentOf(log.fs, path).length).toBeGreaterThan(0);
    await expectRight(flipsOf(log.fs, path), log);
  });

  // A shorter index is a sparser one: only a part of an entry is worth a note.
  test('leads nobody astray, however short it is', async () => {
    const log = await smallLog('none', shape);
    const entryBytes = suffix === '.index' ? 8 : 12;
    const ragged = [...cutsOf(log.fs, path)].filter(({ length }) => length % entryBytes !== 0);
    await expectRight(ragged, log);
    for (const { fs } of cutsOf(log.fs, path)) {
      expect(recordsFrom(fs, 5).records).toEqual(log.records.slice(5));
      expect(await appendedTo(fs)).toBe(log.records.length);
    }
  });
});
