import { describe, expect, test } from '@jest/globals';
import { ASSIGNOR_NAMES } from '../../../src/core/group/assignor-name.js';
import { withTargets } from '../../../src/core/group/targets.js';
import { groupOf, memberOf, tableOf, targetsIn } from './group-states.js';

describe('withTargets', () => {
  test('gives each following member what the assignor says, and changes no hands', () => {
    const state = groupOf([memberOf('a'), memberOf('b')]);
    const next = withTargets(state, tableOf({ t: 3 }));
    expect(targetsIn(next)).toEqual({ a: 't:0 t:2', b: 't:1' });
    expect(next.generation).toBe(5);
    expect(next.members.map(({ owned, generation }) => [owned, generation])).toEqual([
      [[], 5],
      [[], 5],
    ]);
  });

  test.each([
    ['range', { a: 't:0 t:1 u:0 u:1', b: 't:2 u:2' }],
    ['roundrobin', { a: 't:0 t:2 u:1', b: 't:1 u:0 u:2' }],
    ['sticky', { a: 't:0 t:2 u:1', b: 't:1 u:0 u:2' }],
    ['cooperative-sticky', { a: 't:0 t:2 u:1', b: 't:1 u:0 u:2' }],
  ] as const)('shares by %s where the members say so', (assignor, expected) => {
    const members = ['b', 'a'].map((id) => memberOf(id, { assignor, topics: 't u' }));
    expect(targetsIn(withTargets(groupOf(members), tableOf({ u: 3, t: 3 })))).toEqual(expected);
  });

  test('is the same object if nothing changes', () => {
    const table = tableOf({ t: 3 });
    const settled = withTargets(groupOf([memberOf('a'), memberOf('b')]), table);
    expect(withTargets(settled, table)).toBe(settled);
    const batchRuns = groupOf([memberOf('r', { kind: 'batch', owned: 't:0' })]);
    expect(withTargets(batchRuns, table)).toBe(batchRuns);
  });

  test('leaves a member alone whose target stays', () => {
    const state = groupOf([memberOf('a'), memberOf('b', { topics: 'u', target: 'u:0' })]);
    expect(withTargets(state, tableOf({ t: 1, u: 1 })).members[1]).toBe(state.members[1]);
  });

  test('follows a topic that comes, grows and goes', () => {
    let state = groupOf([memberOf('a', { topics: 't u' }), memberOf('b', { topics: 't u' })]);
    state = withTargets(state, tableOf({ t: 1 }));
    expect(targetsIn(state)).toEqual({ a: 't:0', b: '' });
    state = withTargets(state, tableOf({ t: 1, u: 2 }));
    expect(targetsIn(state)).toEqual({ a: 't:0 u:1', b: 'u:0' });
    state = withTargets(state, tableOf({ u: 2 }));
    expect(targetsIn(state)).toEqual({ a: 'u:0', b: 'u:1' });
    expect(targetsIn(withTargets(state, tableOf({})))).toEqual({ a: '', b: '' });
  });

  test('lists the partitions of a target in order, also from ten on', () => {
    const state = groupOf([memberOf('a', { assignor: 'range', topics: 'u t' })]);
    const target = targetsIn(withTargets(state, tableOf({ t: 12, u: 1 })))['a']!;
    expect(target.split(' ').slice(-4)).toEqual(['t:9', 't:10', 't:11', 'u:0']);
  });

  test('a static member has its place by its own name', () => {
    const state = groupOf([
      memberOf('a', { assignor: 'range', instanceId: 'two' }),
      memberOf('b', { assignor: 'range', instanceId: 'one' }),
    ]);
    expect(targetsIn(withTargets(state, tableOf({ t: 2 })))).toEqual({ a: 't:1', b: 't:0' });
  });

  test('cooperative-sticky keeps back what another still has, sticky does not', () => {
    const targetsBy = (assignor: 'sticky' | 'cooperative-sticky') =>
      targetsIn(
        withTargets(
          groupOf([memberOf('a', { assignor, owned: 't:0 t:1' }), memberOf('b', { assignor })]),
          tableOf({ t: 2 }),
        ),
      );
    expect(targetsBy('sticky')).toEqual({ a: 't:0', b: 't:1' });
    expect(targetsBy('cooperative-sticky')).toEqual({ a: 't:0', b: '' });
  });
});

describe.each(ASSIGNOR_NAMES)('%s', (assignor) => {
  const sizesIn = (targets: Record<string, string>) =>
    Object.values(targets).map((names) => names.split(' ').filter((name) => name !== '').length);

  test('balances what the batch runs leave, and gives nobody what they have', () => {
    const state = groupOf([
      memberOf('a', { assignor }),
      memberOf('b', { assignor }),
      memberOf('r', { kind: 'batch', owned: 't:0 t:3' }),
    ]);
    const targets = targetsIn(withTargets(state, tableOf({ t: 6 })));
    expect(sizesIn(targets)).toEqual([2, 2, 0]);
    expect(Object.values(targets).join(' ').trim().split(' ').sort()).toEqual([
      't:1',
      't:2',
      't:4',
      't:5',
    ]);
  });

  test('gives a partition only to those who asked for it', () => {
    const state = groupOf([
      memberOf('a', { assignor, topics: 't:0 t:2' }),
      memberOf('b', { assignor, topics: 't' }),
      memberOf('c', { assignor, topics: 't:5 u:0' }),
    ]);
    const targets = targetsIn(withTargets(state, tableOf({ t: 4, u: 2 })));
    expect(targets['a']).toMatch(/^(t:0 t:2|t:0|t:2)$/);
    expect(targets['b']).toMatch(/t:1.* t:3/);
    expect(targets['c']).toBe('u:0');
    expect(Object.values(targets).join(' ').split(' ').sort()).toEqual([
      't:0',
      't:1',
      't:2',
      't:3',
      'u:0',
    ]);
  });
});

test('a sticky share survives that the pools are cut anew', () => {
  const owned = { a: 't:1 t:2', b: 't:4 t:5' };
  const state = groupOf([
    memberOf('a', { assignor: 'sticky', owned: owned.a }),
    memberOf('b', { assignor: 'sticky', owned: owned.b }),
    memberOf('r', { kind: 'batch', owned: 't:0 t:3' }),
  ]);
  expect(targetsIn(withTargets(state, tableOf({ t: 6 })))).toMatchObject(owned);
});

test('following members with different assignors are a bug', () => {
  const state = groupOf([memberOf('a', { assignor: 'range' }), memberOf('b')]);
  expect(() => withTargets(state, tableOf({ t: 1 }))).toThrow('different assignors');
});

test('a large group is shared within the time that a test has', () => {
  const members = Array.from({ length: 50 }, (_, at) => memberOf(`m${at}`));
  const next = withTargets(groupOf(members), tableOf({ t: 10_000 }));
  expect(next.members.every(({ target }) => target.length === 200)).toBe(true);
});
