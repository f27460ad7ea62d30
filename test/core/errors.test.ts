import { expect, test } from '@jest/globals';
import { CoreError, ERROR_CODES, isCoreError } from '../../src/core/errors.js';

test('every code stands in the table once', () => {
  expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
});

test('a core error is known by its brand and its code, and nothing else is', () => {
  const error = new CoreError('DISK_FULL', 'no room', { details: { path: '/a' }, cause: 7 });
  expect(isCoreError(error)).toBe(true);
  expect(isCoreError(error, 'DISK_FULL')).toBe(true);
  expect(isCoreError(error, 'IO_ERROR')).toBe(false);
  expect(error).toMatchObject({ message: 'no room', details: { path: '/a' }, cause: 7 });
  for (const other of [new Error('DISK_FULL'), { code: 'DISK_FULL' }, undefined, null, 'x']) {
    expect(isCoreError(other)).toBe(false);
  }
});
