import { expect, test } from '@jest/globals';

import { knownLoss } from '../../../src/core/log/log-gap.js';

const KNOWN = {
  failedRanges: [{ firstOffset: 10, endOffset: 20 }],
  lostRanges: [
    { firstOffset: 20, endOffset: 25 },
    { firstOffset: 40, endOffset: 41 },
  ],
};

test.each([
  [10, 20, 'unsynced'],
  [12, 13, 'unsynced'],
  [21, 25, 'repaired'],
  [40, 41, 'repaired'],
  [15, 22, 'repaired'],
  [9, 12, undefined],
  [24, 26, undefined],
  [25, 41, undefined],
])('records missing from %d to %d: %p', (firstOffset, endOffset, reason) => {
  expect(knownLoss({ firstOffset, endOffset }, KNOWN)).toBe(reason);
});
