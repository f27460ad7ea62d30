import { describe, expect, test } from '@jest/globals';
import { mustReconcile, reconcile } from '../../../src/core/group/reconciliation.js';
import { withTargets } from '../../../src/core/group/targets.js';
import type { GroupState } from '../../../src/core/group/group-state.js';
import { groupOf, memberOf, ownedIn, pendingOf, tableOf, targetsIn } from './group-states.js';

const table = tableOf({ t: 4 });

/** Two members that share t by cooperative-sticky: `a` has all, `b` has just come. */
const joined = withTargets(
  groupOf([memberOf('a', { owned: 't:0 t:1 t:2 t:3' }), memberOf('b')]),
  table,
);

describe('reconcile', () => {
  test('gives up what is not the target, which the others then get', () => {
    expect(targetsIn(joined)).toEqual({ a: 't:0 t:1', b: '' });
    const next = reconcile(joined, 'a', table);
    expect(ownedIn(next)).toEqual({ a: 't:0 t:1', b: '' });
    expect(targetsIn(next)).toEqual({ a: 't:0 t:1', b: 't:2 t:3' });
    expect(next.generation).toBe(6);
    expect(next.members.map(({ generation }) => generation)).toEqual([6, 5]);
  });

  test('takes of the target what nobody has', () => {
    const next = reconcile(reconcile(joined, 'a', table), 'b', table);
    expect(ownedIn(next)).toEqual({ a: 't:0 t:1', b: 't:2 t:3' });
    expect(next.generation).toBe(7);
  });

  test('leaves to another what it has not given up yet', () => {
    const state = groupOf([
      memberOf('a', { owned: 't:0 t:1', target: 't:0' }),
      memberOf('b', { owned: 't:2', target: 't:1 t:2 t:3' }),
    ]);
    expect(ownedIn(reconcile(state, 'b', table))).toEqual({ a: 't:0 t:1', b: 't:2 t:3' });
  });

  test('gives and takes in one generation', () => {
    const state = groupOf([
      memberOf('a', { assignor: 'range', owned: 't:0 t:3', target: 't:0 t:1' }),
      memberOf('b', { assignor: 'range', owned: 't:2', target: 't:2 t:3' }),
    ]);
    const next = reconcile(state, 'a', table);
    expect(ownedIn(next)).toEqual({ a: 't:0 t:1', b: 't:2' });
    expect(next.generation).toBe(6);
  });

  test.each([
    ['its own', 'a'],
    ['of a static member whose place it took', 'old'],
  ])('keeps the partitions of a pending batch, %s', (_, memberId) => {
    const state = { ...joined, pending: [pendingOf('p', memberId, 't:2 t:3')] };
    expect(reconcile(state, 'a', table)).toBe(state);
    const done = { ...state, pending: [] };
    expect(ownedIn(reconcile(done, 'a', table))).toEqual({ a: 't:0 t:1', b: '' });
  });

  test('does not take a partition out of a batch that waits to be repeated', () => {
    const state = groupOf([memberOf('a', { target: 't:0 t:1 t:2' })], [pendingOf('p', 'x', 't:1')]);
    expect(ownedIn(reconcile(state, 'a', table))).toEqual({ a: 't:0 t:2' });
  });

  test('gives up a partition whose topic is gone', () => {
    const state = withTargets(
      groupOf([memberOf('a', { owned: 't:0 u:0', target: 't:0 u:0', topics: 't u' })]),
      table,
    );
    expect(ownedIn(reconcile(state, 'a', table))).toEqual({ a: 't:0 t:1 t:2 t:3' });
  });

  test('is the same object where there is nothing to do', () => {
    const settled = reconcile(reconcile(joined, 'a', table), 'b', table);
    expect(reconcile(settled, 'a', table)).toBe(settled);
    expect(reconcile(settled, 'b', table)).toBe(settled);
    expect(reconcile(joined, 'b', table)).toBe(joined);
  });

  test('takes nothing from a batch run, which has no target', () => {
    const state = groupOf([memberOf('r', { kind: 'batch', owned: 't:0' }), memberOf('a')]);
    expect(reconcile(state, 'r', table)).toBe(state);
  });
});

describe('mustReconcile', () => {
  const holder = memberOf('b', { owned: 't:1', target: 't:1' });

  test.each<readonly [string, GroupState, boolean]>([
    ['it is not in the group', groupOf([holder]), true],
    ['it has what it is to have', groupOf([memberOf('a', { owned: 't:0', target: 't:0' })]), false],
    [
      'it has something to give up',
      groupOf([memberOf('a', { owned: 't:0 t:1', target: 't:0' })]),
      true,
    ],
    ['its target is free', groupOf([memberOf('a', { target: 't:0' }), holder]), true],
    [
      'its target is still with another',
      groupOf([memberOf('a', { target: 't:1' }), holder]),
      false,
    ],
    [
      'what it is to give up is in its batch',
      groupOf([memberOf('a', { owned: 't:0' })], [pendingOf('p', 'a', 't:0')]),
      false,
    ],
    ['a batch waits for it', groupOf([memberOf('a')], [pendingOf('p', 'x', 't:0 t:2')]), true],
    [
      'a batch waits for a batch run',
      groupOf([memberOf('a', { kind: 'batch' })], [pendingOf('p', 'x', 't:0 t:2')]),
      true,
    ],
    [
      'a batch waits of which another has a part',
      groupOf([memberOf('a'), holder], [pendingOf('p', 'x', 't:0 t:1')]),
      false,
    ],
    [
      'a batch waits that it does not subscribe to, and holds back its target',
      groupOf([memberOf('a', { target: 't:0' })], [pendingOf('p', 'x', 't:0 u:0')]),
      false,
    ],
    ['it is a batch run', groupOf([memberOf('a', { kind: 'batch', owned: 't:0' })]), false],
  ])('where %s', (_, state, expected) => {
    expect(mustReconcile(state, 'a')).toBe(expected);
  });
});
