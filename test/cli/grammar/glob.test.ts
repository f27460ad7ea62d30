import { describe, expect, test } from '@jest/globals';
import { compileGlob, isGlob } from '../../../src/cli/grammar/glob.js';

describe('compileGlob', () => {
  test.each([
    ['*', '', true],
    ['*', 'orders', true],
    ['orders*', 'orders', true],
    ['orders*', 'orders-eu', true],
    ['orders*', 'my-orders', false],
    ['*-eu', 'orders-eu', true],
    ['*-eu', 'orders-eu-1', false],
    ['a*b*c', 'a1b2b3c', true],
    ['a*b*c', 'a1c2b', false],
    ['log?', 'log1', true],
    ['log?', 'log', false],
    ['log?', 'log12', false],
    ['log[0-4]', 'log3', true],
    ['log[0-4]', 'log5', false],
    ['log[!0-4]', 'log5', true],
    ['log[!0-4]', 'log3', false],
    ['log[a_-]', 'log-', true],
    ['[]]', ']', true],
    ['a.b', 'axb', false],
    ['', '', true],
    ['', 'a', false],
  ])('%j on %j: %j', (pattern, name, expected) => {
    expect(compileGlob(pattern)(name)).toBe(expected);
  });

  test('is quick where backtracking would not end', () => {
    expect(compileGlob('*a'.repeat(30) + 'b')('a'.repeat(249))).toBe(false);
  });

  test('refuses a set that does not end', () => {
    expect(() => compileGlob('log[0-4')).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

test('knows a pattern from a name', () => {
  expect(['orders', 'or*', 'o?', '[o]rders'].map(isGlob)).toStrictEqual([false, true, true, true]);
});
