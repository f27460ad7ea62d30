import { describe, expect, test } from '@jest/globals';
import { crc32 } from 'node:zlib';
import { stampCrc } from '../../../src/core/batch/stamp.js';
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import { LogLock } from '../../../src/core/log/log-lock.js';
import { applyRepair } from '../../../src/core/log/repair-partition.js';
import type { RecordLoss } from '../../../src/core/log/repair-plan.js';
import {
  LOCATION,
  NO_WAIT,
  START_MS,
  appendRaw,
  appendSynced,
  batchAt,
  batchOf,
  codeOf,
  environment,
  flipBit,
  openWriter,
  overwrite,
  readValues,
  readerOf,
} from '../../support/log-fixture.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import { planOf, readable, repair, repairOptions } from './repairing.js';
import {
  INDEX,
  LOG,
  TIME_INDEX,
  damageOf,
  logOf,
  positionsOf,
  readBytes,
  verify,
  writeBytes,
} from './verification.js';

const ROLLED = { segmentBytes: 400 };

/** The second and the third segment of a log of nine batches, rolled. */
const SECOND = 8;
const THIRD = 16;

function at(baseOffset: number, suffix = '.log'): string {
  return `${LOCATION.directory}/${String(baseOffset).padStart(20, '0')}${suffix}`;
}

/** As `[first, last]`. */
function lostOf(losses: readonly RecordLoss[]): number[][] {
  return losses.map(({ firstOffset, endOffset }) => [firstOffset, endOffset - 1]);
}

function offsetsOf(fs: FileSystem): number[] {
  return [...readable(fs).keys()];
}

function without(...lost: number[]): number[] {
  return Array.from({ length: 18 }, (_, offset) => offset).filter((each) => !lost.includes(each));
}

interface Case {
  readonly name: string;
  readonly harm: (fs: MemoryFileSystem, at: readonly number[]) => void;
  /** What the plan gives up; where it is the end of the log, `isAtEnd`. */
  readonly lost?: number[][];
  readonly kinds: string[];
  /** Offsets below 18 that cannot be read afterwards. */
  readonly gone?: number[];
}

