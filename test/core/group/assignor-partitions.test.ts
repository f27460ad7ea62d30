import { expect, test } from '@jest/globals';
import { listPartitions, tabulatePartitions } from '../../../src/core/group/assignor-partitions.js';
import { memberOf, nameOf } from '../../support/assignor-vectors.js';

test('the table has the subscribed topics that exist, in order of name', () => {
  const counts = new Map([
    ['orders', 2],
    ['audit', 1],
    ['unread', 3],
    ['empty', 0],
  ]);
  const members = [memberOf('a', 'orders missing'), memberOf('b', 'audit orders empty')];
  const table = tabulatePartitions(counts, members);
  expect([...table.keys()]).toEqual(['audit', 'orders']);
  expect(listPartitions(table).map(nameOf)).toEqual(['audit-0', 'orders-0', 'orders-1']);
});

test('a partition is the same object wherever the table has it', () => {
  const table = tabulatePartitions(new Map([['t', 2]]), [memberOf('a', 't')]);
  expect(listPartitions(table)[1]).toBe(table.get('t')?.[1]);
});
