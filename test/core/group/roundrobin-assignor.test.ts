import { expect, test } from '@jest/globals';
import { assign } from '../../../src/core/group/assignor.js';
import { memberOf, showAssignment } from '../../support/assignor-vectors.js';

test('the circle goes on from topic to topic', () => {
  const counts = new Map([
    ['t1', 3],
    ['t2', 3],
  ]);
  const members = [memberOf('c1', 't1 t2'), memberOf('c2', 't1 t2')];
  expect(showAssignment(assign('roundrobin', counts, members))).toEqual({
    c1: ['t1-0', 't1-2', 't2-1'],
    c2: ['t1-1', 't2-0', 't2-2'],
  });
});

test('members that do not subscribe are passed over and not made up for', () => {
  const counts = new Map([
    ['t1', 1],
    ['t2', 2],
    ['t3', 3],
  ]);
  const members = [memberOf('a', 't1'), memberOf('b', 't1 t2'), memberOf('c', 't1 t2 t3')];
  expect(showAssignment(assign('roundrobin', counts, members))).toEqual({
    a: ['t1-0'],
    b: ['t2-0'],
    c: ['t2-1', 't3-0', 't3-1', 't3-2'],
  });
});
