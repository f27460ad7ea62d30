import { expect, test } from '@jest/globals';
import { isColored } from '../../src/cli/color-choice.js';

test.each([
  [undefined, {}, true, true],
  [undefined, {}, false, false],
  [undefined, { NO_COLOR: '1' }, true, false],
  [undefined, { NO_COLOR: '' }, true, true],
  [undefined, { TERM: 'dumb' }, true, false],
  [undefined, { SPOOL_COLOR: 'never' }, true, false],
  [undefined, { SPOOL_COLOR: '' }, true, true],
  ['always', { NO_COLOR: '1' }, false, true],
  ['never', { SPOOL_COLOR: 'always' }, true, false],
  ['auto', { SPOOL_COLOR: 'always' }, false, false],
] as const)('--color %s with %j, terminal %s: %s', (flag, variables, isTerminal, colored) => {
  expect(isColored(flag, variables, isTerminal)).toBe(colored);
});

test('a wrong SPOOL_COLOR is refused', () => {
  expect(() => isColored(undefined, { SPOOL_COLOR: 'red' }, true)).toThrow('SPOOL_COLOR="red"');
});
