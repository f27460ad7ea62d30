import { describe, expect, test } from '@jest/globals';
import { settleClaims } from '../../../src/core/group/assignor-claims.js';
import type { AssignorMember } from '../../../src/core/group/assignor-member.js';
import { tabulatePartitions } from '../../../src/core/group/assignor-partitions.js';
import { memberOf, nameOf } from '../../support/assignor-vectors.js';

function settle(...members: readonly AssignorMember[]) {
  const table = tabulatePartitions(new Map([['t', 3]]), members);
  const { owners, contested, formerOwners } = settleClaims(table, members);
  const show = (map: typeof owners) =>
    Object.fromEntries([...map].map(([partition, id]) => [nameOf(partition), id]));
  return {
    owners: show(owners),
    contested: [...contested].map(nameOf),
    former: show(formerOwners),
  };
}

const NOTHING = { owners: {}, contested: [], former: {} };

describe('a claim', () => {
  test('of one member holds, however old', () => {
    const [old, recent] = [
      memberOf('a', 't', 't-0', { generation: -1 }),
      memberOf('b', 't', 't-1', { generation: 7 }),
    ];
    expect(settle(old, recent)).toEqual({ ...NOTHING, owners: { 't-0': 'a', 't-1': 'b' } });
  });

  test('holds even if its topic is no longer subscribed to: it may still be read', () => {
    expect(settle(memberOf('a', '', 't-0'), memberOf('b', 't'))).toEqual({
      ...NOTHING,
      owners: { 't-0': 'a' },
    });
  });

  test('of an older generation loses, and is remembered', () => {
    const members = [
      memberOf('a', 't', 't-0', { generation: 1 }),
      memberOf('b', 't', 't-0', { generation: 3 }),
      memberOf('c', 't', 't-0', { generation: 2 }),
    ];
    const expected = { ...NOTHING, owners: { 't-0': 'b' }, former: { 't-0': 'c' } };
    expect(settle(...members)).toEqual(expected);
    expect(settle(...members.toReversed())).toEqual(expected);
  });

  test('is void if two of the newest generation make it', () => {
    const members = [
      memberOf('a', 't', 't-0', { generation: 1 }),
      memberOf('b', 't', 't-0 t-1', { generation: 2 }),
      memberOf('c', 't', 't-0 t-2', { generation: 2 }),
    ];
    expect(settle(...members)).toEqual({
      owners: { 't-1': 'b', 't-2': 'c' },
      contested: ['t-0'],
      former: { 't-0': 'a' },
    });
  });

  test('made twice by one member is one claim', () => {
    expect(settle(memberOf('a', 't', 't-0 t-0'))).toEqual({ ...NOTHING, owners: { 't-0': 'a' } });
  });

  test('to a partition or a topic that is gone is no claim', () => {
    expect(settle(memberOf('a', 't', 't-3 gone-0'))).toEqual(NOTHING);
  });
});
