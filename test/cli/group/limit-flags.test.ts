import { expect, test } from '@jest/globals';
import { checkSomeLimit } from '../../../src/cli/group/limit-flags.js';

test('one limit is enough, none is an error', () => {
  expect(checkSomeLimit({ 'max-lag': 0 })).toEqual({
    maxLag: 0,
    maxAgeMs: undefined,
    maxIdleMs: undefined,
    maxAttempts: undefined,
  });
  expect(() => checkSomeLimit({})).toThrow('there is no limit to check');
});
