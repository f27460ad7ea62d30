import { expect, test } from '@jest/globals';
import { settleClaims } from '../../../src/core/group/assignor-claims.js';
import type { AssignorMember } from '../../../src/core/group/assignor-member.js';
import { tabulatePartitions } from '../../../src/core/group/assignor-partitions.js';
import { assignGeneral } from '../../../src/core/group/general-sticky-assignor.js';
import { memberOf, showHolders } from '../../support/assignor-vectors.js';

function assignAll(counts: Record<string, number>, members: readonly AssignorMember[]) {
  const table = tabulatePartitions(new Map(Object.entries(counts)), members);
  return showHolders(assignGeneral(table, members, settleClaims(table, members)));
}

/** `t-0 t-1 … `: this many. */
const first = (topic: string, count: number): string =>
  Array.from({ length: count }, (_, partition) => `${topic}-${partition}`).join(' ');

test('topics with the least choice are handed out first', () => {
  expect(assignAll({ any: 2, only: 2 }, [memberOf('a', 'any only'), memberOf('b', 'any')])).toEqual(
    {
      a: ['only-0', 'only-1'],
      b: ['any-0', 'any-1'],
    },
  );
});

test('what is owned stays, unless its member no longer subscribes', () => {
  const members = [memberOf('a', 's', 's-1 t-0'), memberOf('b', 's t', 's-0 t-1')];
  expect(assignAll({ s: 2, t: 2 }, members)).toEqual({
    a: ['s-0', 's-1'],
    b: ['t-0', 't-1'],
  });
});

test('a partition moves only if that makes two shares more equal', () => {
  const two = [memberOf('a', 's t', 's-0 s-1'), memberOf('b', 's', '')];
  expect(assignAll({ s: 2 }, two)).toEqual({ a: ['s-1'], b: ['s-0'] });
  const one = [memberOf('a', 's t', 's-0 t-0'), memberOf('b', 's', 's-1')];
  expect(assignAll({ s: 2, t: 1 }, one)).toEqual({ a: ['s-0', 't-0'], b: ['s-1'] });
});

test('balance is sought among what nobody owned before anything owned is moved', () => {
  const members = [
    memberOf('b', 't'),
    memberOf('c', 'o t u', 'o-0 o-1'),
    memberOf('d', 'u d', first('d', 5)),
    memberOf('e', 'o e', first('e', 4)),
  ];
  const { b, c } = assignAll({ o: 2, t: 4, u: 3, d: 5, e: 4 }, members);
  expect({ b, c }).toEqual({
    b: ['t-0', 't-1', 't-2', 't-3'],
    c: ['o-0', 'o-1', 'u-0', 'u-1', 'u-2'],
  });
});

test('a partition goes back to whom an older generation had it, where that is balance too', () => {
  const held = memberOf('a', 's t', first('s', 6), { generation: 2 });
  const back = memberOf('z', 's', 's-0 s-1 s-2', { generation: 1 });
  const fresh = memberOf('c', 's', '', { generation: -1 });
  const { z } = assignAll({ s: 6, t: 1 }, [held, back, fresh]);
  expect(z).toEqual(['s-0', 's-1', 's-2']);
});

test('a former owner that no longer subscribes gets nothing back', () => {
  const members = [
    memberOf('a', 's', 's-0 s-1 s-2', { generation: 2 }),
    memberOf('b', 'other', 's-0', { generation: 1 }),
  ];
  expect(assignAll({ s: 3, other: 1 }, members)).toEqual({
    a: ['s-0', 's-1', 's-2'],
    b: ['other-0'],
  });
});

/**
 * Here the rule of the way home, which is Kafka's, takes a partition from the smaller member to the
 * larger one, whence it goes back by balance. Kafka 4.3.1 goes round in that for ever.
 */
test('the moving ends where the way home leads away from balance', () => {
  const members = [
    memberOf('a', 't x', `t-0 ${first('x', 7)}`),
    memberOf('b', 't y', `t-1 ${first('y', 9)}`),
    memberOf('h', 't h', first('h', 7)),
    memberOf('v', 'x f', first('f', 2)),
    memberOf('w1', 'y'),
    memberOf('w2', 'y'),
    memberOf('z1', 'x y z1', first('z1', 20)),
    memberOf('z2', 'x z2', first('z2', 20)),
  ];
  const shown = assignAll({ t: 2, x: 7, y: 9, h: 7, f: 2, z1: 20, z2: 20 }, members);
  const sizes = Object.entries(shown).map(([id, names]) => [id, names.length]);
  expect(Object.fromEntries(sizes)).toEqual({
    a: 5,
    b: 4,
    h: 7,
    v: 5,
    w1: 3,
    w2: 3,
    z1: 20,
    z2: 20,
  });
});
