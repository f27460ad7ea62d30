import { describe, expect, test } from '@jest/globals';
import { initialControlFile } from '../../../src/core/log/control-file.js';
import { LogView } from '../../../src/core/log/log-view.js';
import { verifySegment } from '../../../src/core/log/verify-segment.js';
import { LOCATION } from '../../support/log-fixture.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import { LOG, logOf, patch, readBytes, writeBytes } from './verification.js';

function verify(
  fs: MemoryFileSystem,
  { isLast = true, allowGaps = false, bootId = 'boot-1' } = {},
) {
  const view = new LogView({ fs, bootId }, LOCATION, { allowGaps });
  const steps = verifySegment(view, { baseOffset: 0, isLast, leaderEpochs: undefined });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function positionsOf(bytes: Buffer): number[] {
  const positions = [];
  for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) positions.push(at);
  return positions;
}

/** Without the batches at these places in the order of the file. */
function without(bytes: Buffer, ...dropped: readonly number[]): Buffer {
  const starts = [...positionsOf(bytes), bytes.length];
  const batches = starts.slice(0, -1).map((start, at) => bytes.subarray(start, starts[at + 1]));
  return Buffer.concat(batches.filter((_, at) => !dropped.includes(at)));
}

describe('where a segment ends', () => {
  test('is certain in a sound one', async () => {
    expect(verify(await logOf(4))).toMatchObject({
      endOffset: 8,
      hasUncertainEnd: false,
      hasUnfinishedEnd: false,
    });
  });

  test('is where an unfinished append begins', async () => {
    const fs = await logOf(4);
    writeBytes(fs, LOG, Buffer.concat([readBytes(fs, LOG), Buffer.from('begun')]));
    expect(verify(fs)).toMatchObject({
      endOffset: 8,
      hasUncertainEnd: false,
      hasUnfinishedEnd: true,
    });
  });

  test('is uncertain in a sealed one that ends like that', async () => {
    const fs = await logOf(4);
    writeBytes(fs, LOG, Buffer.concat([readBytes(fs, LOG), Buffer.from('begun')]));
    expect(verify(fs, { isLast: false })).toMatchObject({
      hasUncertainEnd: true,
      hasUnfinishedEnd: false,
      findings: [{ kind: 'damage', file: LOG }],
    });
  });
});

describe('missing offsets', () => {
  test('are damage in the middle, and no finding where compaction leaves them', async () => {
    const fs = await logOf(5);
    writeBytes(fs, LOG, Buffer.concat([without(readBytes(fs, LOG), 2), Buffer.alloc(79)]));
    const found = verify(fs).findings.filter(({ file }) => file === LOG);
    expect(found).toMatchObject([
      { kind: 'damage', offset: 4, reason: 'offsets 4 to 5 are missing' },
      {},
    ]);
    writeBytes(fs, LOG, without(readBytes(fs, LOG).subarray(0, -79), 1));
    const compacted = verify(fs, { allowGaps: true, bootId: 'other' });
    const reasons = compacted.findings
      .filter(({ file }) => file === LOG)
      .map(({ reason }) => reason);
    expect(reasons).toEqual([expect.stringContaining('were on disk')]);
  });

  test('twice are told twice', async () => {
    const fs = await logOf(6);
    writeBytes(fs, LOG, without(readBytes(fs, LOG), 1, 3));
    const found = verify(fs, { isLast: false }).findings.filter(({ reason }) =>
      /are missing/.test(reason),
    );
    expect(found.map(({ offset }) => offset)).toEqual([2, 6]);
  });
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['missing offsets', (bytes) => without(bytes, 0)],
  ['a batch length that is too large', (bytes) => Buffer.from(bytes.fill(0x7f, 9, 10))],
])('in a folder that was put there, %s before good batches are no torn tail', async (_, harm) => {
  const fs = await logOf(4);
  writeBytes(fs, LOG, harm(readBytes(fs, LOG)));
  writeBytes(fs, LOCATION.controlPath, initialControlFile());
  const { findings, hasUncertainEnd } = verify(fs);
  expect(hasUncertainEnd).toBe(true);
  expect(findings[0]).toMatchObject({ kind: 'damage', file: LOG, position: 0 });
  writeBytes(fs, LOG, readBytes(fs, LOG).subarray(0, 30));
  expect(verify(fs)).toMatchObject({ hasUnfinishedEnd: true, hasUncertainEnd: false });
});

test('a base offset that goes back to no other batch is damage, not a ghost', async () => {
  const fs = await logOf(4);
  const last = positionsOf(readBytes(fs, LOG)).at(-1)!;
  patch(fs, LOG, last + 7, Buffer.from([3]));
  const [finding] = verify(fs).findings;
  expect(finding).toMatchObject({
    kind: 'damage',
    position: last,
    reason: 'offset 3 where 6 was due',
  });
});

test('a file in which everything is wrong comes to an end', async () => {
  const fs = await logOf(1);
  const batch = readBytes(fs, LOG);
  batch[70]! ^= 1;
  const many = Array.from({ length: 300 }, (_, at) => {
    const copy = Buffer.from(batch);
    copy.writeBigInt64BE(BigInt(2 * at));
    if (at % 2 === 1) copy[70]! ^= 1;
    return copy;
  });
  writeBytes(fs, LOG, Buffer.concat(many));
  const { findings, batches } = verify(fs, { isLast: false });
  expect(findings.filter(({ file }) => file === LOG).length).toBe(100);
  // Every other batch is good: it does not read on to say what it will not say.
  expect(batches).toBeLessThan(110);
});
