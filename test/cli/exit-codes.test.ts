import { describe, expect, test } from '@jest/globals';
import { EXIT, exitCodeOf, worstExitCode } from '../../src/cli/exit-codes.js';
import { ERROR_CODES } from '../../src/core/errors.js';
import { HELP_PAGES } from '../../src/view/help-pages/pages.js';
import { SOME_MACHINE } from '../support/some-machine.js';

test.each([
  ['UNKNOWN_TOPIC_OR_PARTITION', 3],
  ['OFFSET_OUT_OF_RANGE', 3],
  ['DATA_DIR_NOT_FOUND', 3],
  ['INVALID_INPUT', 5],
  ['MESSAGE_TOO_LARGE', 5],
  ['INVALID_RECORD', 5],
  ['INVALID_ARGUMENT', 2],
  ['INVALID_CONFIG', 2],
  ['CONFIRMATION_REQUIRED', 2],
  ['CORRUPT_MESSAGE', 7],
  ['SEGMENT_CORRUPT', 7],
  ['DATA_DIR_DAMAGED', 7],
  ['CHECK_FAILED', 4],
  ['BUSY', 75],
  ['DISK_FULL', 1],
  ['PERMISSION_DENIED', 1],
] as const)('%s ends with %d', (code, exitCode) => {
  expect(exitCodeOf(code)).toBe(exitCode);
});

test('no error code ends with success', () => {
  expect(ERROR_CODES.filter((code) => !(exitCodeOf(code) > 0))).toEqual([]);
});

describe('the worst of several', () => {
  test.each([
    [0, 3, 3],
    [3, 7, 7],
    [75, 1, 1],
    [2, 4, 4],
    [130, 7, 130],
  ] as const)('%d and %d make %d', (one, other, worst) => {
    expect(worstExitCode(one, other)).toBe(worst);
    expect(worstExitCode(other, one)).toBe(worst);
  });
});

test('the help page names every code', () => {
  const text = HELP_PAGES['exit-codes']?.text(() => SOME_MACHINE) ?? '';
  for (const code of Object.values(EXIT)) expect(text).toMatch(new RegExp(`^ +${code}  `, 'm'));
});
