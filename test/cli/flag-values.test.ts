import { expect, test } from '@jest/globals';
import { markFlagValues, unmarked } from '../../src/cli/flag-values.js';

const FLAGS = {
  message: { type: 'option', char: 'm' },
  from: { type: 'option', aliases: ['begin'] },
  sync: { type: 'option', options: ['batch', 'never'] },
  verbose: { type: 'boolean', char: 'v' },
} as const;

test.each([
  [
    ['t', '-m', '-v'],
    ['t', '-m', '\0-v'],
  ],
  [
    ['t', '-m', '--help', '-v'],
    ['t', '-m', '\0--help', '-v'],
  ],
  [
    ['t', '-m', '--', '--', '-m', '-x'],
    ['t', '-m', '\0--', '--', '-m', '-x'],
  ],
  [['--message=-v'], ['--message=\0-v']],
  [
    ['--from=-1h', '--begin', '-2'],
    ['--from=\0-1h', '--begin', '\0-2'],
  ],
  [
    ['-m', 'plain', '-m', ''],
    ['-m', 'plain', '-m', ''],
  ],
  [
    ['--sync', '-v'],
    ['--sync', '-v'],
  ],
  [
    ['-v', '-m'],
    ['-v', '-m'],
  ],
  [
    ['--verbose', '-x', '-'],
    ['--verbose', '-x', '-'],
  ],
])('%j becomes %j, and back', (argv, marked) => {
  const flags = FLAGS as unknown as Parameters<typeof markFlagValues>[1];
  expect(markFlagValues(argv, flags)).toEqual(marked);
  expect(marked.map((word) => unmarked(word.replace('=\0', '=')))).toEqual(argv);
});

test('a flag that takes no value is not torn from one', () => {
  const flags = FLAGS as unknown as Parameters<typeof markFlagValues>[1];
  expect(() => markFlagValues(['t', '--verbose=false'], flags)).toThrow(/--verbose takes no value/);
  expect(markFlagValues(['-m', '--verbose=false'], flags)).toEqual(['-m', '\0--verbose=false']);
});
