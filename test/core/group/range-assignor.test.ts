import { expect, test } from '@jest/globals';
import { assign } from '../../../src/core/group/assignor.js';
import { memberOf, showAssignment } from '../../support/assignor-vectors.js';

test('every topic is cut by itself, and the first members get the longer runs', () => {
  const counts = new Map([
    ['t1', 3],
    ['t2', 3],
  ]);
  const members = [memberOf('c1', 't1 t2'), memberOf('c2', 't1 t2')];
  expect(showAssignment(assign('range', counts, members))).toEqual({
    c1: ['t1-0', 't1-1', 't2-0', 't2-1'],
    c2: ['t1-2', 't2-2'],
  });
});

test('only subscribers count, and a static member stands first', () => {
  const counts = new Map([
    ['t1', 2],
    ['t2', 1],
  ]);
  const members = [
    memberOf('a', 't1'),
    memberOf('b', 't2'),
    memberOf('z', 't1 t2', '', { instanceId: 'fixed' }),
  ];
  expect(showAssignment(assign('range', counts, members))).toEqual({
    a: ['t1-1'],
    b: [],
    z: ['t1-0', 't2-0'],
  });
});
