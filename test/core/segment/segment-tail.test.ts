import { expect, test } from '@jest/globals';

import { SegmentTail } from '../../../src/core/segment/segment-tail.js';

test('an index entry is due once more than the interval lies between its batch and the last one', () => {
  const tail = new SegmentTail(10);
  const due: number[] = [];
  for (let at = 0; at < 8; at++) {
    const isDue = tail.add(
      { position: at * 100, sizeBytes: 100, lastOffset: 10 + at, maxTimestamp: at },
      200,
    );
    if (isDue) due.push(at * 100);
  }
  // Never the first; exactly the interval is not more than it.
  expect(due).toEqual([300, 600]);
  expect([tail.sizeBytes, tail.nextOffset, tail.lastIndexedPosition]).toEqual([800, 18, 600]);
});

test('the newest timestamp belongs to the first batch that has it', () => {
  const tail = new SegmentTail(0);
  [5, 9, 3, 9].forEach((maxTimestamp, at) =>
    tail.add({ position: at * 10, sizeBytes: 10, lastOffset: at, maxTimestamp }, 1e9),
  );
  expect([tail.maxTimestamp, tail.maxTimestampOffset]).toEqual([9, 1]);
});

test('a new one is empty, without a timestamp, at its base offset', () => {
  const tail = new SegmentTail(7);
  expect([tail.isEmpty, tail.maxTimestamp, tail.nextOffset]).toEqual([true, -1, 7]);
});
