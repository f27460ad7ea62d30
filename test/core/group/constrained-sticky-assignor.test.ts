import { expect, test } from '@jest/globals';
import { settleClaims } from '../../../src/core/group/assignor-claims.js';
import type { AssignorMember } from '../../../src/core/group/assignor-member.js';
import { tabulatePartitions } from '../../../src/core/group/assignor-partitions.js';
import { assignConstrained } from '../../../src/core/group/constrained-sticky-assignor.js';
import { memberOf, showHolders } from '../../support/assignor-vectors.js';

function assignT(partitionCount: number, ...members: readonly AssignorMember[]) {
  const table = tabulatePartitions(new Map([['t', partitionCount]]), members);
  return showHolders(assignConstrained(table, members, settleClaims(table, members)));
}

test('without claims partitions are dealt in turn, by member id', () => {
  expect(assignT(5, memberOf('b', 't'), memberOf('a', 't'))).toEqual({
    a: ['t-0', 't-2', 't-4'],
    b: ['t-1', 't-3'],
  });
});

test('who owns too many keeps the low ones', () => {
  expect(assignT(5, memberOf('a', 't', 't-4 t-3 t-2 t-1 t-0'), memberOf('b', 't'))).toEqual({
    a: ['t-0', 't-1', 't-2'],
    b: ['t-3', 't-4'],
  });
});

test('of two with a claim to the larger share the first in the list keeps it', () => {
  const [a, b, c] = [
    memberOf('a', 't', 't-0 t-1'),
    memberOf('b', 't', 't-2 t-3'),
    memberOf('c', 't'),
  ];
  expect(assignT(4, a, b, c)).toEqual({ a: ['t-0', 't-1'], b: ['t-2'], c: ['t-3'] });
  expect(assignT(4, b, a, c)).toEqual({ a: ['t-0'], b: ['t-2', 't-3'], c: ['t-1'] });
});

test('those below the quota are filled first; then those at it, who were there longest', () => {
  expect(assignT(5, memberOf('a', 't'), memberOf('b', 't', 't-0 t-1'), memberOf('c', 't'))).toEqual(
    {
      a: ['t-2', 't-4'],
      b: ['t-0', 't-1'],
      c: ['t-3'],
    },
  );
  expect(assignT(4, memberOf('a', 't'), memberOf('b', 't', 't-0'), memberOf('c', 't'))).toEqual({
    a: ['t-1'],
    b: ['t-0', 't-3'],
    c: ['t-2'],
  });
});

test('with more members than partitions, owners keep theirs and the rest get nothing', () => {
  expect(
    assignT(2, memberOf('a', 't'), memberOf('b', 't', 't-1'), memberOf('c', 't', 't-0')),
  ).toEqual({
    b: ['t-1'],
    c: ['t-0'],
  });
});

test('nothing to assign is nothing assigned', () => {
  expect(assignT(0, memberOf('a', 't', 't-0'))).toEqual({});
});
