import { expect, test } from '@jest/globals';
import {
  rebuildActiveIndexes,
  rebuildSealedIndexes,
  removeIndexes,
} from '../../../src/core/log/repair-indexes.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { LOCATION, codeOf } from '../../support/log-fixture.js';
import { CrashSignal } from '../../support/memory-fs.js';
import {
  INDEX,
  TIME_INDEX,
  damageOf,
  logOf,
  readBytes,
  verify,
  writeBytes,
} from './verification.js';

const OPTIONS = { indexIntervalBytes: 1, allowGaps: false };
const ROLLED = { segmentBytes: 400 };

test('the indexes of a sealed segment come out as they were written, durably', async () => {
  const fs = await logOf(9, ROLLED);
  const right = [INDEX, TIME_INDEX].map((path) => readBytes(fs, path));
  for (const path of [INDEX, TIME_INDEX]) writeBytes(fs, path, Buffer.alloc(24, 7));
  rebuildSealedIndexes(fs, LOCATION, 0, OPTIONS);
  const disk = fs.crashClone(0);
  expect([INDEX, TIME_INDEX].map((path) => readBytes(disk, path))).toEqual(right);
});

test('a death at any operation leaves a time index that is whole, the old one or none', async () => {
  const whole = await logOf(9, ROLLED);
  const right = readBytes(whole, TIME_INDEX);
  for (let count = 0; ; count++) {
    const fs = whole.crashClone(1);
    fs.crashAfter(count);
    let crashed = false;
    try {
      rebuildSealedIndexes(fs, LOCATION, 0, OPTIONS);
    } catch (error) {
      crashed = error instanceof CrashSignal;
    }
    for (const seed of [0, 1, 2, 3]) {
      const disk = fs.crashClone(seed);
      expect(readBytes(disk, TIME_INDEX)).toEqual(right);
    }
    if (!crashed) break;
  }
});

test('a full disk leaves them as they were', async () => {
  const memory = await logOf(9, ROLLED);
  const before = [INDEX, TIME_INDEX].map((path) => readBytes(memory, path));
  const fs = new FaultFileSystem(memory);
  fs.failWhen(({ kind }) => (kind === 'append' ? 'DISK_FULL' : undefined));
  expect(await codeOf(() => rebuildSealedIndexes(fs, LOCATION, 0, OPTIONS))).toBe('DISK_FULL');
  expect([INDEX, TIME_INDEX].map((path) => readBytes(memory, path))).toEqual(before);
});

test('those of the active segment are rebuilt in the files that writers have open', async () => {
  const fs = await logOf(9);
  const { inode } = fs.stat(INDEX)!;
  writeBytes(fs, TIME_INDEX, Buffer.alloc(24, 7));
  rebuildActiveIndexes(fs, LOCATION, 0, OPTIONS);
  expect(fs.stat(INDEX)!.inode).toBe(inode);
  expect(damageOf(verify(fs))).toEqual([]);
});

test('removed ones are gone for good', async () => {
  const fs = await logOf(3);
  removeIndexes(fs, LOCATION.directory, 0);
  expect(fs.crashClone(0).stat(INDEX)).toBeUndefined();
  expect(damageOf(verify(fs))).toEqual([]);
});
