import { describe, expect, test } from '@jest/globals';
import type { AssignorMember } from '../../../src/core/group/assignor-member.js';
import { assign } from '../../../src/core/group/assignor.js';
import { memberOf, showAssignment } from '../../support/assignor-vectors.js';

const COUNTS = new Map([
  ['s', 4],
  ['t', 1],
]);
const cooperate = (...members: readonly AssignorMember[]) =>
  showAssignment(assign('cooperative-sticky', COUNTS, members));

describe.each([
  ['subscriptions are equal', 's', 's'],
  ['subscriptions differ', 's', 's t'],
])('where %s', (_, topics, others) => {
  test('what changes owner is held back until its owner has let it go', () => {
    const before = memberOf('a', topics, 's-0 s-1 s-2 s-3');
    const joined = memberOf('b', others);
    const round1 = cooperate(before, joined);
    expect(round1['a']?.length).toBeLessThan(4);
    expect(round1['b']?.filter((name) => name.startsWith('s'))).toEqual([]);

    const again = memberOf('a', topics, round1['a']?.join(' '), { generation: 2 });
    const round2 = cooperate(
      again,
      memberOf('b', others, round1['b']?.join(' '), { generation: 2 }),
    );
    expect(round2['a']).toEqual(round1['a']);
    expect(
      [...(round2['a'] ?? []), ...(round2['b'] ?? [])].filter((name) => name[0] === 's'),
    ).toHaveLength(4);
  });

  test('what nobody owns is given at once', () => {
    const given = cooperate(memberOf('a', topics, 's-0 s-1'), memberOf('b', others));
    expect(
      Object.values(given)
        .flat()
        .filter((name) => name[0] === 's'),
    ).toHaveLength(4);
  });

  test('what two claim in one generation is given to neither', () => {
    const given = cooperate(memberOf('a', topics, 's-0 s-1'), memberOf('b', others, 's-1 s-2'));
    expect(Object.values(given).flat()).not.toContain('s-1');
    expect(given['a']).toContain('s-0');
    expect(given['b']).toContain('s-2');
  });

  test('what an older generation claims too stays with its owner', () => {
    const given = cooperate(
      memberOf('a', topics, 's-0 s-1', { generation: 2 }),
      memberOf('b', others, 's-1 s-2', { generation: 1 }),
    );
    expect(given['a']).toEqual(expect.arrayContaining(['s-0', 's-1']));
  });
});

test('what its owner no longer subscribes to is held back too: it may still be reading', () => {
  expect(cooperate(memberOf('a', 't', 's-0'), memberOf('b', 's'))).toEqual({
    a: ['t-0'],
    b: ['s-1', 's-2', 's-3'],
  });
});
