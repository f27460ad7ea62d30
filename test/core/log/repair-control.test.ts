import { describe, expect, test } from '@jest/globals';
import {
  examineControl,
  repairControl,
  stateFromSegments,
} from '../../../src/core/log/repair-control.js';
import {
  LOCATION,
  NO_WAIT,
  START_MS,
  codeOf,
  environment,
  overwrite,
  readerOf,
} from '../../support/log-fixture.js';
import { CrashSignal, type MemoryFileSystem } from '../../support/memory-fs.js';
import { logOf, readBytes, writeBytes } from './verification.js';

const PATH = LOCATION.controlPath;
const ROLLED = { segmentBytes: 400 };
let nonces = 0;

function repair(fs: MemoryFileSystem): Promise<void> {
  const nonce = `control-${nonces++}`;
  return repairControl(environment(fs), { location: LOCATION, nonce, wait: NO_WAIT });
}

const HARMS: readonly [string, string, (fs: MemoryFileSystem) => void][] = [
  ['missing', 'missing', (fs) => fs.removeFile(PATH)],
  ['without a kept state', 'damaged', (fs) => overwrite(fs, PATH, 1024, Buffer.alloc(1024))],
  ['all zeros', 'damaged', (fs) => overwrite(fs, PATH, 0, Buffer.alloc(2048))],
  ['empty', 'damaged', (fs) => writeBytes(fs, PATH, Buffer.alloc(0))],
];

describe.each(HARMS)('a control file that is %s', (_, kind, harm) => {
  test('is made anew: the log starts with its first segment, and all of the last one is on disk', async () => {
    const fs = await logOf(9, ROLLED);
    const sizeBytes = readBytes(fs, `${LOCATION.directory}/00000000000000000016.log`).length;
    harm(fs);
    expect(examineControl({ fs }, PATH)).toEqual({ kind });
    await repair(fs);
    for (const disk of [fs, fs.crashClone(0)]) {
      expect(examineControl({ fs: disk }, PATH)).toMatchObject({
        kind: 'sound',
        state: {
          activeBaseOffset: 16,
          syncedPosition: sizeBytes,
          logStartOffset: 0,
          isEstablished: false,
        },
      });
      expect(readBytes(disk, PATH).length).toBe(2048);
    }
    // A process that knew the old one must not take it for its own.
    expect(readerOf(fs).control()!.counter).toBeGreaterThan(START_MS);
    expect(fs.list('/data/partitions')).toEqual(['orders-0']);
  });

  test('is made anew after a power cut at any operation of that', async () => {
    const whole = await logOf(9, ROLLED);
    for (let count = 0; ; count++) {
      const fs = whole.crashClone(1);
      harm(fs);
      fs.crashAfter(count);
      const crashed = await repair(fs).then(
        () => false,
        (error: unknown) => error instanceof CrashSignal,
      );
      for (const seed of [0, 1, 2, 3]) {
        const disk = fs.crashClone(seed);
        await repair(disk);
        expect(examineControl({ fs: disk }, PATH).kind).toBe('sound');
      }
      if (!crashed) break;
    }
  });
});

test('one of a wrong size keeps what it says', async () => {
  const fs = await logOf(3);
  const before = readerOf(fs).control();
  writeBytes(fs, PATH, Buffer.concat([readBytes(fs, PATH), Buffer.from('more')]));
  expect(examineControl({ fs }, PATH)).toEqual({ kind: 'wrong-size', state: before });
  await repair(fs);
  expect(examineControl({ fs }, PATH)).toEqual({ kind: 'sound', state: before });
});

test('a sound one is left alone', async () => {
  const fs = await logOf(3);
  const before = readBytes(fs, PATH);
  await repair(fs);
  expect(readBytes(fs, PATH)).toEqual(before);
});

test('one that is no file is not ours to replace', async () => {
  const fs = await logOf(3);
  fs.removeFile(PATH);
  fs.plant(PATH, 'symlink');
  expect(examineControl({ fs }, PATH).kind).toBe('irreparable');
});

test('without a segment there is nothing to tell it from', async () => {
  const fs = await logOf(3);
  for (const name of fs.list(LOCATION.directory)) fs.removeFile(`${LOCATION.directory}/${name}`);
  fs.removeFile(PATH);
  expect(stateFromSegments(environment(fs), LOCATION.directory)).toBeUndefined();
  expect(await codeOf(() => repair(fs))).toBe('DATA_DIR_DAMAGED');
});
