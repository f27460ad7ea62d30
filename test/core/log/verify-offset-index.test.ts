import { expect, test } from '@jest/globals';
import { FileFindings } from '../../../src/core/log/verify-finding.js';
import { OffsetIndexCheck } from '../../../src/core/log/verify-offset-index.js';

type Entry = readonly [offset: number, position: number];

/** Batches of ten offsets and a hundred bytes each, from offset 1000 on. */
const BATCHES = 5;

function check(
  entries: readonly Entry[],
  {
    mayHaveLostTail = false,
    skip,
  }: { mayHaveLostTail?: boolean; skip?: readonly [number, number] } = {},
) {
  const bytes = Buffer.alloc(entries.length * 8);
  entries.forEach(([offset, position], slot) => {
    bytes.writeInt32BE(offset - 1000, slot * 8);
    bytes.writeInt32BE(position, slot * 8 + 4);
  });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const findings = new FileFindings('/i');
  const content = { view, entryBytes: 8, entryCount: entries.length };
  const index = new OffsetIndexCheck(content, 1000, findings);
  for (let at = 0; at < BATCHES; at++) {
    const position = at * 100;
    if (skip !== undefined && position >= skip[0] && position < skip[1]) continue;
    index.see(position, 1009 + at * 10);
  }
  if (skip !== undefined) index.skip(...skip);
  index.finish({ endPosition: BATCHES * 100, mayHaveLostTail });
  return findings.list.map(({ kind, position, reason }) => [kind, position, reason]);
}

test('entries that the log confirms are no finding, however few', () => {
  expect(check([])).toEqual([]);
  expect(
    check([
      [1019, 100],
      [1049, 400],
    ]),
  ).toEqual([]);
});

test.each<[string, Entry[], unknown[][]]>([
  [
    'no batch',
    [[1019, 101]],
    [['damage', 0, expect.stringContaining('no batch begins at byte 101')]],
  ],
  [
    'a position behind the end',
    [[1059, 500]],
    [['damage', 0, expect.stringContaining('ends at byte 500')]],
  ],
  ['a position before the file', [[1019, -1]], [['damage', 0, expect.stringContaining('byte -1')]]],
  [
    'an offset before the batch',
    [[1018, 100]],
    [['damage', 0, expect.stringContaining('ends with offset 1019')]],
  ],
  [
    'an offset of no batch',
    [[1020, 100]],
    [['damage', 0, expect.stringContaining('no batch ends with that offset')]],
  ],
  [
    'what an entry before it names',
    [
      [1029, 200],
      [1019, 100],
    ],
    [['damage', 8, expect.stringContaining('does not come behind')]],
  ],
])('an entry that names %s is damage', (_, entries, expected) => {
  expect(check(entries)).toEqual(expected);
});

test('an entry that names the first batch of an append, as old brokers do, is a note', () => {
  expect(
    check([
      [1029, 100],
      [1049, 300],
    ]),
  ).toEqual([['note', 0, expect.stringMatching(/^2 entries name a batch before their offset/)]]);
});

test('behind a tail that may be lost, entries are a note', () => {
  expect(check([[1059, 500]], { mayHaveLostTail: true })).toEqual([
    ['note', 0, expect.stringContaining('the next writer rebuilds it')],
  ]);
});

test('what points where the log cannot be read is not judged', () => {
  expect(
    check(
      [
        [1019, 100],
        [1029, 200],
      ],
      { skip: [100, 200] },
    ),
  ).toEqual([]);
});
