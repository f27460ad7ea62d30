import { expect, test } from '@jest/globals';

import { lastTimestamp } from '../../../src/core/log/segment-timestamps.js';
import { segmentPath } from '../../../src/core/segment/file-names.js';
import {
  LOCATION,
  appendRaw,
  batchAt,
  contentOf,
  createPartition,
  overwrite,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const LOG = segmentPath(LOCATION.directory, 0, '.log');
const TIME_INDEX = segmentPath(LOCATION.directory, 0, '.timeindex');
/** 500 at offset 1; 9 at offset 1. */
const RIGHT = Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 244, 0, 0, 0, 1);
const WRONG = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1);

test.each<[string, Uint8Array[], number]>([
  ['no entry', [], 500],
  ['the right entry', [RIGHT], 500],
  ['an entry that the log denies', [WRONG], 500],
  ['padding', [RIGHT, new Uint8Array(120)], 500],
  ['half an entry', [RIGHT, new Uint8Array(5)], 500],
])('a sealed segment with %s', (_, entries, newest) => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  appendRaw(fs, LOG, batchAt(0, ['a'], { timestamp: 100 }));
  appendRaw(fs, LOG, batchAt(1, ['b'], { timestamp: 500 }));
  // Compaction took offset 2.
  appendRaw(fs, LOG, batchAt(3, ['c'], { timestamp: 300 }));
  for (const entry of entries) appendRaw(fs, TIME_INDEX, entry);
  const certain = { timestamp: newest, isCertain: true };
  expect(lastTimestamp(fs, LOCATION.directory, 0, true)).toEqual(certain);
  expect(lastTimestamp(fs, LOCATION.directory, 0, false)).toEqual(certain);
});

test('compaction leaves gaps, and the newest may stand behind one', () => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  appendRaw(fs, LOG, batchAt(0, ['a'], { timestamp: 100 }));
  appendRaw(fs, LOG, batchAt(9, ['b'], { timestamp: 500 }));
  expect(lastTimestamp(fs, LOCATION.directory, 0, true).timestamp).toBe(500);
});

test('what damage hides may be newer', () => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  appendRaw(fs, LOG, batchAt(0, ['a'], { timestamp: 100 }));
  appendRaw(fs, LOG, batchAt(1, ['b'], { timestamp: 500 }));
  overwrite(fs, LOG, contentOf(fs, LOG).length - 60, Buffer.alloc(8, 0xff));
  const found = lastTimestamp(fs, LOCATION.directory, 0, true);
  expect(found).toEqual({ timestamp: 100, isCertain: false });
});
