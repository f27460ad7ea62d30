/**
 * Repairs that die: after every single operation the machine loses power, or the process is killed, or an
 * operation fails. Whatever is left, ordinary commands read and write it, and another repair ends clean.
 */
import { describe, expect, test } from '@jest/globals';
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import { FaultFileSystem, type Operation } from '../../support/fault-fs.js';
import {
  LOCATION,
  appendSynced,
  batchOf,
  codeOf,
  environment,
  flipBit,
  openWriter,
  overwrite,
  readValues,
} from '../../support/log-fixture.js';
import { CrashSignal, type MemoryFileSystem } from '../../support/memory-fs.js';
import { planOf, readable, repair } from './repairing.js';
import { INDEX, LOG, damageOf, logOf, positionsOf, verify } from './verification.js';

/** 0 is the worst disk; 1, the best, is what a kill leaves, and has a test of its own. */
const SEEDS = Array.from(
  { length: Number(process.env['SPOOL_TEST_SEEDS'] ?? 2) },
  (_, at) => at * 2,
);

const CONFIG = { indexIntervalBytes: 1 };

type Value = { readonly offset: number; readonly value: string };

interface Damage {
  readonly name: string;
  readonly make: () => Promise<MemoryFileSystem>;
  /** Offsets that may be given up. */
  readonly lost: readonly number[];
}

/** The same log, damaged, anew each time. */
function damaged(
  harm: (fs: MemoryFileSystem, positions: readonly number[]) => void,
  config = {},
): () => Promise<MemoryFileSystem> {
  const whole = logOf(9, config);
  return async () => {
    const fs = (await whole).crashClone(1);
    harm(fs, positionsOf(fs, LOG));
    return fs.crashClone(1);
  };
}

const ROLLED = { segmentBytes: 400 };

const DAMAGES: readonly Damage[] = [
  {
    name: 'a batch in the middle of the active segment',
    make: damaged((fs, at) => flipBit(fs, LOG, at[3]! + 70)),
    lost: [6, 7],
  },
  {
    name: 'its first batch and one more',
    make: damaged((fs, at) => {
      flipBit(fs, LOG, 65);
      flipBit(fs, LOG, at[5]! + 65);
    }),
    lost: [0, 1, 10, 11],
  },
  {
    name: 'its last batch, that was synced',
    make: damaged((fs, at) => flipBit(fs, LOG, at[8]! + 65)),
    lost: [16, 17],
  },
  {
    name: 'a batch of a sealed segment',
    make: damaged((fs, at) => flipBit(fs, LOG, at[1]! + 65), ROLLED),
    lost: [2, 3],
  },
  {
    name: 'a base offset',
    make: damaged((fs, at) => flipBit(fs, LOG, at[4]! + 5)),
    lost: [],
  },
  {
    name: 'the indexes of a sealed segment',
    make: damaged((fs) => overwrite(fs, INDEX, 0, Buffer.alloc(8, 9)), ROLLED),
    lost: [],
  },
  {
    name: 'the control file',
    make: damaged((fs) => overwrite(fs, LOCATION.controlPath, 1024, Buffer.alloc(1024))),
    lost: [],
  },
];

/** From each batch on, alone: damage before it does not hide it. */
function readAll(fs: FileSystem, bootId = 'boot-1'): Value[] {
  const starts = Array.from({ length: 9 }, (_, at) => 2 * at);
  return [...readable(fs, { bootId, starts })].map(([offset, value]) => ({ offset, value }));
}

function expected(lost: readonly number[]): Value[] {
  return Array.from({ length: 18 }, (_, offset) => ({
    offset,
    value: `${offset % 2 === 0 ? 'a' : 'b'}${Math.floor(offset / 2)}`,
  })).filter(({ offset }) => !lost.includes(offset));
}

function filesKeptAside(fs: FileSystem): string[] {
  return fs.list(LOCATION.directory).filter((name) => /\.log\.(damaged|torn)/.test(name));
}

/** Repairs to the end, and looks at everything that a repair promises. */
async function expectRepairable(
  fs: MemoryFileSystem,
  { lost }: Damage,
  bootId: string,
  written: readonly Value[] = [],
): Promise<void> {
  // What could be read before can be read.
  const before = readAll(fs, bootId);
  await repair(fs, { bootId });
  const verification = verify(fs, { bootId });
  expect(damageOf(verification)).toEqual([]);
  expect(planOf(fs, { bootId }).actions).toEqual([]);
  const after = readAll(fs, bootId);
  expect(after).toEqual([...expected(lost), ...written]);
  expect(after).toEqual(expect.arrayContaining(before));
  await appendMore(fs, bootId);
  expect(damageOf(verify(fs, { bootId }))).toEqual([]);
}

async function appendMore(fs: MemoryFileSystem, bootId: string): Promise<Value> {
  const writer = openWriter(environment(fs, { bootId }), CONFIG);
  const [appended] = await appendSynced(writer, [batchOf(['more'])]);
  writer.close();
  const offset = appended!.baseOffset;
  expect(offset).toBeGreaterThanOrEqual(18);
  const more = { offset, value: 'more' };
  expect(readValues(fs, { from: offset, bootId })).toEqual([more]);
  return more;
}

describe.each(DAMAGES)('$name', (damage) => {
  test('is repaired, and only what is lost is gone', async () => {
    const fs = await damage.make();
    await expectRepairable(fs, damage, 'boot-1');
    if (damage.lost.length > 0) expect(filesKeptAside(fs).length).toBeGreaterThan(0);
  });

  test('is repaired after a power cut at any operation of a repair', async () => {
    for (let count = 0; ; count++) {
      const fs = await damage.make();
      fs.crashAfter(count);
      const crashed = await dies(() => repair(fs));
      for (const seed of SEEDS) await expectRepairable(fs.crashClone(seed), damage, 'boot-2');
      if (!crashed) break;
    }
  }, 120_000);

  test('is written to and repaired after a kill at any operation of a repair', async () => {
    for (let count = 0; ; count++) {
      const fs = await damage.make();
      fs.crashAfter(count);
      const crashed = await dies(() => repair(fs));
      const disk = fs.crashClone(1);
      // A writer refuses a log whose end is not certain, and one without a control file.
      const written: Value[] = [];
      const code = await codeOf(async () => written.push(await appendMore(disk, 'boot-1')));
      if (code !== undefined) expect(['SEGMENT_CORRUPT', 'DATA_DIR_DAMAGED']).toContain(code);
      await expectRepairable(disk, damage, 'boot-1', written);
      if (!crashed) break;
    }
  }, 120_000);

  test.each([
    ['DISK_FULL', true],
    ['IO_ERROR', false],
  ] as const)(
    'is repaired after %s at any operation (for ever: %s)',
    async (fault, isForEver) => {
      for (let at = 0; ; at++) {
        const memory = await damage.make();
        const fs = new FaultFileSystem(memory);
        let changes = 0;
        fs.failWhen((operation) => {
          if (!isChange(operation)) return undefined;
          const isHit = isForEver ? changes >= at : changes === at;
          changes++;
          return isHit ? fault : undefined;
        });
        const before = readAll(memory);
        await codeOf(() => repair(fs));
        expect(readAll(memory)).toEqual(expect.arrayContaining(before));
        await expectRepairable(memory, damage, 'boot-1');
        if (changes <= at) break;
      }
    },
    120_000,
  );
});

function isChange({ kind }: Operation): boolean {
  return !['stat', 'list', 'readAt', 'read', 'close', 'update', 'freeBytes'].includes(kind);
}

async function dies(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (error instanceof CrashSignal) return true;
    throw error;
  }
}
