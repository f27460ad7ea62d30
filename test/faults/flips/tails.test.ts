/**
 * The ends that crashes leave: a log cut at every length of its last batches, and zeros, garbage and
 * copies of earlier batches behind it. Whatever stands there was never acknowledged: readers return every
 * whole batch and no error, and a writer goes on with the right offset. In a segment that another one
 * follows the same is damage, and it is told.
 */
import { describe, expect, test } from '@jest/globals';
import { COMPRESSION_TYPES } from '../../../src/core/batch/compression.js';
import { LOCATION, appendRaw, contentOf } from '../../support/log-fixture.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { fieldAt } from './batch-field.js';
import { cutsOf } from './bit-flip.js';
import { LOG, appendedTo, consumedFrom, recordsFrom, smallLog, verified } from './small-log.js';

const START = { kind: 'start' } as const;

describe.each(COMPRESSION_TYPES)('a log of %s batches', (codec) => {
  test('cut at any byte gives every whole batch, and goes on behind them', async () => {
    const { fs: whole, records, baseOffsets } = await smallLog(codec, 'unsynced');
    const bytes = contentOf(whole, LOG);
    for (const { fs, length } of cutsOf(whole, LOG)) {
      const { index, position } = fieldAt(bytes, length);
      expect(position).toBeLessThanOrEqual(length);
      const endOffset = baseOffsets[index]!;
      const right = { records: records.slice(0, endOffset), error: undefined };
      expect(consumedFrom(fs, START)).toEqual(right);
      expect(recordsFrom(fs, 0)).toEqual(right);
      expect(await appendedTo(fs)).toBe(endOffset);
      const { records: after, error } = consumedFrom(fs, START);
      expect([after.slice(0, endOffset), error]).toEqual([right.records, undefined]);
      expect(after).toHaveLength(endOffset + 1);
    }
  });

  test('cut at any byte, where another segment follows, is told', async () => {
    const { fs: whole, records } = await smallLog(codec, 'sealed');
    for (const { fs } of cutsOf(whole, LOG)) {
      const { records: read, error } = consumedFrom(fs, START);
      expect(read).toEqual(records.slice(0, read.length));
      expect(error?.code).toBe('SEGMENT_CORRUPT');
      expect(verified(fs).findings.some(({ kind }) => kind === 'damage')).toBe(true);
    }
  });
});

describe('behind the last batch', () => {
  const random = new SeededRandom(7);
  const garbage = (length: number): Buffer =>
    Buffer.from(Array.from({ length }, () => random.below(256)));
  const lengths = [1, 11, 12, 16, 17, 60, 61, 62, 511, 512, 4096, 70_000];

  function expectGoesOn(fs: MemoryFileSystem, records: readonly string[]): Promise<void> {
    return (async () => {
      expect(consumedFrom(fs, START)).toEqual({ records, error: undefined });
      expect(verified(fs).findings.every(({ kind }) => kind === 'note')).toBe(true);
      expect(await appendedTo(fs)).toBe(records.length);
      expect(consumedFrom(fs, START).records).toHaveLength(records.length + 1);
    })();
  }

  test.each(lengths)('%d zeros are cut, and the log goes on', async (length) => {
    const { fs, records } = await smallLog('none', 'active');
    appendRaw(fs, LOG, Buffer.alloc(length));
    await expectGoesOn(fs, records);
  });

  test.each(lengths)('%d bytes of garbage are cut, and the log goes on', async (length) => {
    const { fs, records } = await smallLog('none', 'active');
    appendRaw(fs, LOG, garbage(length));
    await expectGoesOn(fs, records);
    expect(fs.list(LOCATION.directory).filter((name) => name.includes('.torn'))).toHaveLength(1);
  });

  test.each([0, 1, 2, 3])('a copy of batch %d is passed over', async (index) => {
    const { fs, records } = await smallLog('none', 'active');
    const bytes = contentOf(fs, LOG);
    const starts = [...bytes.keys()].filter((at) => fieldAt(bytes, at).position === at);
    const [from, to = bytes.length] = [starts[index]!, starts[index + 1]];
    appendRaw(fs, LOG, bytes.subarray(from, to));
    await expectGoesOn(fs, records);
  });
});
