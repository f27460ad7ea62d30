import { describe, expect, test } from '@jest/globals';
import { parseCommandLine, splitAtDashes } from '../../src/cli/command-line.js';
import { recordSession } from '../support/recorded-session.js';

const { config } = await recordSession({
  commands: {
    produce: { summary: 'Append.' },
    help: {},
    'topic:list': { summary: 'List.', hiddenAliases: ['topic:ls'] },
    'topic:create': {},
  },
});

const help = (words: string[], detail = 'usual'): object => ({ kind: 'help', words, detail });

describe('what is asked for', () => {
  test.each([
    ['', help([])],
    ['--help', help([])],
    ['-h', help([])],
    ['--version', { kind: 'version' }],
    ['topic', help(['topic'])],
    ['topic --help', help(['topic'])],
    ['topic list --help', help(['topic', 'list'])],
    ['produce t -h', help(['produce'])],
    ['topic list', { kind: 'run', id: 'topic:list', argv: [] }],
    ['topic ls', { kind: 'run', id: 'topic:ls', argv: [] }],
    ['topic list g* --json', { kind: 'run', id: 'topic:list', argv: ['g*', '--json'] }],
    ['produce list', { kind: 'run', id: 'produce', argv: ['list'] }],
    ['-d topic topic list', { kind: 'run', id: 'topic:list', argv: ['-d', 'topic'] }],
    ['--dir=x --json produce t', { kind: 'run', id: 'produce', argv: ['--dir=x', '--json', 't'] }],
    ['topic list -h -v', help(['topic', 'list'], 'full')],
    ['help topic list', { kind: 'run', id: 'help', argv: ['topic', 'list'] }],
  ])('%s', (line, request) => {
    expect(parseCommandLine(config, line.split(' ').filter(Boolean))).toEqual(request);
  });
});

describe('what there is not', () => {
  test.each([
    ['prodcue t', 'unknown command "prodcue"', 'did you mean spool produce?'],
    ['topic crate t', 'unknown command "topic crate"', 'did you mean spool topic create?'],
    ['ofsets', 'unknown command "ofsets"', 'did you mean spool help offsets?'],
    ['qwertz', 'unknown command "qwertz"', 'spool --help lists the commands'],
    ['--json', '"--json" needs a command', 'spool --help lists the commands'],
    ['--verison', '"--verison" needs a command', 'did you mean spool --version?'],
  ])('%s', (line, message, suggestion) => {
    expect(() => parseCommandLine(config, line.split(' '))).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message,
        suggestion: expect.stringContaining(suggestion),
      }),
    );
  });
});

test.each([
  [['a', 'b'], ['a', 'b'], undefined],
  [['a', '--', 'b', '--', 'c'], ['a'], ['b', '--', 'c']],
  [['a', '--'], ['a'], []],
])('%j is cut at the first --', (argv, before, after) => {
  expect(splitAtDashes(argv)).toEqual({ before, after });
});
