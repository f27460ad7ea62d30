import { expect, test } from '@jest/globals';
import { describeSegments } from '../../../src/core/log/segment-files.js';
import { START_MS, readerOf } from '../../support/log-fixture.js';
import { INDEX, LOG, TIME_INDEX, logOf, patch } from './verification.js';

test('each segment tells its range, its times and its indexes', async () => {
  const segments = describeSegments(readerOf(await logOf(5)));
  expect(segments).toEqual([
    {
      baseOffset: 0,
      endOffset: 10,
      sizeBytes: expect.any(Number),
      firstTimestamp: START_MS,
      newestTimestamp: START_MS + 41,
      offsetIndexEntries: 4,
      timeIndexEntries: 4,
      state: 'active',
    },
  ]);
});

test('segments follow each other, and the last one is active', async () => {
  const segments = describeSegments(readerOf(await logOf(10, { segmentBytes: 300 })));
  expect(segments.length).toBeGreaterThan(2);
  segments
    .slice(1)
    .forEach(({ baseOffset }, at) => expect(segments[at]?.endOffset).toBe(baseOffset));
  expect(segments.map(({ state }) => state).lastIndexOf('sealed')).toBe(segments.length - 2);
});

test('an empty one has no times, and one without indexes none of their entries', async () => {
  const fs = await logOf(0);
  fs.removeFile(INDEX);
  fs.removeFile(TIME_INDEX);
  expect(describeSegments(readerOf(fs))).toMatchObject([
    {
      endOffset: 0,
      firstTimestamp: null,
      newestTimestamp: null,
      offsetIndexEntries: null,
      timeIndexEntries: null,
    },
  ]);
});

test('damage leaves unknown what it hides, and nothing else', async () => {
  const fs = await logOf(3, { segmentBytes: 300 });
  patch(fs, LOG, 30, Buffer.from([0xff]));
  patch(fs, TIME_INDEX, 0, Buffer.from([0x7f]));
  expect(describeSegments(readerOf(fs))[0]).toMatchObject({ baseOffset: 0, firstTimestamp: null });
});
