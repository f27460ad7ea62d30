import { expect, test } from '@jest/globals';

import { CoreError } from '../../src/core/errors.js';
import type { Gap } from '../../src/core/index.js';
import { gapText } from '../../src/view/consume-view.js';

const PLACE = { topic: 'orders', partition: 2, firstOffset: 1000, endOffset: 3500 };
const DAMAGE = new CoreError('SEGMENT_CORRUPT', '/l: damaged at byte 7, offset 1000: bad');

test.each<[Partial<Gap>, string]>([
  [{ reason: 'pruned' }, 'offsets 1000 to 3499 (2,500) were pruned before they could be read'],
  [
    { reason: 'unsynced', damage: DAMAGE },
    'offsets 1000 to 3499 (2,500) are gone: the disk had refused to sync them, and they were never acknowledged',
  ],
  [
    { reason: 'repaired', damage: DAMAGE },
    'offsets 1000 to 3499 (2,500) are gone: a repair gave them up',
  ],
  [
    { reason: 'damaged', damage: DAMAGE },
    `offsets 1000 to 3499 (2,500) are passed over: ${DAMAGE.message}`,
  ],
  [
    { reason: 'damaged', damage: DAMAGE, endOffset: 1000 },
    `nothing behind it is readable: ${DAMAGE.message}`,
  ],
])('a gap is told with its reason: %j', (fields, text) => {
  expect(gapText({ ...PLACE, reason: 'pruned', ...fields })).toBe(`orders:2: ${text}`);
});
