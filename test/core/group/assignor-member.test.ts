import { expect, test } from '@jest/globals';
import { compareMemberIds, compareMembers } from '../../../src/core/group/assignor-member.js';
import { memberOf } from '../../support/assignor-vectors.js';

const idsOf = (members: readonly { readonly memberId: string }[]) =>
  members.map(({ memberId }) => memberId);

test('static members come first, by their own names; the others by member id', () => {
  const members = [
    memberOf('b', ''),
    memberOf('a', ''),
    memberOf('y', '', '', { instanceId: 'two' }),
    memberOf('z', '', '', { instanceId: 'one' }),
  ];
  expect(idsOf(members.toSorted(compareMembers))).toEqual(['z', 'y', 'a', 'b']);
  expect(idsOf(members.toReversed().toSorted(compareMembers))).toEqual(['z', 'y', 'a', 'b']);
});

test('two members of one static name stay in order of member id', () => {
  const [one, two] = [
    memberOf('a', '', '', { instanceId: 'same' }),
    memberOf('b', '', '', { instanceId: 'same' }),
  ];
  expect(idsOf([two, one].sort(compareMembers))).toEqual(['a', 'b']);
});

test('ids compare by code units, not by alphabet', () => {
  const members = ['ä', 'a', 'Z', 'a-1'].map((id) => memberOf(id, ''));
  expect(idsOf(members.sort(compareMemberIds))).toEqual(['Z', 'a', 'a-1', 'ä']);
});