const ACTIVE: readonly Case[] = [
  {
    name: 'a record in the middle',
    harm: (fs, positions) => flipBit(fs, LOG, positions[3]! + 70),
    lost: [[6, 7]],
    gone: [6, 7],
    kinds: ['begin-segment', 'replace-segment'],
  },
  {
    name: 'the first batch, wiped',
    harm: (fs, positions) => overwrite(fs, LOG, 0, Buffer.alloc(positions[1]!)),
    lost: [[0, 1]],
    gone: [0, 1],
    kinds: ['begin-segment', 'replace-segment'],
  },
  {
    name: 'the last batch, whose header still tells how many records it had',
    harm: (fs, positions) => flipBit(fs, LOG, positions[8]! + 70),
    lost: [[16, 17]],
    gone: [16, 17],
    kinds: ['begin-segment', 'replace-segment'],
  },
  {
    name: 'the last two batches, likewise',
    harm: (fs, positions) => {
      flipBit(fs, LOG, positions[7]! + 70);
      flipBit(fs, LOG, positions[8]! + 70);
    },
    lost: [[14, 17]],
    gone: [14, 15, 16, 17],
    kinds: ['begin-segment', 'replace-segment'],
  },
  {
    name: 'a stretch over two batches and a half',
    harm: (fs, positions) => overwrite(fs, LOG, positions[2]! + 30, Buffer.alloc(200, 7)),
    lost: [[4, 9]],
    gone: [4, 5, 6, 7, 8, 9],
    kinds: ['begin-segment', 'replace-segment'],
  },
  ...(
    [
      ['a base offset', 3],
      ['a high bit of a base offset', 0],
      ['a batch length', 10],
      ['a high bit of a batch length', 8],
      ['a magic', 16],
    ] as const
  ).map(([name, place]): Case => ({
    name,
    harm: (fs, positions) => flipBit(fs, LOG, positions[4]! + place, 1),
    lost: [],
    kinds: ['begin-segment', 'replace-segment'],
  })),
  {
    name: 'a leader epoch that cannot be',
    harm: (fs, positions) => flipBit(fs, LOG, positions[4]! + 12, 7),
    lost: [],
    kinds: ['begin-segment', 'replace-segment'],
  },
  {
    name: 'records that are not what their right checksum covers',
    harm: (fs, positions) => {
      const bytes = readBytes(fs, LOG);
      bytes.writeUInt8(99, positions[4]! + 61);
      stampCrc(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), positions[4]!);
      overwrite(fs, LOG, 0, bytes);
    },
    lost: [[8, 9]],
    gone: [8, 9],
    kinds: ['begin-segment', 'replace-segment'],
  },
  {
    name: 'an append that never finished',
    harm: (fs) => appendRaw(fs, LOG, batchAt(18, ['torn']).subarray(0, 70)),
    lost: [],
    kinds: ['cut-tail'],
  },
  {
    name: 'damage, and an append that never finished',
    harm: (fs, positions) => {
      flipBit(fs, LOG, positions[3]! + 70);
      appendRaw(fs, LOG, batchAt(18, ['torn']).subarray(0, 40));
    },
    gone: [6, 7],
    kinds: ['begin-segment', 'replace-segment'],
  },
  {
    name: 'an index',
    harm: (fs) => overwrite(fs, INDEX, 4, Buffer.alloc(4, 1)),
    lost: [],
    kinds: ['rebuild-indexes'],
  },
  {
    name: 'a time index that is gone',
    harm: (fs) => fs.removeFile(TIME_INDEX),
    lost: [],
    kinds: ['rebuild-indexes'],
  },
  {
    name: 'the kept half of the control file',
    harm: (fs) => overwrite(fs, LOCATION.controlPath, 1024, Buffer.alloc(1024)),
    lost: [],
    kinds: ['write-control-file'],
  },
  {
    name: 'a control file that is gone',
    harm: (fs) => fs.removeFile(LOCATION.controlPath),
    lost: [],
    kinds: ['write-control-file'],
  },
  {
    name: 'a control file that is cut short, of which all can be read',
    harm: (fs) =>
      writeBytes(fs, LOCATION.controlPath, readBytes(fs, LOCATION.controlPath).subarray(0, 2040)),
    lost: [],
    kinds: ['write-control-file'],
  },
  {
    name: 'the leader epochs',
    harm: (fs) => writeBytes(fs, `${LOCATION.directory}/leader-epoch-checkpoint`, Buffer.from('x')),
    lost: [],
    kinds: ['write-leader-epochs'],
  },
];

