import { describe, expect, test } from '@jest/globals';
import { murmur2, partitionForKey } from '../../../src/core/bytes/murmur2.js';
import { goldenTest, readGoldenLines } from '../../support/golden.js';

interface Vector {
  readonly keyHex: string;
  readonly murmur2: number;
  readonly partition: Readonly<Record<string, number>>;
}

describe('murmur2', () => {
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
    ['kafka', -798503068],
    ['giberish123456789', 0x8f552b0c | 0],
    ['1234', 0x9fc97b14 | 0],
    ['234', 0xe7c009ca | 0],
    ['34', 0x873930da | 0],
    ['4', 0x5a4b5ca1],
    ['PreAmbleWillBeRemoved,ThePrePartThatIs', 0x78424f1c],
    ['', 275646681],
  ])('of %j is %d', (key, expected) => {
    const bytes = Buffer.from(`<<${key}>`);
    expect(murmur2(bytes, 2, bytes.length - 1)).toBe(expected);
  });

  test.each([
    ['foobar', 50, 16],
    ['kafka', 12, 4],
    ['user-1', 10, 8],
    ['', 50, 31],
    ['key-0', 1, 0],
  ])('the key %j among %d partitions goes to %d', (key, partitions, expected) => {
    const bytes = Buffer.from(key);
    expect(partitionForKey(bytes, 0, bytes.length, partitions)).toBe(expected);
  });

  goldenTest("Kafka's vectors, and the partitions that come of them", () => {
    for (const vector of readGoldenLines<Vector>('vectors/murmur2.jsonl')) {
      const key = Buffer.from(vector.keyHex, 'hex');
      expect(murmur2(key, 0, key.length)).toBe(vector.murmur2);
      for (const [partitions, expected] of Object.entries(vector.partition)) {
        expect(partitionForKey(key, 0, key.length, Number(partitions))).toBe(expected);
      }
    }
  });
});
