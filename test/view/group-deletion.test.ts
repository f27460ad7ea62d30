import { expect, test } from '@jest/globals';
import {
  doomedGroup,
  groupDeletionQuestion,
  groupDeletionView,
} from '../../src/view/group-deletion.js';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { group, member, pending } from './group-descriptions.js';

const groups = [
  doomedGroup(group({ members: [member(), member({ isAlive: false })], pending: [pending()] })),
  doomedGroup(group({ group: 'audit', partitions: [] })),
];

test('what goes, and what goes with it', () => {
  expect(groupDeletionQuestion(groups)).toBe(
    'delete groups load (positions in 1 partition, batch b1, attempt 2 (orders:0:12-14)), audit (positions in 0 partitions)?',
  );
  expect(groupDeletionQuestion(groups.slice(1))).toBe(
    'delete group audit (positions in 0 partitions)?',
  );
  expect(groupDeletionView({ dryRun: true, groups }, PLAIN_LOOK)).toMatch(
    /^GROUP +PARTITIONS +MEMBERS +PENDING\nload +1 +1 +1\naudit +0 +0 +0\n$/,
  );
  expect(groupDeletionView({ dryRun: false, groups }, PLAIN_LOOK)).toBe('');
});