const OF_MANY_SEGMENTS: readonly Case[] = [
  {
    name: 'a batch of a sealed segment',
    harm: (fs) => flipBit(fs, at(SECOND), positionsOf(fs, at(SECOND))[1]! + 70),
    lost: [[10, 11]],
    gone: [10, 11],
    kinds: ['replace-segment'],
  },
  {
    name: 'the last batch of a sealed segment, and the first of the next',
    harm: (fs) => {
      flipBit(fs, at(SECOND), positionsOf(fs, at(SECOND))[3]! + 70);
      flipBit(fs, at(THIRD), 70);
    },
    lost: [[14, 17]],
    gone: [14, 15, 16, 17],
    kinds: ['begin-segment', 'replace-segment', 'replace-segment'],
  },
  {
    name: 'a sealed segment that is gone',
    harm: (fs) => fs.removeFile(at(SECOND)),
    lost: [[8, 15]],
    gone: [8, 9, 10, 11, 12, 13, 14, 15],
    kinds: ['finish-interrupted-change'],
  },
  {
    name: 'a sealed segment that is gone with its indexes',
    harm: (fs) => {
      for (const suffix of ['.log', '.index', '.timeindex']) fs.removeFile(at(SECOND, suffix));
    },
    lost: [[8, 15]],
    gone: [8, 9, 10, 11, 12, 13, 14, 15],
    kinds: ['give-up-offsets'],
  },
  {
    name: 'the first segment, gone',
    harm: (fs) => {
      for (const suffix of ['.log', '.index', '.timeindex']) fs.removeFile(at(0, suffix));
    },
    lost: [[0, 7]],
    gone: [0, 1, 2, 3, 4, 5, 6, 7],
    kinds: ['give-up-offsets'],
  },
  {
    name: 'a sealed segment that is empty',
    harm: (fs) => writeBytes(fs, at(SECOND), Buffer.alloc(0)),
    lost: [[8, 15]],
    gone: [8, 9, 10, 11, 12, 13, 14, 15],
    kinds: ['rebuild-indexes'],
  },
  {
    name: 'the only batch of the active segment, gone at a batch’s border',
    harm: (fs) => writeBytes(fs, at(THIRD), Buffer.alloc(0)),
    gone: [16, 17],
    kinds: ['begin-segment', 'rebuild-indexes'],
  },
  {
    name: 'the active segment, gone',
    harm: (fs) => {
      for (const suffix of ['.log', '.index', '.timeindex']) fs.removeFile(at(THIRD, suffix));
    },
    gone: [16, 17],
    kinds: ['begin-segment', 'rebuild-indexes'],
  },
  {
    name: 'a time index of a sealed segment that ends early',
    harm: (fs) =>
      writeBytes(
        fs,
        at(SECOND, '.timeindex'),
        readBytes(fs, at(SECOND, '.timeindex')).subarray(0, 12),
      ),
    lost: [],
    kinds: ['rebuild-indexes'],
  },
];

async function expectRepaired(fs: MemoryFileSystem, { lost, kinds, gone = [] }: Case) {
  const plan = planOf(fs);
  expect(plan.actions.map(({ kind }) => kind)).toEqual(kinds);
  if (lost !== undefined) expect(lostOf(plan.losses)).toEqual(lost);
  expect(plan.irreparable).toEqual([]);
  const before = offsetsOf(fs);
  const { operationCount } = fs;
  planOf(fs);
  expect(fs.operationCount).toBe(operationCount);

  await repair(fs);
  expect(damageOf(verify(fs))).toEqual([]);
  expect(offsetsOf(fs)).toEqual(without(...gone));
  expect(offsetsOf(fs)).toEqual(
    expect.arrayContaining(before.filter((each) => !gone.includes(each))),
  );
  // What is lost is known to be, and nothing is left to do.
  const { lostRanges, logStartOffset } = readerOf(fs).control()!;
  for (const { firstOffset, endOffset } of plan.losses) {
    expect(
      lostRanges.some((range) => range.firstOffset <= firstOffset && endOffset <= range.endOffset),
    ).toBe(true);
  }
  expect(logStartOffset).toBe(0);
  const again = planOf(fs);
  expect([again.actions, again.losses, again.irreparable]).toEqual([[], [], []]);
  // Neither an offset nor a file is given out twice.
  const writer = openWriter(environment(fs));
  const [appended] = await appendSynced(writer, [batchOf(['more'])]);
  writer.close();
  expect(appended!.baseOffset).toBeGreaterThanOrEqual(18);
  expect(damageOf(verify(fs))).toEqual([]);
}

describe('of the active segment, is repaired:', () => {
  test.each(ACTIVE)('$name', async (each) => {
    const fs = await logOf(9);
    each.harm(fs, positionsOf(fs, LOG));
    await expectRepaired(fs, each);
  });
});

describe('of a log of many segments, is repaired:', () => {
  test.each(OF_MANY_SEGMENTS)('$name', async (each) => {
    const fs = await logOf(9, ROLLED);
    expect(readerOf(fs).baseOffsets()).toEqual([0, SECOND, THIRD]);
    each.harm(fs, []);
    await expectRepaired(fs, each);
  });
});

