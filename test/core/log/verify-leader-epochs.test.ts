import { describe, expect, test } from '@jest/globals';
import { FileFindings } from '../../../src/core/log/verify-finding.js';
import { LeaderEpochCheck, readLeaderEpochs } from '../../../src/core/log/verify-leader-epochs.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { writeBytes } from './verification.js';

describe('the checkpoint', () => {
  test.each<[string, string | undefined, unknown, string[]]>([
    ['whole', '0\n1\n3 5\n', [{ epoch: 3, startOffset: 5 }], []],
    ['empty', '', undefined, []],
    ['missing', undefined, undefined, ['note']],
    ['damaged', '0\n2\n3 5\n', undefined, ['damage']],
  ])('that is %s', (_, text, entries, kinds) => {
    const fs = new MemoryFileSystem();
    if (text !== undefined) writeBytes(fs, '/leader-epoch-checkpoint', Buffer.from(text));
    const found = readLeaderEpochs(fs, '');
    expect(found.entries).toEqual(entries);
    expect(found.findings.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('epochs in batches', () => {
  const ENTRIES = [
    { epoch: 2, startOffset: 10 },
    { epoch: 5, startOffset: 20 },
  ];

  function check(
    batches: readonly (readonly [number, number])[],
    entries: typeof ENTRIES | undefined = ENTRIES,
  ) {
    const findings = new FileFindings('/l');
    const epochs = new LeaderEpochCheck(entries, findings);
    for (const [offset, epoch] of batches) epochs.see(offset * 100, offset, epoch);
    epochs.finish();
    return findings.list;
  }

  test('are as the checkpoint says, unknown before it, or none', () => {
    expect(
      check([
        [0, 9],
        [10, 2],
        [19, 2],
        [20, 5],
        [30, -1],
      ]),
    ).toEqual([]);
  });

  test('that differ are one note', () => {
    expect(
      check([
        [10, 2],
        [15, 5],
        [20, 2],
      ]),
    ).toMatchObject([
      {
        kind: 'note',
        position: 1500,
        offset: 15,
        reason: expect.stringMatching(/^2 batches have .*\(5, not 2\)$/),
      },
    ]);
  });

  test('that cannot be are damage, with a checkpoint or without', () => {
    expect(check([[10, -2]], undefined)).toMatchObject([{ kind: 'damage', offset: 10 }]);
  });
});
