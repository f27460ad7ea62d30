import { describe, expect, test } from '@jest/globals';
import { RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';
import { initialControlFile } from '../../../src/core/log/control-file.js';
import { LogLock } from '../../../src/core/log/log-lock.js';
import { LogReader } from '../../../src/core/log/log-reader.js';
import { verifyLog } from '../../../src/core/log/verify-log.js';
import {
  LOCATION,
  NO_WAIT,
  START_MS,
  appendSynced,
  batchOf,
  environment,
  openWriter,
  readValues,
} from '../../support/log-fixture.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import {
  INDEX,
  LOG,
  TIME_INDEX,
  damageOf,
  forEachFlip,
  logOf,
  patch,
  readBytes,
  verify,
  writeBytes,
} from './verification.js';

/** A batch of the fixture has at most this many bytes: some of them a segment. */
const ROLLING = { segmentBytes: 300 };

function at(baseOffset: number, suffix = '.log'): string {
  return `${LOCATION.directory}/${String(baseOffset).padStart(20, '0')}${suffix}`;
}

function basesOf(fs: MemoryFileSystem): number[] {
  return fs
    .list(LOCATION.directory)
    .filter((name) => name.endsWith('.log'))
    .map((name) => Number(name.slice(0, 20)))
    .sort((a, b) => a - b);
}

describe('a sound log', () => {
  test('has no finding, and everything of it is counted', async () => {
    const fs = await logOf(5);
    const sizeBytes = readBytes(fs, LOG).length;
    expect(verify(fs)).toEqual({ segments: 1, batches: 5, records: 10, sizeBytes, findings: [] });
    expect(readBytes(fs, INDEX).length).toBe(4 * 8);
  });

  test('of many segments has none either', async () => {
    const fs = await logOf(30, ROLLING);
    const { segments, findings } = verify(fs);
    expect(segments).toBeGreaterThan(5);
    expect(findings).toEqual([]);
  });

  test('tells how far it is', async () => {
    const fs = await logOf(30, ROLLING);
    let verifiedBytes = 0;
    const steps = verifyLog({ fs, bootId: 'boot-1' }, LOCATION, { allowGaps: false });
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) verifiedBytes += step.value.verifiedBytes;
    expect(verifiedBytes).toBe(step.value.sizeBytes);
  });

  test('is not written to', async () => {
    const fs = await logOf(5);
    const { operationCount } = fs;
    verify(fs);
    expect(fs.operationCount).toBe(operationCount);
  });
});

describe('any flipped bit', () => {
  test('of the log is damage, but in a leader epoch it is a note', async () => {
    const fs = await logOf(3);
    const batchPositions = new Set<number>();
    const bytes = readBytes(fs, LOG);
    for (let position = 0; position < bytes.length;) {
      batchPositions.add(position);
      position += 12 + bytes.readInt32BE(position + 8);
    }
    const undetected: number[] = [];
    forEachFlip(fs, LOG, (position) => {
      const found = verify(fs);
      if (damageOf(found).length > 0) return;
      expect(found.findings.length).toBeGreaterThan(0);
      const start = Math.max(...[...batchPositions].filter((each) => each <= position));
      undetected.push(position - start);
    });
    // partitionLeaderEpoch, under no checksum and of no consequence to a reader.
    expect(new Set(undetected)).toEqual(new Set([12, 13, 14, 15]));
  });

  test('of an offset index is damage, or its entry still leads no reader astray', async () => {
    const fs = await logOf(5);
    const right = readValues(fs);
    let harmlessCount = 0;
    forEachFlip(fs, INDEX, () => {
      const found = verify(fs);
      for (let from = 0; from < right.length; from++) {
        expect(readValues(fs, { from })).toEqual(right.slice(from));
      }
      if (damageOf(found).length > 0) return;
      // An offset that became that of a later batch, as old brokers write it.
      expect(found.findings.map(({ reason }) => reason)).toEqual([
        expect.stringContaining('name a batch before their offset'),
      ]);
      harmlessCount++;
    });
    expect(harmlessCount).toBeLessThan(5);
  });

  test('of a time index is damage, or its entry still names the right batch', async () => {
    const fs = await logOf(5);
    let harmlessCount = 0;
    forEachFlip(fs, TIME_INDEX, () => {
      const found = verify(fs);
      if (damageOf(found).length > 0) return;
      expect(found.findings.map(({ reason }) => reason)).toEqual([
        expect.stringContaining('name a record inside of a batch'),
      ]);
      harmlessCount++;
    });
    expect(harmlessCount).toBeLessThanOrEqual(5);
  });

  test('of a control file, one in each byte, throws nothing', async () => {
    const fs = await logOf(3);
    forEachFlip(fs, LOCATION.controlPath, () => verify(fs), [0]);
  });
});

