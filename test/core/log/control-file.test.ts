import { beforeEach, describe, expect, test } from '@jest/globals';

import {
  type ControlState,
  CONTROL_FILE_BYTES,
  RANGES_MAX_PER_KIND,
  keptCopies,
  initialControlFile,
  readControl,
  writeKept,
  writeRunning,
} from '../../../src/core/log/control-file.js';
import { isCovered } from '../../../src/core/log/offset-range.js';
import type { File } from '../../../src/core/fs/file-system.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { flipBit } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

let fs: FaultFileSystem;
let file: File;
let state: ControlState;

beforeEach(() => {
  fs = new FaultFileSystem(new MemoryFileSystem());
  const bytes = initialControlFile();
  fs.open('/c', 'create').append(bytes, 0, bytes.length);
  file = fs.open('/c', 'update');
  state = readControl(file);
});

const OWNER = {
  pid: 4242,
  startTime: 99,
  sinceMs: 1_700_000_000_000,
  bootId: 'b'.repeat(36),
  command: 'produce',
};

test('a new one knows nothing', () => {
  expect(initialControlFile()).toHaveLength(CONTROL_FILE_BYTES);
  expect(state).toMatchObject({
    counter: 2,
    keptCounter: 2,
    bootId: '',
    isHeld: false,
    activeBaseOffset: -1,
    logStartOffset: 0,
    failedRanges: [],
    lostRanges: [],
  });
});

test('what was written is read, whichever slot it is in', () => {
  for (let round = 0; round < 4; round++) {
    const changes = {
      fence: round,
      activeBaseOffset: 2 ** 40 + round,
      syncedPosition: 7,
      isHeld: round % 2 === 0,
      isAppending: true,
      bootId: 'a'.repeat(36),
      owner: OWNER,
    };
    state = writeRunning(file, state, changes);
    state = writeKept(file, state, {
      logStartOffset: 2 ** 45 + round,
      failedRanges: [{ firstOffset: round, endOffset: 9 }],
    });
    expect(readControl(file)).toEqual(state);
    expect(state.counter).toBe(3 + round);
  }
});

describe('a write that is torn leaves the state before it', () => {
  test.each(Array.from({ length: 16 }, (_, at) => at * 32 + (at % 8)))(
    'after %d bytes',
    (bytes) => {
      state = writeRunning(file, state, { fence: 1, syncedPosition: 1111 });
      state = writeKept(file, state, { logStartOffset: 11 });
      fs.failWhen(({ kind }) => (kind === 'writeAt' ? { shortWrite: bytes } : undefined));
      expect(() => writeRunning(file, state, { fence: 2, syncedPosition: 2 ** 40 })).toThrow();
      expect(() => writeKept(file, state, { logStartOffset: 2 ** 40 })).toThrow();
      const { fence, syncedPosition, logStartOffset } = readControl(file);
      // Behind its last field a slot is zeros: torn there, it is whole.
      const isWhole = bytes >= 48;
      expect([fence, syncedPosition]).toEqual(isWhole ? [2, 2 ** 40] : [1, 1111]);
      expect(logStartOffset).toBe(bytes >= 32 ? 2 ** 40 : 11);
    },
  );
});

test('a wrong bit anywhere in the newest slot gives the state before it', () => {
  const before = state;
  state = writeRunning(file, state, { fence: 5 });
  for (let at = 512; at < 1024; at += 3) {
    flipBit(fs, '/c', at, at % 8);
    expect([at, readControl(file)]).toEqual([at, before]);
    flipBit(fs, '/c', at, at % 8);
  }
  expect(readControl(file).fence).toBe(5);
});

test('without a running state nothing is known; without a kept one the file is damaged', () => {
  state = writeKept(file, state, { logStartOffset: 77 });
  flipBit(fs, '/c', 100);
  flipBit(fs, '/c', 512 + 100);
  expect(readControl(file)).toMatchObject({
    counter: 0,
    bootId: '',
    syncedPosition: 0,
    logStartOffset: 77,
  });
  flipBit(fs, '/c', 1024 + 50);
  flipBit(fs, '/c', 1536 + 50);
  expect(() => readControl(file)).toThrow(expect.objectContaining({ code: 'DATA_DIR_DAMAGED' }));
});

test('an empty or cut file is damaged', () => {
  file.truncate(1000);
  expect(() => readControl(file)).toThrow(expect.objectContaining({ code: 'DATA_DIR_DAMAGED' }));
});

test('failed and lost ranges are told apart', () => {
  const failedRanges = [{ firstOffset: 1, endOffset: 3 }];
  const lostRanges = [
    { firstOffset: 5, endOffset: 7 },
    { firstOffset: 2 ** 40, endOffset: 2 ** 40 + 9 },
  ];
  writeKept(file, state, { failedRanges, lostRanges });
  expect(readControl(file)).toMatchObject({ failedRanges, lostRanges });
});

test('of too many ranges none is forgotten: they become coarser', () => {
  const many = Array.from({ length: 40 }, (_, at) => ({
    firstOffset: 10 * at,
    endOffset: 10 * at + 1,
  }));
  writeKept(file, state, { failedRanges: many, lostRanges: many });
  const { failedRanges, lostRanges } = readControl(file);
  expect([failedRanges.length, lostRanges.length]).toEqual([14, 14]);
  expect(RANGES_MAX_PER_KIND).toBe(14);
  for (const range of many) {
    expect(isCovered(range, failedRanges) && isCovered(range, lostRanges)).toBe(true);
  }
});

test('a slot of the kept state that goes bad takes nothing with it', () => {
  state = writeKept(file, state, { logStartOffset: 5 });
  state = writeKept(file, state, { logStartOffset: 9 });
  for (const slot of [1024, 1536]) {
    flipBit(fs, '/c', slot + 30);
    expect([readControl(file).logStartOffset, keptCopies(file)]).toEqual([9, 1]);
    flipBit(fs, '/c', slot + 30);
    expect([readControl(file).logStartOffset, keptCopies(file)]).toEqual([9, 2]);
  }
});

test('the kept state is synced, both times; the running one is not', () => {
  fs.operations.length = 0;
  writeRunning(file, state, {});
  writeKept(file, state, {});
  expect(fs.operations.map(({ kind }) => kind)).toEqual([
    'writeAt',
    'writeAt',
    'sync',
    'writeAt',
    'sync',
  ]);
});

test('a long command name is cut', () => {
  state = writeRunning(file, state, { owner: { ...OWNER, command: 'x'.repeat(50) } });
  expect(readControl(file).owner.command).toBe('x'.repeat(32));
});
