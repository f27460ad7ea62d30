import { describe, expect, test } from '@jest/globals';
import type { ChildEnd } from '../../../src/cli/exec/child-end.js';
import { describeEnd, endOfExit, endOfSpawnError } from '../../../src/cli/exec/child-end.js';

test.each<[number | null, NodeJS.Signals | null, string]>([
  [0, null, 'ended with exit status 0'],
  [3, null, 'ended with exit status 3'],
  [126, null, 'could not be executed (126)'],
  [127, null, 'was not found (127)'],
  [128, null, 'ended with exit status 128'],
  [null, 'SIGSEGV', 'was killed by SIGSEGV'],
])('the status %s, the signal %s: the command %s', (code, signal, text) => {
  expect(describeEnd(endOfExit(code, signal))).toBe(text);
});

test.each<[ChildEnd, string]>([
  [{ kind: 'timedOut', timeoutMs: 90_000 }, 'timed out after 1m30s'],
  [
    { kind: 'notStarted', code: 127, reason: 'the working directory was removed' },
    'was not found (127): the working directory was removed',
  ],
])('%j: the command %s', (end, text) => {
  expect(describeEnd(end)).toBe(text);
});

describe('a spawn that failed', () => {
  test.each([
    ['ENOENT', 127, 'no such program, or its interpreter is missing'],
    ['EACCES', 126, 'permission denied'],
    ['E2BIG', 126, 'its arguments and environment are too long'],
    ['ENXIO', 126, 'ENXIO'],
  ])('with %s is the fault of the command', (code, status, reason) => {
    const error = { code, syscall: 'spawn load.sh' };
    expect(endOfSpawnError(error)).toEqual({ kind: 'notStarted', code: status, reason });
  });

  test.each(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'])('with %s is not', (code) => {
    expect(endOfSpawnError({ code, syscall: 'spawn' })).toBeUndefined();
  });

  test('is told from any other error', () => {
    expect(endOfSpawnError({ code: 'ENOENT', syscall: 'open' })).toBeUndefined();
    expect(endOfSpawnError({ code: 'INTERRUPTED' })).toBeUndefined();
  });
});
