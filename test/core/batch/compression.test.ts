import { describe, expect, test } from '@jest/globals';
import {
  COMPRESSION_TYPES,
  compressionId,
  compressionLevel,
  compressionOfId,
  isCompressionType,
} from '../../../src/core/batch/compression.js';

describe('compression types', () => {
  test('have the ids of the protocol', () => {
    expect(COMPRESSION_TYPES.map((type) => [type, compressionId(type)])).toEqual([
      ['none', 0],
      ['gzip', 1],
      ['snappy', 2],
      ['lz4', 3],
      ['zstd', 4],
    ]);
    for (const type of COMPRESSION_TYPES) expect(compressionOfId(compressionId(type))).toBe(type);
  });

  test.each([5, 6, 7])('id %d is not given out', (id) => {
    expect(() => compressionOfId(id)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_COMPRESSION_TYPE', details: { id } }),
    );
  });

  test.each([
    ['zstd', true],
    ['ZSTD', false],
    ['uncompressed', false],
    ['', false],
  ])('that %j is a name is %p', (name, expected) => {
    expect(isCompressionType(name)).toBe(expected);
  });

  test.each([
    ['gzip', undefined, -1],
    ['gzip', 9, 9],
    ['lz4', undefined, 9],
    ['zstd', undefined, 3],
    ['zstd', -131072, -131072],
    ['snappy', undefined, 0],
    ['none', undefined, 0],
  ] as const)('%s at level %p compresses at %d', (type, level, expected) => {
    expect(compressionLevel(type, level)).toBe(expected);
  });

  test.each([
    ['gzip', 0],
    ['gzip', 10],
    ['gzip', 1.5],
    ['lz4', 0],
    ['lz4', 18],
    ['zstd', 23],
    ['snappy', 1],
    ['none', 1],
  ] as const)('%s has no level %d', (type, level) => {
    expect(() => compressionLevel(type, level)).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG' }),
    );
  });
});
