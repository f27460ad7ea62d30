import { beforeEach, expect, test } from '@jest/globals';

import { RecordBatch } from '../../../src/core/batch/record-batch.js';
import {
  type ActiveSegment,
  catchUp,
  openActiveSegment,
} from '../../../src/core/log/active-segment.js';
import { segmentPath } from '../../../src/core/segment/file-names.js';
import {
  LOCATION,
  appendRaw,
  batchAt,
  codeOf,
  contentOf,
  createPartition,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const LOG = segmentPath(LOCATION.directory, 0, '.log');
const RECOVERY = {
  indexIntervalBytes: 1,
  syncedPosition: 0,
  afterPowerCut: false,
  failedRanges: [],
};
let fs: MemoryFileSystem;

beforeEach(() => {
  fs = new MemoryFileSystem();
  createPartition(fs);
});

function append(active: ActiveSegment, ...values: string[]): void {
  const bytes = batchAt(active.tail.nextOffset, values, { timestamp: 70 });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  active.append(bytes, new RecordBatch(view), 1);
}

test('each batch is one write; sealed, its time entry is complete and all of it durable', () => {
  const active = openActiveSegment(fs, LOCATION, 0, RECOVERY);
  const from = fs.operationCount;
  append(active, 'a');
  append(active, 'b', 'c');
  expect(fs.trace.slice(from).filter((line) => line.includes('.log'))).toHaveLength(2);
  expect([active.firstTimestamp, active.tail.nextOffset]).toEqual([70, 3]);
  active.seal();
  expect(active.segment.timeIndex.last()).toEqual({ timestamp: 71, offset: 2 });
  expect(contentOf(fs.crashClone(0), LOG)).toEqual(contentOf(fs, LOG));
});

test('an empty one has no first timestamp', () => {
  expect(openActiveSegment(fs, LOCATION, 0, RECOVERY).firstTimestamp).toBeUndefined();
});

test('what others appended is caught up with, and their torn tail cut', () => {
  const active = openActiveSegment(fs, LOCATION, 0, RECOVERY);
  append(active, 'a');
  appendRaw(fs, LOG, batchAt(1, ['b', 'c']));
  appendRaw(fs, LOG, batchAt(3, ['d']).subarray(0, 40));
  const later = catchUp(fs, LOCATION, active, RECOVERY);
  expect([later.tail.nextOffset, later.end.kind === 'open' && later.end.repair?.cutBytes]).toEqual([
    3, 40,
  ]);
});

test('a file that shrank is looked at from the first byte', () => {
  const active = openActiveSegment(fs, LOCATION, 0, RECOVERY);
  append(active, 'a');
  append(active, 'b');
  active.segment.log.truncate(contentOf(fs, LOG).length / 2);
  expect(catchUp(fs, LOCATION, active, RECOVERY).tail.nextOffset).toBe(1);
});

test('a file that was replaced, or changed without the lock, is not ours', async () => {
  const active = openActiveSegment(fs, LOCATION, 0, RECOVERY);
  active.checkUntouched(fs);
  appendRaw(fs, LOG, Uint8Array.of(1));
  expect(await codeOf(() => active.checkUntouched(fs))).toBe('FENCED');
  fs.removeFile(LOG);
  expect(await codeOf(() => active.checkUntouched(fs))).toBe('FENCED');
});
