import { describe, expect, test } from '@jest/globals';
import type { AssignorMember } from '../../../src/core/group/assignor-member.js';
import { tabulatePartitions } from '../../../src/core/group/assignor-partitions.js';
import { assignCooperativeSticky } from '../../../src/core/group/cooperative-sticky-assignor.js';
import { assignSticky } from '../../../src/core/group/sticky-assignor.js';
import type { AssignorVector } from '../../support/assignor-vectors.js';
import {
  countsOf,
  inHashOrder,
  memberOf,
  membersOf,
  readAssignorVectors,
  showHolders,
  sortShown,
} from '../../support/assignor-vectors.js';
import { goldenTest, readGoldenLines } from '../../support/golden.js';

const ASSIGNORS = { sticky: assignSticky, 'cooperative-sticky': assignCooperativeSticky };

/** To the last partition, if those with a claim are heard in the order in which Kafka hears them. */
function expectKafkasResult(vectors: readonly AssignorVector[], name: keyof typeof ASSIGNORS) {
  const ofName = vectors.filter(({ assignor }) => assignor === name);
  expect(ofName.length).toBeGreaterThan(20);
  for (const vector of ofName) {
    const members = inHashOrder(membersOf(vector));
    const holders = ASSIGNORS[name](tabulatePartitions(countsOf(vector), members), members);
    const expected = Object.entries(vector.assignment).filter(([, names]) => names.length > 0);
    expect({ vector, result: showHolders(holders) }).toEqual({
      vector,
      result: sortShown(Object.fromEntries(expected)),
    });
  }
}

describe.each(['sticky', 'cooperative-sticky'] as const)(
  '%s gives exactly what Kafka gives',
  (name) => {
    test('in the vectors of the fixture', () => {
      expectKafkasResult(readAssignorVectors(), name);
    });

    goldenTest('in all vectors', () => {
      expectKafkasResult(readGoldenLines<AssignorVector>('vectors/assignors.jsonl'), name);
    });
  },
);

describe('balance', () => {
  const counts = new Map([
    ['t1', 4],
    ['t2', 2],
  ]);
  const sizesOf = (...members: readonly AssignorMember[]) =>
    Object.entries(showHolders(assignSticky(tabulatePartitions(counts, members), members)))
      .map(([id, names]) => `${id} ${names.length}`)
      .sort();

  test('is within one where all subscribe alike, in whatever order and however often', () => {
    expect(
      sizesOf(memberOf('a', 't1 t2', 't1-0 t1-1 t1-2 t1-3'), memberOf('b', 't2 t1 t2')),
    ).toEqual(['a 3', 'b 3']);
  });

  test('is what the subscriptions allow where they differ', () => {
    expect(sizesOf(memberOf('a', 't1'), memberOf('b', 't2'))).toEqual(['a 4', 'b 2']);
  });

  test('does not give to a member without a subscription', () => {
    expect(sizesOf(memberOf('a', ''), memberOf('b', 't1 t2'))).toEqual(['b 6']);
  });
});
