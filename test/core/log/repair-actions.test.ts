import { expect, test } from '@jest/globals';
import { actionsOf, segmentBases } from '../../../src/core/log/repair-actions.js';
import { flipBit } from '../../support/log-fixture.js';
import { planOf } from './repairing.js';
import { LOG, logOf, positionsOf } from './verification.js';

test('a plan in words says what happens to which file, in the order in which it is done', async () => {
  const fs = await logOf(9);
  const positions = positionsOf(fs, LOG);
  flipBit(fs, LOG, positions[3]! + 70);
  flipBit(fs, LOG, positions[5]! + 3);
  const plan = planOf(fs);
  expect(actionsOf(plan, '/p').map(({ kind, file, text }) => [kind, file, text])).toEqual([
    ['begin-segment', '/p/00000000000000000018.log', 'the log goes on in a new segment'],
    [
      'replace-segment',
      '/p/00000000000000000000.log',
      `1 header put right; ${positions[4]! - positions[3]!} damaged bytes taken out and kept beside it; it goes on in 00000000000000000008.log`,
    ],
  ]);
});

test.each([
  [0, [{ firstOffset: 0 }, { firstOffset: 8 }], [0, 8]],
  [0, [{ firstOffset: 2 }], [0, 2]],
  [5, [], [5]],
])('a segment at %d keeps its own name, whatever is left of it: %j', (base, runs, bases) => {
  expect(segmentBases(base, runs)).toEqual(bases);
});
