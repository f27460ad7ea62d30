import { describe, expect, test } from '@jest/globals';
import { javaHash, partitionForGroup } from '../../../src/core/bytes/java-hash.js';
import { goldenTest, readGoldenLines } from '../../support/golden.js';

interface Vector {
  readonly group: string;
  readonly javaHash: number;
  readonly partitionOf50: number;
}

describe('javaHash', () => {
  test.each([
    ['', 0],
    ['a', 97],
    ['group1', -1237460590],
    ['żółć', 11564348],
    ['😀', 1772899],
    ['polygenelubricants', -2147483648],
  ])('of %j is %d', (text, expected) => {
    expect(javaHash(text)).toBe(expected);
  });
});

describe('partitionForGroup', () => {
  test.each([
    ['console-consumer-55231', 50, 17],
    ['my-group', 50, 12],
    ['my-group', 1, 0],
  ])('the group %j among %d partitions goes to %d', (group, partitionCount, expected) => {
    expect(partitionForGroup(group, partitionCount)).toBe(expected);
  });

  test('of the hash that has no absolute value is 0', () => {
    expect(partitionForGroup('polygenelubricants', 7)).toBe(0);
  });
});

goldenTest("Kafka's vectors, and the partitions that come of them", () => {
  const vectors = readGoldenLines<Vector>('vectors/group-partition.jsonl');
  expect(vectors.length).toBeGreaterThan(0);
  for (const { group, javaHash: expected, partitionOf50 } of vectors) {
    expect([javaHash(group), partitionForGroup(group, 50)]).toStrictEqual([
      expected,
      partitionOf50,
    ]);
  }
});
