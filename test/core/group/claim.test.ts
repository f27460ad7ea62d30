import { describe, expect, test } from '@jest/globals';
import { claimFree } from '../../../src/core/group/claim.js';
import type { GroupState } from '../../../src/core/group/group-state.js';
import { groupOf, memberOf, ownedIn, partitionsOf, pendingOf } from './group-states.js';

const run = (id: string, owned = '') => memberOf(id, { kind: 'batch', owned, topics: 't u' });

function claim(state: GroupState, id: string, wanted: string, memberCount = 1): GroupState {
  return claimFree(state, id, { wanted: partitionsOf(wanted), memberCount });
}

describe('claimFree', () => {
  test('takes all that is free where the run is the only one', () => {
    const state = groupOf([run('r')]);
    const next = claim(state, 'r', 't:0 t:1 u:0');
    expect(ownedIn(next)).toEqual({ r: 't:0 t:1 u:0' });
    expect(next.generation).toBe(6);
    expect(next.members[0]!.generation).toBe(6);
  });

  test('leaves what others have, what followers are to have, and what waits in a batch', () => {
    const state = groupOf(
      [run('r'), run('s', 't:0'), memberOf('a', { owned: 't:1', target: 't:2' })],
      [pendingOf('p', 'gone', 't:3')],
    );
    expect(ownedIn(claim(state, 'r', 't:0 t:1 t:2 t:3 t:4'))).toMatchObject({ r: 't:4' });
    expect(claim(state, 'r', 't:0 t:1 t:2 t:3')).toBe(state);
  });

  test('takes what is wanted most first', () => {
    expect(ownedIn(claim(groupOf([run('r')]), 'r', 't:3 t:0 t:1 t:2', 2))).toEqual({
      r: 't:0 t:3',
    });
  });

  test.each([
    [10, 4, [3, 3, 2, 2]],
    [4, 3, [2, 1, 1]],
    [6, 3, [2, 2, 2]],
    [2, 3, [1, 1, 0]],
    [5, 1, [5, 0]],
    [4, 2, [2, 2, 0]],
  ])('%d partitions among %d runs, one after the other: %j', (count, memberCount, expected) => {
    const wanted = Array.from({ length: count }, (_, at) => `t:${at}`).join(' ');
    const ids = expected.map((_, at) => `r${at}`);
    const state = ids.reduce(
      (sofar, id) => claim(sofar, id, wanted, memberCount),
      groupOf(ids.map((id) => run(id))),
    );
    expect(state.members.map(({ owned }) => owned.length)).toEqual(expected);
  });

  test('a run takes the place of one that has ended', () => {
    const state = groupOf([run('r', 't:0 t:1'), run('s')]);
    expect(ownedIn(claim(state, 's', 't:0 t:1 t:2 t:3', 2))).toEqual({
      r: 't:0 t:1',
      s: 't:2 t:3',
    });
  });

  test('counts runs that have a part of what is wanted, not followers nor those with other topics', () => {
    const state = groupOf([run('r'), run('s', 'u:0'), memberOf('a', { owned: 't:4' })]);
    expect(ownedIn(claim(state, 'r', 't:0 t:1 t:2 t:3', 2))).toMatchObject({ r: 't:0 t:1' });
  });

  test('what a batch to be repeated has brought is part of the share', () => {
    const wanted = 't:0 t:1 t:2 t:3 t:4 t:5';
    const taken = groupOf([run('r', 't:5')], [pendingOf('p', 'r', 't:5')]);
    expect(ownedIn(claim(taken, 'r', wanted, 2))).toEqual({ r: 't:0 t:1 t:5' });
    const above = groupOf([run('r', 't:0 t:1 t:2 t:3')]);
    expect(claim(above, 'r', wanted, 2)).toBe(above);
  });

  test('asking again takes nothing more', () => {
    const state = claim(groupOf([run('r')]), 'r', 't:0 t:1 t:2', 2);
    expect(claim(state, 'r', 't:0 t:1 t:2', 2)).toBe(state);
  });

  test('a partition that is wanted twice is taken once', () => {
    expect(ownedIn(claim(groupOf([run('r')]), 'r', 't:0 t:0 t:1', 2))).toEqual({ r: 't:0' });
  });

  test.each([
    ['a following member', groupOf([memberOf('r')]), 'gets what the assignor gives it'],
    [
      'what was not subscribed to',
      groupOf([memberOf('r', { kind: 'batch', topics: 'u' })]),
      'beyond',
    ],
  ])('%s is a bug', (_, state, message) => {
    expect(() => claim(state, 'r', 't:0')).toThrow(message);
  });
});
