import { expect, test } from '@jest/globals';
import type { BatchFields } from '../../../src/core/batch/batch-fields.js';
import { attributesOf } from '../../../src/core/batch/batch-fields.js';
import type { CompressionType } from '../../../src/core/batch/compression.js';

test.each<[CompressionType, BatchFields, number]>([
  ['none', {}, 0],
  ['zstd', { timestampType: 'CreateTime' }, 0x04],
  ['gzip', { timestampType: 'LogAppendTime' }, 0x09],
  ['none', { isTransactional: true }, 0x10],
  ['none', { isTransactional: true, isControl: true }, 0x30],
  ['lz4', { hasDeleteHorizon: true }, 0x43],
])('the attributes of %s with %j are %d', (compression, fields, expected) => {
  expect(attributesOf(compression, fields)).toBe(expected);
});