describe('the end of the active segment', () => {
  test('torn at any byte behind what was synced is a note', async () => {
    const fs = await logOf(3);
    const { sizeBytes } = verify(fs);
    const torn = Buffer.concat([readBytes(fs, LOG), batchOf(['torn', 'off'])]);
    torn.writeBigInt64BE(6n, sizeBytes);
    for (let length = sizeBytes + 1; length < torn.length; length++) {
      writeBytes(fs, LOG, torn.subarray(0, length));
      const { findings, records } = verify(fs);
      expect(records).toBe(6);
      expect(findings).toMatchObject([{ kind: 'note', file: LOG, position: sizeBytes, offset: 6 }]);
      expect(findings[0]?.reason).toContain(`incomplete tail of ${length - sizeBytes} bytes`);
    }
  });

  test('cut at any byte of what was synced is damage', async () => {
    const fs = await logOf(3);
    const whole = readBytes(fs, LOG);
    for (let length = 0; length < whole.length; length++) {
      writeBytes(fs, LOG, whole.subarray(0, length));
      expect(damageOf(verify(fs)).map(({ file }) => file)).toContain(LOG);
    }
  });

  test.each([
    ['zeros', Buffer.alloc(100)],
    ['garbage', Buffer.alloc(100, 0xa5)],
  ])('followed by %s is a note', async (_, tail) => {
    const fs = await logOf(3);
    writeBytes(fs, LOG, Buffer.concat([readBytes(fs, LOG), tail]));
    const { findings } = verify(fs);
    expect(findings).toMatchObject([{ kind: 'note', position: readBytes(fs, LOG).length - 100 }]);
  });

  test('followed by a copy of an earlier batch is a ghost, and counted', async () => {
    const fs = await logOf(3);
    const whole = readBytes(fs, LOG);
    const first = whole.subarray(0, 12 + whole.readInt32BE(8));
    writeBytes(fs, LOG, Buffer.concat([whole, first, first]));
    expect(verify(fs).findings).toMatchObject([
      {
        kind: 'note',
        position: whole.length,
        offset: 0,
        reason: expect.stringMatching(/^2 batches/),
      },
    ]);
  });

  test('that lost a batch to a power cut, but not its index entries, is a note', async () => {
    const fs = await logOf(3);
    const { sizeBytes } = verify(fs);
    const writer = openWriter(environment(fs), { indexIntervalBytes: 1 });
    await writer.append(
      [batchOf(['lost'], { timestamp: START_MS + 100 })],
      NO_WAIT,
      () => undefined,
    );
    writer.close();
    const log = fs.open(LOG, 'append');
    log.truncate(sizeBytes);
    log.close();
    expect(damageOf(verify(fs, { bootId: 'boot-2' }))).toEqual([]);
    expect(verify(fs, { bootId: 'boot-2' }).findings.map(({ file }) => file)).toEqual([
      INDEX,
      TIME_INDEX,
    ]);
    expect(damageOf(verify(fs)).map(({ file }) => file)).toEqual([INDEX, TIME_INDEX]);
  });
});

