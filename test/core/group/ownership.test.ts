import { describe, expect, test } from '@jest/globals';
import {
  isSameList,
  listOwners,
  listPendingPartitions,
  requireMember,
  withOwned,
} from '../../../src/core/group/ownership.js';
import { groupOf, memberOf, namesOf, partitionsOf, pendingOf } from './group-states.js';

const state = groupOf(
  [memberOf('a', { owned: 't:0 t:1' }), memberOf('b', { owned: 'u:0', target: 't:1' })],
  [pendingOf('one', 'a', 't:0'), pendingOf('two', 'gone', 'u:1 u:2')],
);

test('the owner of a partition is who has it, not who is to have it', () => {
  expect([...listOwners(state)]).toEqual([
    ['t 0', 'a'],
    ['t 1', 'a'],
    ['u 0', 'b'],
  ]);
});

test('pending are the partitions of every batch, whoever works on it', () => {
  expect([...listPendingPartitions(state)]).toEqual(['t 0', 'u 1', 'u 2']);
});

test('a member that must be there is found, or it is a bug', () => {
  expect(requireMember(state, 'b')).toBe(state.members[1]);
  expect(() => requireMember(state, 'c')).toThrow('a member that is not in the group');
});

describe('withOwned', () => {
  test('sorts what the member owns, by topic and by number, and marks the generation', () => {
    const owned = partitionsOf('u:0 t:10 t:9');
    const changed = withOwned(state, 'a', { owned, generation: 6 });
    expect(namesOf(changed.members[0]!.owned)).toBe('t:9 t:10 u:0');
    expect(changed.members[0]!.generation).toBe(6);
    expect(changed.generation).toBe(6);
    expect(changed.members[1]).toBe(state.members[1]);
  });

  test('is the same object where the member owns just that already, in whatever order', () => {
    expect(withOwned(state, 'a', { owned: partitionsOf('t:1 t:0'), generation: 6 })).toBe(state);
  });
});

test.each([
  ['t:0 t:1', 't:0 t:1', true],
  ['', '', true],
  ['t:0 t:1', 't:1 t:0', false],
  ['t:0', 't:0 t:1', false],
  ['t:0 t:1', 't:0', false],
  ['t:0', 'u:0', false],
])('%j and %j are the same list: %j', (left, right, expected) => {
  expect(isSameList(partitionsOf(left), partitionsOf(right))).toBe(expected);
});
