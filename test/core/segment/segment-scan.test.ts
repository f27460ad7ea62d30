import { beforeEach, describe, expect, test } from '@jest/globals';

import {
  rebuildIndexes,
  scanFromIndex,
  scanGrowth,
  scanWhole,
} from '../../../src/core/segment/segment-scan.js';
import {
  type WritableSegment,
  createSegment,
  openSegmentForAppend,
} from '../../../src/core/segment/segment.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { appendRaw, batchAt, contentOf, flipBit, overwrite } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const OPTIONS = { indexIntervalBytes: 100, checkCrcFrom: 0 };
const INDEX = '/p/00000000000000000000.index';
const TIME_INDEX = '/p/00000000000000000000.timeindex';
const LOG = '/p/00000000000000000000.log';

let fs: FaultFileSystem;
let segment: WritableSegment;

beforeEach(() => {
  fs = new FaultFileSystem(new MemoryFileSystem());
  fs.makeDirectory('/p', 0o700);
  createSegment(fs, '/p', 0, 0o600);
  for (let at = 0; at < 10; at++) {
    appendRaw(fs, LOG, batchAt(2 * at, ['aa', 'bb'], { timestamp: 1000 + 10 * at }));
  }
  segment = openSegmentForAppend(fs, '/p', 0, 0o600);
  rebuildIndexes(segment, OPTIONS);
});

test('the end found by the index is the end found from the first byte', () => {
  const [byIndex, whole] = [scanFromIndex(segment, OPTIONS)!, scanWhole(segment, OPTIONS)];
  expect(byIndex.tail).toEqual(whole.tail);
  expect([byIndex.tail.nextOffset, byIndex.tail.maxTimestamp, byIndex.stop.kind]).toEqual([
    20,
    1091,
    'end',
  ]);
});

test('it reads no more than from the last entry on', () => {
  flipBit(fs, LOG, 70);
  expect(scanFromIndex(segment, OPTIONS)?.stop.kind).toBe('end');
  expect(scanWhole(segment, OPTIONS).stop).toMatchObject({ kind: 'bad-crc', position: 0 });
});

describe('an index that is wrong is not used, and rebuilt is as it was', () => {
  const cut = (path: string, bytes: number): void => {
    const file = fs.open(path, 'append');
    file.truncate(contentOf(fs, path).length - bytes);
    file.close();
  };
  test.each<[string, () => void]>([
    ['a torn offset entry', () => cut(INDEX, 3)],
    ['a torn time entry', () => cut(TIME_INDEX, 5)],
    ['a zero-padded offset index', () => appendRaw(fs, INDEX, new Uint8Array(8000))],
    ['a zero-padded time index', () => appendRaw(fs, TIME_INDEX, new Uint8Array(1200))],
    ['no time entries', () => cut(TIME_INDEX, contentOf(fs, TIME_INDEX).length)],
    ['an entry past the end', () => appendRaw(fs, INDEX, Uint8Array.of(0, 0, 0, 99, 0, 9, 0, 0))],
    [
      'an entry for another batch',
      () => appendRaw(fs, INDEX, Uint8Array.of(0, 0, 0, 19, 0, 0, 0, 80)),
    ],
    [
      'a time past the end',
      () => appendRaw(fs, TIME_INDEX, Uint8Array.of(0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 40)),
    ],
    [
      'a time that no batch has',
      () => flipBit(fs, TIME_INDEX, contentOf(fs, TIME_INDEX).length - 7, 5),
    ],
  ])('%s', (_, damage) => {
    const [index, timeIndex] = [contentOf(fs, INDEX), contentOf(fs, TIME_INDEX)];
    expect(index.length).toBeGreaterThan(16);
    damage();
    expect(scanFromIndex(segment, OPTIONS)).toBeUndefined();
    expect(rebuildIndexes(segment, OPTIONS).tail).toEqual(scanWhole(segment, OPTIONS).tail);
    expect([contentOf(fs, INDEX), contentOf(fs, TIME_INDEX)]).toEqual([index, timeIndex]);
  });

  test('one that is missing', () => {
    expect(scanFromIndex({ ...segment, offsetIndex: undefined }, OPTIONS)).toBeUndefined();
    expect(scanFromIndex({ ...segment, timeIndex: undefined }, OPTIONS)).toBeUndefined();
  });
});

test('a full disk makes a rebuilt index sparse and nothing else', () => {
  fs.failWhen(({ kind }) => (kind === 'append' ? 'DISK_FULL' : undefined));
  expect(rebuildIndexes(segment, OPTIONS).tail.nextOffset).toBe(20);
  fs.failWhen(() => undefined);
  expect(scanFromIndex(segment, OPTIONS)?.tail.nextOffset).toBe(20);
});

test('a ghost is passed over and counted', () => {
  appendRaw(fs, LOG, batchAt(4, ['ghost']));
  appendRaw(fs, LOG, batchAt(20, ['next']));
  const scan = scanFromIndex(segment, OPTIONS)!;
  expect([scan.ghostCount, scan.tail.nextOffset, scan.stop.kind]).toEqual([1, 21, 'end']);
  expect(scan.tail.sizeBytes).toBe(contentOf(fs, LOG).length);
});

test('a gap is the end, unless compaction may have been here', () => {
  appendRaw(fs, LOG, batchAt(25, ['far']));
  expect(scanFromIndex(segment, OPTIONS)?.stop.kind).toBe('gap');
  const open = scanFromIndex(segment, { ...OPTIONS, allowGaps: true })!;
  expect([open.stop.kind, open.tail.nextOffset]).toEqual(['end', 26]);
});

test('growth is found from the known end', () => {
  const { tail } = scanFromIndex(segment, OPTIONS)!;
  appendRaw(fs, LOG, batchAt(20, ['x', 'y', 'z']));
  overwrite(fs, LOG, 0, new Uint8Array(100));
  expect(scanGrowth(segment, tail, OPTIONS).tail.nextOffset).toBe(23);
});

test('batches without a timestamp leave no time entry', () => {
  createSegment(fs, '/p', 100, 0o600);
  const bare = openSegmentForAppend(fs, '/p', 100, 0o600);
  for (let at = 0; at < 4; at++) {
    const bytes = batchAt(100 + at, ['v'.repeat(90)], { timestamp: -1 });
    bare.log.append(bytes, 0, bytes.length);
  }
  expect(rebuildIndexes(bare, OPTIONS).tail.maxTimestamp).toBe(-1);
  expect([bare.timeIndex.slotCount, bare.offsetIndex.slotCount]).toEqual([0, 3]);
});
