import { expect, test } from '@jest/globals';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { segmentListDocument, segmentListView } from '../../src/view/segment-list.js';

const SEALED = {
  baseOffset: 0,
  endOffset: 1200,
  sizeBytes: 20_480,
  firstTimestamp: -1,
  newestTimestamp: 1_700_000_000_000,
  offsetIndexEntries: 1234,
  timeIndexEntries: null,
  state: 'sealed',
} as const;
const LIST = [{ topic: 'orders', partition: 3, segments: [SEALED] }];

test('a segment takes one line of a table', () => {
  const [head, line, end] = segmentListView(LIST, PLAIN_LOOK).split('\n');
  expect(head?.trim().split(/\s+/)).toEqual([
    'TOPIC',
    'BASE',
    'END',
    'SIZE',
    'FIRST',
    'NEWEST',
    'INDEX',
    'TIMES',
    'STATE',
  ]);
  expect(line).toMatch(
    /^orders:3 +0 +1200 +20 KiB +- +2023-11-1[45] \d\d:\d\d:\d\d +1,234 +- +sealed$/,
  );
  expect(end).toBe('');
});

test('no segments are no table', () => {
  expect(segmentListView([], PLAIN_LOOK)).toBe('');
});

test('the document has exact numbers, and times in UTC', () => {
  expect(segmentListDocument(LIST)).toEqual({
    partitions: [
      {
        topic: 'orders',
        partition: 3,
        segments: [
          { ...SEALED, firstTimestamp: null, newestTimestamp: '2023-11-14T22:13:20.000Z' },
        ],
      },
    ],
  });
});
