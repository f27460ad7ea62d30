import { expect, test } from '@jest/globals';

import { failedPart, syncFailed } from '../../../src/core/log/sync-failure.js';

test.each([
  [0, 5, undefined],
  [0, 6, [5, 6]],
  [6, 8, [6, 8]],
  [9, 30, [9, 10]],
  [10, 12, undefined],
  [21, 30, [21, 22]],
])('of %d to %d the failed part is %p', (firstOffset, endOffset, part) => {
  const failed = failedPart({ firstOffset, endOffset }, [
    { firstOffset: 5, endOffset: 10 },
    { firstOffset: 20, endOffset: 22 },
  ]);
  expect(failed && [failed.firstOffset, failed.endOffset]).toEqual(part);
});

test('the error carries the range', () => {
  const error = syncFailed('/p', { firstOffset: 3, endOffset: 5 });
  expect([error.code, error.details]).toEqual([
    'SYNC_FAILED',
    { path: '/p', firstOffset: 3, endOffset: 5 },
  ]);
  expect(error.message).toContain('3 to 4');
  expect(syncFailed('/p', { firstOffset: 3, endOffset: 3 }).message).not.toContain('3 to 2');
});
