import { expect, test } from '@jest/globals';
import { SegmentIndexes } from '../../../src/core/log/verify-segment-indexes.js';
import { LOCATION } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { INDEX, TIME_INDEX, logOf } from './verification.js';

const END = { endPosition: 0, isSealed: false, mayHaveLostTail: false };

test('both indexes are looked at, and name their files', async () => {
  const fs = await logOf(2);
  const indexes = new SegmentIndexes(fs, LOCATION.directory, 0);
  indexes.finish(END);
  expect(indexes.findings).toMatchObject([
    { kind: 'damage', file: INDEX },
    { kind: 'damage', file: TIME_INDEX },
  ]);
});

test('behind damage nothing is said of what cannot be compared', async () => {
  const fs = await logOf(2);
  const indexes = new SegmentIndexes(fs, LOCATION.directory, 0);
  indexes.skip(0, Infinity);
  indexes.finish(END);
  expect(indexes.findings).toEqual([]);
});

test('missing ones are notes', () => {
  const fs = new MemoryFileSystem();
  expect(new SegmentIndexes(fs, '', 0).findings.map(({ kind }) => kind)).toEqual(['note', 'note']);
});