describe('damage', () => {
  test('in several places is found in one run, each with file, byte and offset', async () => {
    const fs = await logOf(6);
    const bytes = readBytes(fs, LOG);
    const second = 12 + bytes.readInt32BE(8);
    const third = second + 12 + bytes.readInt32BE(second + 8);
    const fourth = third + 12 + bytes.readInt32BE(third + 8);
    patch(fs, LOG, second + 70, Buffer.from([0xff]));
    patch(fs, LOG, fourth + 8, Buffer.from([0x7f]));
    expect(damageOf(verify(fs))).toMatchObject([
      {
        file: LOG,
        position: second,
        offset: 2,
        reason: 'the checksum is wrong; offsets 2 to 3 cannot be read',
      },
      {
        file: LOG,
        position: fourth,
        offset: 6,
        reason: expect.stringMatching(/^only .* offsets 6 to 7 cannot be read$/),
      },
    ]);
  });

  test('of one base offset upward is not taken for the loss of all that follows', async () => {
    const fs = await logOf(5);
    const second = 12 + readBytes(fs, LOG).readInt32BE(8);
    patch(fs, LOG, second + 5, Buffer.from([0x10]));
    const found = damageOf(verify(fs)).filter(({ file }) => file === LOG);
    expect(found).toMatchObject([
      { position: second, offset: 2, reason: 'wrong base offset: 2 was due' },
    ]);
  });

  test('is a segment that is missing, wherever it is', async () => {
    const whole = await logOf(12, ROLLING);
    const bases = basesOf(whole);
    expect(bases.length).toBeGreaterThan(3);
    for (const [index, base] of bases.entries()) {
      const fs = await logOf(12, ROLLING);
      for (const suffix of ['.log', '.index', '.timeindex']) fs.removeFile(at(base, suffix));
      const [finding, ...others] = damageOf(verify(fs));
      expect(others).toEqual([]);
      expect(finding?.reason).toContain('missing');
      expect(finding?.offset).toBe(base);
      expect(bases[index]).toBe(base);
    }
  });

  test('is a sealed segment that ends early, at a batch or inside of one', async () => {
    for (const cutBytes of [1, 75]) {
      const fs = await logOf(12, ROLLING);
      const [, second] = basesOf(fs);
      const bytes = readBytes(fs, LOG);
      writeBytes(fs, LOG, bytes.subarray(0, bytes.length - cutBytes));
      expect(damageOf(verify(fs)).length).toBeGreaterThan(0);
      expect(second).toBeGreaterThan(0);
    }
  });

  test.each([
    ['a batch of too few records', { lastOffsetDelta: 3 }, '2 records in a batch of 4 offsets'],
  ])('is %s, though its checksum is right', async (_, fields, reason) => {
    const fs = await logOf(1);
    const builder = new RecordBatchBuilder({ capacityBytes: 4096, compression: 'none' });
    builder.append(START_MS, null, Buffer.from('a'), []);
    builder.append(START_MS, null, Buffer.from('b'), []);
    writeBytes(fs, LOG, Buffer.from(builder.build(fields)));
    writeBytes(fs, TIME_INDEX, Buffer.alloc(0));
    const found = damageOf(verify(fs));
    expect(found.map((finding) => finding.reason)).toContain(reason);
    expect(
      damageOf(verify(fs, { allowGaps: true })).map((finding) => finding.reason),
    ).not.toContain(reason);
  });

  test.each<[string, (fs: MemoryFileSystem) => void]>([
    ['missing', (fs) => fs.removeFile(LOCATION.controlPath)],
    [
      'cut short',
      (fs) => writeBytes(fs, LOCATION.controlPath, initialControlFile().subarray(0, 9)),
    ],
    [
      'torn in both halves of a pair',
      (fs) => patch(fs, LOCATION.controlPath, 1024, Buffer.alloc(1024)),
    ],
  ])('is a control file that is %s, and the log is verified nevertheless', async (_, harm) => {
    const fs = await logOf(3);
    harm(fs);
    const { findings, records } = verify(fs);
    expect(records).toBe(6);
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'damage', file: LOCATION.controlPath }),
      ]),
    );
  });

  test('is a folder without a segment', async () => {
    const fs = await logOf(3);
    for (const name of fs.list(LOCATION.directory)) fs.removeFile(`${LOCATION.directory}/${name}`);
    expect(damageOf(verify(fs)).map(({ reason }) => reason)).toEqual(['holds no segment']);
  });

  test('is a checkpoint of leader epochs that says nothing', async () => {
    const fs = await logOf(3);
    const path = `${LOCATION.directory}/leader-epoch-checkpoint`;
    writeBytes(fs, path, Buffer.from('1\n'));
    expect(damageOf(verify(fs))).toMatchObject([{ file: path }]);
  });
});

describe('a note', () => {
  test.each<[string, (fs: MemoryFileSystem) => void, string]>([
    ['a missing index', (fs) => fs.removeFile(INDEX), INDEX],
    ['an empty index', (fs) => writeBytes(fs, INDEX, Buffer.alloc(0)), ''],
    [
      'a padded index',
      (fs) => writeBytes(fs, INDEX, Buffer.concat([readBytes(fs, INDEX), Buffer.alloc(80)])),
      INDEX,
    ],
    [
      'a ragged index',
      (fs) => writeBytes(fs, TIME_INDEX, readBytes(fs, TIME_INDEX).subarray(0, -1)),
      TIME_INDEX,
    ],
    [
      'a segment that is being removed',
      (fs) => writeBytes(fs, at(0, '.log.deleted'), Buffer.from('x')),
      at(0, '.log.deleted'),
    ],
    [
      'an unfinished compaction',
      (fs) => writeBytes(fs, at(9, '.log.cleaned'), Buffer.from('x')),
      at(9, '.log.cleaned'),
    ],
    [
      'bytes that were cut off',
      (fs) => writeBytes(fs, at(0, '.log.torn'), Buffer.from('x')),
      at(0, '.log.torn'),
    ],
    [
      'an index of no segment',
      (fs) => writeBytes(fs, at(9, '.index'), Buffer.alloc(8, 1)),
      at(9, '.index'),
    ],
  ])('is all that %s is', async (_, change, file) => {
    const fs = await logOf(3);
    change(fs);
    const { findings } = verify(fs);
    expect(findings.filter(({ kind }) => kind === 'damage')).toEqual([]);
    expect(findings.map((finding) => finding.file)).toEqual(file === '' ? [] : [file]);
  });

  test('says which records were never acknowledged', async () => {
    const fs = await logOf(3);
    const env = environment(fs);
    const lock = new LogLock(env, env.locks.open(LOCATION.controlPath));
    await lock.acquire(NO_WAIT);
    lock.keep({ failedRanges: [{ firstOffset: 2, endOffset: 4 }] });
    lock.release();
    lock.close();
    expect(verify(fs).findings).toMatchObject([
      { kind: 'note', offset: 2, reason: expect.stringMatching(/2 to 3 failed/) },
    ]);
  });
});

