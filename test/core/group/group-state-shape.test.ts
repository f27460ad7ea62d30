import { expect, test } from '@jest/globals';
import { hasGroupStateShape } from '../../../src/core/group/group-state-shape.js';
import { type GroupState, emptyGroup } from '../../../src/core/group/group-state.js';
import { groupOf, memberOf, pendingOf } from './group-states.js';

const PLACE = { topic: 't', topicId: 'topic-id', partition: 0 };
const OFFSET = { ...PLACE, offset: 10, leaderEpoch: -1, metadata: '', committedMs: 1 };
const MOVED = { ...PLACE, fromOffset: null, toOffset: 10 };
const MOVE = { atMs: 3, reason: 'seek', memberId: null, offsets: [MOVED] } as const;
const MEMBER = memberOf('consume-0123', { owned: 't:0', target: 't:1', topics: 't u:0' });
const BATCH = pendingOf('b1', 'consume-0123', 't:0');

const FULL: GroupState = { ...groupOf([MEMBER], [BATCH]), offsets: [OFFSET], moves: [MOVE] };

function isState(state: object): boolean {
  return hasGroupStateShape(state as Readonly<Record<string, unknown>>);
}

test('a state has it, empty or full, also with fields of a later version', () => {
  expect([emptyGroup('g'), FULL, { ...FULL, later: 1 }].map(isState)).toEqual([true, true, true]);
});

test.each<[string, object]>([
  ['an offset that is null', { offsets: [null] }],
  ['a negative offset', { offsets: [{ ...OFFSET, offset: -1 }] }],
  ['a topic that is a path', { offsets: [{ ...OFFSET, topic: '../evil' }] }],
  ['an epoch below none', { offsets: [{ ...OFFSET, leaderEpoch: -2 }] }],
  ['a moment that no clock shows', { offsets: [{ ...OFFSET, committedMs: 8.64e15 + 1 }] }],
  ['a group that was active then', { lastActiveMs: 8.64e15 + 1 }],
  ['a batch without ranges', { pending: [{ ...BATCH, ranges: undefined }] }],
  ['a batch of a range without a begin', { pending: [{ ...BATCH, ranges: [PLACE] }] }],
  ['a member whose id is a path', { members: [{ ...MEMBER, memberId: '../../etc/passwd' }] }],
  ['a member whose id is hidden', { members: [{ ...MEMBER, memberId: '..' }] }],
  ['a member without an id', { members: [{ ...MEMBER, memberId: '' }] }],
  ['an assignor that there is not', { members: [{ ...MEMBER, assignor: 'mine' }] }],
  ['an assignor that every object has', { members: [{ ...MEMBER, assignor: 'toString' }] }],
  ['a subscription to a number', { members: [{ ...MEMBER, subscriptions: [{ topic: 1 }] }] }],
  ['a target that is no list', { members: [{ ...MEMBER, target: { length: -1 } }] }],
  ['a move without a reason', { moves: [{ ...MOVE, reason: undefined }] }],
  ['a move of nothing', { moves: [{ ...MOVE, offsets: [{}] }] }],
  ['a group without a name', { group: null }],
])('%s has not', (_, fields) => {
  expect(isState({ ...FULL, ...fields })).toBe(false);
});