test('any flipped bit of a log is repaired, and costs no other batch', async () => {
  const whole = await logOf(4);
  const right = readValues(whole);
  const positions = positionsOf(whole, LOG);
  const bytes = readBytes(whole, LOG);
  let mended = 0;
  for (let position = 0; position < bytes.length; position++) {
    const bit = position % 8;
    const fs = whole.crashClone(1);
    flipBit(fs, LOG, position, bit);
    await repair(fs);
    expect(damageOf(verify(fs))).toEqual([]);
    const hit = positions.findLastIndex((each) => each <= position);
    const offsets = offsetsOf(fs);
    for (const { offset } of right) {
      if (offset >> 1 !== hit) expect(offsets).toContain(offset);
    }
    if (offsets.length === right.length) mended++;
    const values = new Map(right.map(({ offset, value }) => [offset, value]));
    for (const [offset, value] of readable(fs)) expect(value).toBe(values.get(offset));
  }
  // The fields that no checksum covers, but for the last batch's, whose offset nothing confirms.
  expect(mended).toBeGreaterThanOrEqual(4 * 17 - 8);
});

describe('the bytes that are taken out', () => {
  test('are kept, as they were, in a file of their own each time', async () => {
    const fs = await logOf(9);
    const [, , , fourth = 0, fifth = 0] = positionsOf(fs, LOG);
    flipBit(fs, LOG, fourth + 70);
    const bad = readBytes(fs, LOG).subarray(fourth, fifth);
    const { keptAside } = await repair(fs);
    expect(keptAside).toEqual([at(0, '.log.damaged')]);
    expect(readBytes(fs, at(0, '.log.damaged'))).toEqual(bad);
    flipBit(fs, LOG, 70);
    const again = await repair(fs);
    expect(again.keptAside).toEqual([at(0, '.log.damaged.2')]);
    expect(readBytes(fs, at(0, '.log.damaged'))).toEqual(bad);
  });

  test('do not take the place of what a recovery cut off before', async () => {
    const fs = await logOf(2);
    writeBytes(fs, at(0, '.log.torn'), Buffer.from('before'));
    appendRaw(fs, LOG, Buffer.from('torn'));
    const { keptAside } = await repair(fs);
    expect(keptAside).toEqual([at(0, '.log.torn.2')]);
    expect(readBytes(fs, at(0, '.log.torn')).toString()).toBe('before');
    expect(readBytes(fs, at(0, '.log.torn.2')).toString()).toBe('torn');
  });
});

test('what can be told of the times of lost records is told', async () => {
  const fs = await logOf(9);
  flipBit(fs, LOG, positionsOf(fs, LOG)[3]! + 70);
  expect(planOf(fs).losses).toEqual([
    {
      firstOffset: 6,
      endOffset: 8,
      isAtEnd: false,
      damagedBytes: positionsOf(fs, LOG)[4]! - positionsOf(fs, LOG)[3]!,
      afterTimestamp: START_MS + 21,
      beforeTimestamp: START_MS + 40,
    },
  ]);
});

test('lookups by time find what is left, in the segments that a damaged one became', async () => {
  const fs = await logOf(9);
  flipBit(fs, LOG, positionsOf(fs, LOG)[3]! + 70);
  await repair(fs);
  const found = (ms: number) => readerOf(fs).offsetForTimestamp(START_MS + ms);
  expect(found(20)).toEqual({ offset: 4, timestamp: START_MS + 20 });
  expect(found(30)).toEqual({ offset: 8, timestamp: START_MS + 40 });
  expect(found(81)).toEqual({ offset: 17, timestamp: START_MS + 81 });
  expect(found(82)).toBeUndefined();
});

test('a reader in the middle of the old file meets each record once, and the loss', async () => {
  const fs = await logOf(9);
  flipBit(fs, LOG, positionsOf(fs, LOG)[3]! + 70);
  const cursor = readerOf(fs).openAt(0);
  const offsets: number[] = [];
  while (offsets.length < 3 && cursor.next()) offsets.push(cursor.batch.baseOffset);
  await repair(fs);
  for (let calls = 0; calls < 20; calls++) if (cursor.next()) offsets.push(cursor.batch.baseOffset);
  expect(offsets).toEqual([0, 2, 4, 8, 10, 12, 14, 16]);
  cursor.close();
});

