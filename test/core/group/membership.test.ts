import { describe, expect, test } from '@jest/globals';
import {
  checkOwned,
  replaceStaticMember,
  withMember,
  withoutMembers,
} from '../../../src/core/group/membership.js';
import {
  groupOf,
  joiningMember,
  memberOf,
  ownedIn,
  partitionsOf,
  pendingOf,
  tableOf,
  targetsIn,
} from './group-states.js';

const table = tableOf({ t: 4, u: 2 });

describe('withMember', () => {
  test('joins with nothing owned, and the followers share anew', () => {
    const state = groupOf([memberOf('a', { owned: 't:0 t:1 t:2 t:3', target: 't:0 t:1 t:2 t:3' })]);
    const next = withMember(state, joiningMember('b'), table);
    expect(ownedIn(next)).toEqual({ a: 't:0 t:1 t:2 t:3', b: '' });
    expect(targetsIn(next)).toEqual({ a: 't:0 t:1', b: '' });
    expect(next.generation).toBe(6);
    expect(next.members.map(({ generation }) => generation)).toEqual([5, 6]);
  });

  test('keeps what the member says of itself', () => {
    const joining = joiningMember('r', { kind: 'batch', instanceId: 'nightly', topics: 't:1 u' });
    expect(withMember(groupOf([]), joining, table).members).toEqual([
      { ...joining, owned: [], target: [], generation: 6 },
    ]);
  });

  test('a batch run changes no target, and shares with followers of any assignor', () => {
    const state = groupOf([memberOf('a', { target: 't:0 t:1 t:2 t:3' })]);
    const joining = joiningMember('r', { kind: 'batch', assignor: 'range' });
    const next = withMember(state, joining, table);
    expect(next.members[0]).toBe(state.members[0]);
    expect(() => withMember(next, joiningMember('b'), table)).not.toThrow();
  });

  test('a topic may come later', () => {
    const next = withMember(groupOf([]), joiningMember('a', { topics: 'none u' }), table);
    expect(targetsIn(next)).toEqual({ a: 'u:0 u:1' });
  });

  test('refuses a follower with another assignor, and names theirs', () => {
    const state = groupOf([memberOf('a', { assignor: 'sticky' })]);
    const joining = joiningMember('b', { assignor: 'range' });
    expect(() => withMember(state, joining, table)).toThrow(
      expect.objectContaining({
        code: 'INCONSISTENT_GROUP_PROTOCOL',
        message: 'the members of group load share by sticky, not by range',
        details: { group: 'load', assignor: 'range', member: 'a', memberAssignor: 'sticky' },
        suggestion: 'join with --assignor sticky, or stop the others first',
      }),
    );
  });

  test('refuses an instance id that a member has, of whatever kind', () => {
    const state = groupOf([memberOf('a', { instanceId: 'one' }), memberOf('b')]);
    const joining = joiningMember('c', { kind: 'batch', instanceId: 'one' });
    expect(() => withMember(state, joining, table)).toThrow(
      expect.objectContaining({
        code: 'UNRELEASED_INSTANCE_ID',
        message: 'group load has a living member one already',
        details: { group: 'load', instanceId: 'one', member: 'a' },
      }),
    );
    expect(() => withMember(state, joiningMember('c'), table)).not.toThrow();
  });

  test('a member id is used once', () => {
    expect(() => withMember(groupOf([memberOf('a')]), joiningMember('a'), table)).toThrow(
      'two members of one id',
    );
  });
});

describe('replaceStaticMember', () => {
  const old = memberOf('old', { instanceId: 'one', owned: 't:0 t:1', target: 't:0 t:2' });
  const state = groupOf(
    [memberOf('a', { owned: 't:2 t:3', target: 't:1 t:3' }), old],
    [pendingOf('p', 'old', 't:0')],
  );

  test('hands all on to the new member, and the others notice nothing', () => {
    const next = replaceStaticMember(
      state,
      'old',
      joiningMember('new', { instanceId: 'one' }),
      table,
    );
    expect(ownedIn(next)).toEqual({ a: 't:2 t:3', new: 't:0 t:1' });
    expect(targetsIn(next)).toEqual({ a: 't:1 t:3', new: 't:0 t:2' });
    expect(next.members[0]).toBe(state.members[0]);
    expect(next.generation).toBe(6);
    expect(next.members[1]!.generation).toBe(6);
    expect(next.lastActiveMs).toBe(0);
  });

  test('leaves its batch to be repeated', () => {
    const next = replaceStaticMember(
      state,
      'old',
      joiningMember('new', { instanceId: 'one' }),
      table,
    );
    expect(next.pending).toBe(state.pending);
  });

  test.each([
    ['kind', { kind: 'batch' }, { a: 't:0 t:1 t:2 t:3', new: '' }],
    ['subscriptions', { topics: 't u' }, { a: 't:0 t:2 t:3', new: 't:1 u:0 u:1' }],
  ] as const)('one that came back with another %s has left and joined', (_, sketch, targets) => {
    const joining = joiningMember('new', { instanceId: 'one', ...sketch });
    const next = replaceStaticMember(state, 'old', joining, table);
    expect(ownedIn(next)).toEqual({ a: 't:2 t:3', new: '' });
    expect(targetsIn(next)).toEqual(targets);
    expect(next.generation).toBe(6);
  });

  test('with another assignor it must agree with the others, of whom it was none itself', () => {
    const joining = joiningMember('new', { instanceId: 'one', assignor: 'range' });
    expect(() => replaceStaticMember(state, 'old', joining, table)).toThrow(
      expect.objectContaining({ code: 'INCONSISTENT_GROUP_PROTOCOL' }),
    );
    const next = replaceStaticMember(groupOf([old]), 'old', joining, table);
    expect(targetsIn(next)).toEqual({ new: 't:0 t:1 t:2 t:3' });
  });

  test.each([
    ['another instance id', 'old', 'two', 'not a static member'],
    ['a member without one', 'a', 'one', 'not a static member'],
    ['a member that is not there', 'b', 'one', 'a member that is not in the group'],
  ])('%s is a bug', (_, oldMemberId, instanceId, message) => {
    const joining = joiningMember('new', { instanceId });
    expect(() => replaceStaticMember(state, oldMemberId, joining, table)).toThrow(message);
  });
});

