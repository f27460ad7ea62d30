import { expect, test } from '@jest/globals';
import { groupSummaryDocument } from '../../src/view/group-document.js';
import { groupListView } from '../../src/view/group-list.js';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { group, member, place } from './group-descriptions.js';

test('one line a group; a name cannot drive the terminal', () => {
  const far = place({ lag: 1240, lagMs: 7_380_000 });
  const groups = [
    group({ state: 'stable', members: [member()], partitions: [far, place({ topic: 'audit' })] }),
    group({ group: '\u001b[2J', partitions: [], lastActiveMs: 0 }),
  ].map(groupSummaryDocument);
  const lines = groupListView(groups, PLAIN_LOOK).split('\n');
  expect(lines[0]).toMatch(/^GROUP +STATE +MEMBERS +TOPICS +LAG +BEHIND +LAST ACTIVE$/);
  expect(lines[1]).toMatch(/^load +stable +1 +orders audit +1,240 +2h 3m +19\d\d-.*$/);
  expect(lines[2]).toMatch(/^\\e\[2J +empty +0 +- +0 +- +-$/);
  expect(groupListView([], PLAIN_LOOK)).toBe('');
});
