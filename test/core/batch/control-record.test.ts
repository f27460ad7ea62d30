import { describe, expect, test } from '@jest/globals';
import {
  parseControlRecordType,
  parseCoordinatorEpoch,
} from '../../../src/core/batch/control-record.js';

describe('control records', () => {
  test.each([
    ['00000000', 'abort'],
    ['00000001', 'commit'],
    ['00000002', 'leader-change'],
    ['00000006', 'kraft-voters'],
    ['00000007', 'unknown'],
    ['0000ffff', 'unknown'],
    ['0001000199', 'commit'],
  ])('the key %s says %s', (key, type) => {
    expect(parseControlRecordType(Buffer.from(key, 'hex'))).toBe(type);
  });

  test('a marker carries the epoch of its coordinator', () => {
    expect(parseCoordinatorEpoch(Buffer.from('00000000002a', 'hex'))).toBe(42);
  });

  test.each([[null], [''], ['000000'], ['ffff0000']])('the key %p is refused', (key) => {
    const bytes = key === null ? null : Buffer.from(key, 'hex');
    expect(() => parseControlRecordType(bytes)).toThrow(
      expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
    );
  });

  test.each([[null], ['0000000000'], ['ffff00000000']])('the marker %p is refused', (value) => {
    const bytes = value === null ? null : Buffer.from(value, 'hex');
    expect(() => parseCoordinatorEpoch(bytes)).toThrow(
      expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
    );
  });
});