describe('withoutMembers', () => {
  const state = groupOf(
    [
      memberOf('a', { owned: 't:0 t:1', target: 't:0 t:1' }),
      memberOf('b', { owned: 't:2', target: 't:2' }),
      memberOf('c', { owned: 't:3', target: 't:3' }),
    ],
    [pendingOf('p', 'b', 't:2')],
  );

  test('frees what they had for the others, whose batches stay', () => {
    const next = withoutMembers(state, ['b', 'c', 'gone'], { atMs: 77, table });
    expect(ownedIn(next)).toEqual({ a: 't:0 t:1' });
    expect(targetsIn(next)).toEqual({ a: 't:0 t:1 t:2 t:3' });
    expect(next.pending).toBe(state.pending);
    expect(next.generation).toBe(6);
    expect(next.lastActiveMs).toBe(77);
  });

  test('is the same object if none of them is there', () => {
    expect(withoutMembers(state, [], { atMs: 77, table })).toBe(state);
    expect(withoutMembers(state, ['gone'], { atMs: 77, table })).toBe(state);
  });

  test('gives back to the followers what a batch run had', () => {
    const run = memberOf('r', { kind: 'batch', owned: 't:2 t:3' });
    const group = groupOf([memberOf('a', { target: 't:0 t:1', owned: 't:0 t:1' }), run]);
    const next = withoutMembers(group, ['r'], { atMs: 77, table });
    expect(targetsIn(next)).toEqual({ a: 't:0 t:1 t:2 t:3' });
  });

  test('the last one leaves an empty group', () => {
    const next = withoutMembers(state, ['a', 'b', 'c'], { atMs: 77, table });
    expect(next.members).toEqual([]);
  });
});

describe('checkOwned', () => {
  const state = groupOf([
    memberOf('a', { owned: 't:0 t:1', target: 't:0 t:1 t:2' }),
    memberOf('b', { owned: 't:2' }),
  ]);

  test.each(['', 't:0', 't:1 t:0'])('lets a member have %j, which is its own', (partitions) => {
    expect(() => {
      checkOwned(state, 'a', partitionsOf(partitions));
    }).not.toThrow();
  });

  test.each([
    [
      'a partition that another has, be it the target',
      'a',
      't:0 t:2',
      'this consumer does not own t:2 of group load any more; member b has it now',
      { topic: 't', partition: 2, owner: 'b' },
    ],
    [
      'a partition that nobody has',
      'a',
      't:3 t:0',
      'this consumer does not own t:3 of group load any more',
      { topic: 't', partition: 3, owner: null },
    ],
    [
      'a member that is gone, whose partition is taken',
      'c',
      't:1',
      'group load left this consumer out: it was silent for too long, or taken for dead; member a has t:1 now',
      { topic: 't', partition: 1, owner: 'a' },
    ],
    [
      'a member that is gone, whose partition nobody has yet',
      'c',
      't:3',
      'group load left this consumer out: it was silent for too long, or taken for dead',
      { topic: 't', partition: 3, owner: null },
    ],
    [
      'a member that is gone, about nothing',
      'c',
      '',
      'group load left this consumer out: it was silent for too long, or taken for dead',
      { topic: null, partition: null, owner: null },
    ],
  ])('refuses %s', (_, member, partitions, message, details) => {
    expect(() => {
      checkOwned(state, member, partitionsOf(partitions));
    }).toThrow(
      expect.objectContaining({
        code: 'ILLEGAL_GENERATION',
        message,
        details: { group: 'load', member, ...details },
      }),
    );
  });
});
