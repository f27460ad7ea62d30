import { expect, test } from '@jest/globals';
import { FileFindings } from '../../../src/core/log/verify-finding.js';
import { TimeIndexCheck } from '../../../src/core/log/verify-time-index.js';

type Entry = readonly [timestamp: number | bigint, offset: number];

/** The newest timestamps of batches of ten offsets, from offset 1000 on; time goes back once. */
const TIMES = [50, 70, 60, 90];

function check(
  entries: readonly Entry[],
  { isSealed = false, mayHaveLostTail = false, skipFrom = Infinity } = {},
) {
  const bytes = Buffer.alloc(entries.length * 12);
  entries.forEach(([timestamp, offset], slot) => {
    bytes.writeBigInt64BE(BigInt(timestamp), slot * 12);
    bytes.writeInt32BE(offset - 1000, slot * 12 + 8);
  });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const findings = new FileFindings('/t');
  const content = { view, entryBytes: 12, entryCount: entries.length };
  const index = new TimeIndexCheck(content, 1000, findings);
  TIMES.forEach((maxTimestamp, at) => {
    const baseOffset = 1000 + at * 10;
    if (at < skipFrom) index.see({ baseOffset, lastOffset: baseOffset + 9, maxTimestamp });
  });
  if (skipFrom < TIMES.length) index.skipTo(Infinity);
  index.finish({ isSealed, mayHaveLostTail });
  return findings.list.map(({ kind, position, reason }) => [kind, position, reason]);
}

const WHOLE: readonly Entry[] = [
  [50, 1009],
  [70, 1019],
  [90, 1039],
];

test('entries that the log confirms are no finding, however few', () => {
  expect(check(WHOLE, { isSealed: true })).toEqual([]);
  expect(check([[70, 1019]])).toEqual([]);
  expect(check([])).toEqual([]);
});

test.each<[string, Entry[], unknown[]]>([
  [
    'another timestamp than its batch',
    [[71, 1019]],
    [0, expect.stringContaining('of its batch is 70')],
  ],
  [
    'a timestamp that is not the newest so far',
    [[60, 1029]],
    [0, expect.stringContaining('has 70 before it')],
  ],
  [
    'an offset that is not there',
    [[50, 999]],
    [0, expect.stringContaining('no record has that offset')],
  ],
  [
    'an offset behind the end',
    [[90, 1040]],
    [0, expect.stringContaining('ends before that offset')],
  ],
  ['no possible time', [[2n ** 62n, 1009]], [0, expect.stringContaining('impossible timestamp')]],
  [
    'an earlier place than the entry before it',
    [
      [70, 1019],
      [50, 1009],
    ],
    [12, expect.stringContaining('does not come behind')],
  ],
])('an entry that names %s is damage', (_, entries, expected) => {
  expect(check(entries)).toEqual([['damage', ...expected]]);
});

test('an entry that names a record inside of its batch, as old brokers do, is a note', () => {
  expect(
    check([
      [50, 1004],
      [70, 1012],
    ]),
  ).toEqual([['note', 0, expect.stringMatching(/^2 entries name a record inside/)]]);
});

test('behind a tail that may be lost, entries are a note', () => {
  expect(check([[95, 1050]], { mayHaveLostTail: true })).toEqual([
    ['note', 0, expect.stringContaining('the next writer rebuilds it')],
  ]);
});

test('a sealed segment without its newest timestamp is a note', () => {
  expect(check(WHOLE.slice(0, 2), { isSealed: true })).toEqual([
    ['note', null, expect.stringContaining('before the newest timestamp 90')],
  ]);
});

test('what points where the log cannot be read is not judged', () => {
  expect(
    check(
      [
        [50, 1009],
        [99, 1025],
      ],
      { skipFrom: 2 },
    ),
  ).toEqual([]);
});
