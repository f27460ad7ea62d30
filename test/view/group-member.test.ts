import { expect, test } from '@jest/globals';
import { groupDocument } from '../../src/view/group-document.js';
import { memberText, partitionsText } from '../../src/view/group-member.js';
import { groupMembersDocument, groupMembersView } from '../../src/view/group-members.js';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { group, member } from './group-descriptions.js';

const [alive, dead, named] = groupDocument(
  group({
    members: [
      member(),
      member({ memberId: 'consume-2', isAlive: false, childPid: 8, partitions: [] }),
      member({ instanceId: 'ada', kind: 'follow' }),
    ],
  }),
).members;

test('a member in words', () => {
  expect(memberText(alive!)).toBe('consume (pid 7)');
  expect(memberText(dead!)).toBe('consume (pid 7, dead, runs pid 8)');
  expect(memberText(named!)).toBe('ada (pid 7)');
});

test.each([
  [[], '-'],
  [[0], 'orders:0'],
  [[5, 0, 2, 1], 'orders:0-2,5'],
])('partitions %j are %s', (partitions, text) => {
  const places = partitions.map((partition) => ({ topic: 'orders', partition }));
  expect(partitionsText(places)).toBe(text);
});

test('each member has a row; who has died is marked, what it runs is named', () => {
  const document = groupMembersDocument(
    groupDocument(group({ members: [member(), member({ isAlive: false, childPid: 8 })] })),
  );
  expect(Object.keys(document)).toEqual(['group', 'state', 'generation', 'members']);
  const lines = groupMembersView(document, PLAIN_LOOK).split('\n');
  expect(lines[0]).toMatch(
    /^MEMBER +KIND +STATE +PID +COMMAND +RUNS PID +SINCE +HEARTBEAT +PARTITIONS$/,
  );
  expect(lines[1]).toMatch(/^consume-1 +batch +alive +7 +consume +- +19.* orders:0$/);
  expect(lines[2]).toMatch(/^consume-1 +batch +dead +7 +consume +8 /);
  expect(groupMembersView({ ...document, members: [] }, PLAIN_LOOK)).toBe('');
});
