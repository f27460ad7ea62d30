import { expect, test } from '@jest/globals';

import { lockBusy, lockInterrupted } from '../../../src/core/fs/lock-errors.js';

test('both say which file, and BUSY how long', () => {
  expect(lockBusy('/a', 12.3)).toMatchObject({
    code: 'BUSY',
    details: { path: '/a', waitedMs: 12 },
  });
  expect(lockInterrupted('/a')).toMatchObject({ code: 'INTERRUPTED', details: { path: '/a' } });
});
