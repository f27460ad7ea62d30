import { expect, test } from '@jest/globals';
import { swapIn, writeCleaned } from '../../../src/core/log/repair-rewrite.js';
import { sweepLeftovers } from '../../../src/core/segment/leftovers.js';
import { CoreError } from '../../../src/core/errors.js';
import { LOCATION, codeOf, flipBit } from '../../support/log-fixture.js';
import { CrashSignal, type MemoryFileSystem } from '../../support/memory-fs.js';
import { planOf, readable } from './repairing.js';
import { LOG, logOf, positionsOf, readBytes } from './verification.js';

function write(fs: MemoryFileSystem): number[] {
  const [rewrite] = planOf(fs).rewrites;
  const steps = writeCleaned(fs, LOCATION, rewrite!);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

async function damagedLog(): Promise<MemoryFileSystem> {
  const fs = await logOf(9);
  const positions = positionsOf(fs, LOG);
  flipBit(fs, LOG, positions[3]! + 70);
  flipBit(fs, LOG, positions[6]! + 1);
  return fs.crashClone(1);
}

test('a segment for each run of good batches, byte for byte but for what was put right', async () => {
  const whole = readBytes(await logOf(9), LOG);
  const fs = await damagedLog();
  const positions = positionsOf(fs, LOG);
  expect(write(fs)).toEqual([0, 8]);
  const made = (base: string) =>
    readBytes(fs, `${LOCATION.directory}/${base.padStart(20, '0')}.log.cleaned`);
  expect(made('0')).toEqual(whole.subarray(0, positions[3]));
  expect(made('8')).toEqual(whole.subarray(positions[4]));
});

test('a death at any step of the exchange is swept to the old log or to the new one', async () => {
  const damaged = await damagedLog();
  const rest = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17];
  const outcomes = new Set<string>();
  for (let count = 0; ; count++) {
    const fs = damaged.crashClone(1);
    const made = write(fs);
    fs.crashAfter(count);
    let crashed = false;
    try {
      swapIn(fs, LOCATION.directory, { replaced: [0], made, check: () => undefined });
    } catch (error) {
      if (!(error instanceof CrashSignal)) throw error;
      crashed = true;
    }
    for (const seed of [0, 1, 2, 3, 4, 5]) {
      const disk = fs.crashClone(seed);
      sweepLeftovers(disk, LOCATION.directory);
      const logs = disk
        .list(LOCATION.directory)
        .filter((name) => name.endsWith('.log'))
        .sort();
      expect(disk.list(LOCATION.directory).filter((name) => /swap|cleaned/.test(name))).toEqual([]);
      outcomes.add(`${logs.length} logs, ${readBytes(disk, LOG).length} bytes`);
      const starts = rest.filter((offset) => offset % 2 === 0 && offset !== 12);
      for (const offset of rest) {
        // One base offset is wrong in the old log, and right in the new one.
        if (logs.length === 1 && offset >= 12 && offset < 14) continue;
        expect([...readable(disk, { starts }).keys()]).toContain(offset);
      }
    }
    if (!crashed) break;
  }
  const newBytes = positionsOf(damaged, LOG)[3]!;
  expect([...outcomes].sort()).toEqual([
    `1 logs, ${readBytes(damaged, LOG).length} bytes`,
    `2 logs, ${newBytes} bytes`,
  ]);
});

test('a lock that is lost meanwhile stops it before the next step', async () => {
  const fs = await damagedLog();
  const made = write(fs);
  let left = 2;
  const check = (): void => {
    if (left-- === 0) throw new CoreError('FENCED', 'lost');
  };
  const swap = { replaced: [0], made, check };
  expect(await codeOf(() => swapIn(fs, LOCATION.directory, swap))).toBe('FENCED');
  expect(fs.list(LOCATION.directory).filter((name) => name.endsWith('.swap'))).toHaveLength(1);
});