describe('offsets that a repair gave up', () => {
  const giveUp = async (fs: MemoryFileSystem, firstOffset: number, endOffset: number) => {
    const env = environment(fs);
    const lock = new LogLock(env, env.locks.open(LOCATION.controlPath));
    await lock.acquire(NO_WAIT);
    lock.keep({ lostRanges: [{ firstOffset, endOffset }] });
    lock.release();
  };

  test.each([
    ['between two segments', 1, 2],
    ['before the first', 0, 1],
  ])('%s are a note', async (_, from, to) => {
    const fs = await logOf(9, ROLLING);
    const bases = basesOf(fs);
    for (const suffix of ['.log', '.index', '.timeindex']) fs.removeFile(at(bases[from]!, suffix));
    expect(damageOf(verify(fs))).toHaveLength(1);
    await giveUp(fs, bases[from]!, bases[to]! - 1);
    expect(damageOf(verify(fs))).toHaveLength(1);
    await giveUp(fs, bases[from]!, bases[to]!);
    expect(verify(fs).findings).toMatchObject([
      { kind: 'note', file: LOCATION.controlPath, offset: bases[from] },
    ]);
  });
});

test('segments that are missing below the start of the log were pruned', async () => {
  const fs = await logOf(12, ROLLING);
  const [, second = 0, third = 0] = basesOf(fs);
  for (const suffix of ['.log', '.index', '.timeindex']) fs.removeFile(at(second, suffix));
  expect(damageOf(verify(fs)).length).toBe(1);
  const env = environment(fs);
  const lock = new LogLock(env, env.locks.open(LOCATION.controlPath));
  await lock.acquire(NO_WAIT);
  lock.keep({ logStartOffset: third });
  lock.release();
  lock.close();
  expect(verify(fs).findings).toEqual([]);
});

describe('a change under way', () => {
  /** Verifies, and lets `change` happen after each step. */
  function verifyDuring(fs: MemoryFileSystem, change: (step: number) => void) {
    const steps = verifyLog({ fs, bootId: 'boot-1' }, LOCATION, { allowGaps: false });
    for (let count = 0; ; count++) {
      const step = steps.next();
      if (step.done === true) return step.value;
      change(count);
    }
  }

  test('that makes a segment look wrong once is no finding', async () => {
    const fs = await logOf(3);
    const whole = readBytes(fs, LOG);
    writeBytes(fs, LOG, whole.subarray(0, 100));
    const found = verifyDuring(fs, () => writeBytes(fs, LOG, whole));
    expect(found).toMatchObject({ findings: [], records: 6 });
  });

  test('that makes a segment, its indexes first, is no finding', async () => {
    const fs = await logOf(3);
    writeBytes(fs, at(6, '.index'), Buffer.alloc(0));
    const found = verifyDuring(fs, () => writeBytes(fs, at(6), Buffer.alloc(0)));
    expect(found.findings).toEqual([]);
  });

  test('appends, rolls and prunes: never damage', async () => {
    const fs = await logOf(8, ROLLING);
    const config = { ...ROLLING, indexIntervalBytes: 1, retentionBytes: 600 };
    const writer = openWriter(environment(fs), config);
    const steps = verifyLog({ fs, bootId: 'boot-1' }, LOCATION, { allowGaps: false });
    let step = steps.next();
    for (let count = 0; step.done !== true; count++) {
      const timestamp = START_MS + 1000 + 10 * count;
      await appendSynced(writer, [batchOf(['x', 'y'], { timestamp })]);
      await writer.prune(NO_WAIT);
      step = steps.next();
    }
    writer.close();
    expect(step.value.findings).toEqual([]);
    expect(basesOf(fs)[0]).toBeGreaterThan(0);
    expect(
      new LogReader({ fs, bootId: 'boot-1' }, LOCATION, { allowGaps: false }).logStartOffset,
    ).toBe(basesOf(fs)[0]);
  });
});