test('a writer that was at work goes on behind the repair', async () => {
  const fs = await logOf(9);
  const writer = openWriter(environment(fs));
  await writer.append([batchOf(['before'])], NO_WAIT, () => undefined);
  flipBit(fs, LOG, positionsOf(fs, LOG)[3]! + 70);
  await repair(fs);
  await writer.sync(NO_WAIT);
  const [appended] = await appendSynced(writer, [batchOf(['behind'])]);
  expect(appended!.baseOffset).toBe(19);
  writer.close();
  expect(readValues(fs, { from: 18 })).toEqual([
    { offset: 18, value: 'before' },
    { offset: 19, value: 'behind' },
  ]);
});

describe('nothing is changed', () => {
  test('in a sound log', async () => {
    const fs = await logOf(9, ROLLED);
    const plan = planOf(fs);
    expect([plan.actions, plan.losses, plan.irreparable]).toEqual([[], [], []]);
  });

  test('where more would be lost than was shown', async () => {
    const fs = await logOf(9);
    flipBit(fs, LOG, positionsOf(fs, LOG)[3]! + 70);
    const shown = planOf(fs);
    flipBit(fs, LOG, positionsOf(fs, LOG)[5]! + 70);
    const before = fs.tree();
    const bytes = readBytes(fs, LOG);
    const { findings } = verify(fs);
    const run = { findings, shown, wait: NO_WAIT, pause: () => Promise.resolve() };
    expect(await codeOf(() => applyRepair(environment(fs), repairOptions(), run))).toBe(
      'CONFIRMATION_REQUIRED',
    );
    expect(fs.tree()).toEqual(before);
    expect(readBytes(fs, LOG)).toEqual(bytes);
  });

  test('while another holds the lock', async () => {
    const fs = await logOf(9);
    flipBit(fs, LOG, positionsOf(fs, LOG)[3]! + 70);
    const env = environment(fs);
    const lock = new LogLock(env, env.locks.open(LOCATION.controlPath));
    await lock.acquire(NO_WAIT);
    expect(await codeOf(() => repair(fs, { env }))).toBe('BUSY');
  });

  test.each<[string, (fs: MemoryFileSystem) => void, { allowGaps?: boolean }, string]>([
    [
      'of a compacted topic, where a gap proves nothing',
      (fs) => flipBit(fs, LOG, 70),
      { allowGaps: true },
      'compacted',
    ],
    ['of an old message format', (fs) => writeBytes(fs, LOG, oldMessage()), {}, 'before v2'],
    [
      'with aborted transactions',
      (fs) => {
        flipBit(fs, LOG, 70);
        writeBytes(fs, at(0, '.txnindex'), Buffer.alloc(34));
      },
      {},
      'aborted transactions',
    ],
    [
      'that goes on past the next one',
      (fs) => writeBytes(fs, at(8), batchAt(8, ['a'])),
      {},
      'where the next segment begins',
    ],
    [
      'of which nothing tells where it ended',
      (fs) => {
        fs.removeFile(LOCATION.controlPath);
        fs.removeFile(LOG);
      },
      {},
      'nothing tells where the log ended',
    ],
  ])('in a segment %s; it is said', async (_, harm, words, reason) => {
    const fs = await logOf(9);
    harm(fs);
    const plan = planOf(fs, words);
    expect(plan.irreparable).toEqual([
      expect.objectContaining({ reason: expect.stringContaining(reason) }),
    ]);
    expect(plan.losses).toEqual([]);
    expect(plan.actions.map(({ kind }) => kind)).not.toContain('replace-segment');
  });
});

/** Format v1: offset, size, CRC-32, magic, attributes, timestamp, null key, value "x". */
function oldMessage(): Buffer {
  const checked = Buffer.from('0100' + '0000018bcfe56800' + 'ffffffff' + '00000001' + '78', 'hex');
  const head = Buffer.alloc(16);
  head.writeInt32BE(checked.length + 4, 8);
  head.writeUInt32BE(crc32(checked), 12);
  return Buffer.concat([head, checked]);
}
