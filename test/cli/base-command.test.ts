import { describe, expect, test } from '@jest/globals';
import { ReaderGone } from '../../src/cli/reader-gone.js';
import { CoreError } from '../../src/core/errors.js';
import Drop from '../fixtures/commands/thing/drop.js';
import Blocks from '../fixtures/commands/blocks.js';
import { recordSession } from '../support/recorded-session.js';

const TERMINAL = { inputIsTerminal: true, outputIsTerminal: true, messagesAreTerminal: true };

describe('several targets', () => {
  test('are all done, each failure is told, the worst exit code wins', async () => {
    const recorded = await recordSession();
    await Drop.run(['-y', 'a', 'missing', 'damaged', 'b'], recorded.config);
    expect(await recorded.shown()).toBe('dropped a\ndropped b\n');
    expect(recorded.messages()).toMatch(/^error: no thing missing\n.*\nerror: thing damaged/);
    expect(recorded.session.exitCode).toBe(7);
  });

  test('are not gone through after a bug, or a stop', async () => {
    const bug = await recordSession();
    await expect(Drop.run(['-y', 'bug', 'a'], bug.config)).rejects.toThrow('not a thing');
    const stopped = await recordSession();
    stopped.controller.abort(new CoreError('INTERRUPTED', 'interrupted'));
    await expect(Drop.run(['-y', 'a'], stopped.config)).rejects.toThrow('interrupted');
    expect(await stopped.shown()).toBe('');
  });
});

describe('a confirmation', () => {
  test.each([
    ['y', 'dropped a\n'],
    ['YES', 'dropped a\n'],
    ['', ''],
    ['yep', ''],
  ])('on a terminal, %j shows %j', async (answer, shown) => {
    const recorded = await recordSession({ ...TERMINAL, answer });
    await Drop.run(['a'], recorded.config);
    expect(recorded.questions).toEqual(['drop a? [y/N] ']);
    expect(await recorded.shown()).toBe(shown);
    expect(recorded.messages()).toBe(shown === '' ? 'nothing was changed\n' : '');
  });

  test('is never asked for with -y, or without a terminal', async () => {
    const yes = await recordSession({ ...TERMINAL });
    await Drop.run(['-y', 'a'], yes.config);
    expect(yes.questions).toEqual([]);
    for (const missing of ['inputIsTerminal', 'messagesAreTerminal']) {
      const recorded = await recordSession({ ...TERMINAL, [missing]: false });
      await expect(Drop.run(['a'], recorded.config)).rejects.toMatchObject({
        code: 'CONFIRMATION_REQUIRED',
      });
      expect(recorded.questions).toEqual([]);
    }
  });
});

describe('what goes where', () => {
  test('--json shows the result as one document', async () => {
    const recorded = await recordSession();
    await Drop.run(['-y', '--json', 'a', 'b'], recorded.config);
    expect(await recorded.shown()).toBe('["a","b"]\n');
  });

  test('-q keeps sentences back', async () => {
    const loud = await recordSession();
    await Blocks.run(['2', '1'], loud.config);
    expect(loud.messages()).toBe('accepted 2\n');
    const quiet = await recordSession();
    await Blocks.run(['2', '1', '-q'], quiet.config);
    expect(quiet.messages()).toBe('');
    expect(await quiet.shown()).toBe('aa');
  });
});

describe('words that are not understood', () => {
  test.each([
    [
      ['--yess', 'a'],
      'unknown flag --yess',
      'did you mean --yes?\nspool thing drop --help lists its flags',
    ],
    [['-z', 'a'], 'unknown flag -z', 'spool thing drop --help lists its flags'],
    [[], 'missing THING', 'usage: spool thing drop THING... [flags]'],
    [['a', '--dir'], '--dir expects a value', 'usage: spool thing drop THING... [flags]'],
    [
      ['a', '--color', 'red'],
      'expected --color=red to be one of: auto, always, never',
      'usage: spool thing drop THING... [flags]',
    ],
  ])('%j', async (argv, message, suggestion) => {
    const { config } = await recordSession();
    Drop.id = 'thing:drop';
    await expect(Drop.run(argv, config)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message,
      suggestion,
    });
  });
});

test('a reader that has gone is no news', async () => {
  const { session, messages } = await recordSession();
  await session.report(new ReaderGone());
  expect(messages()).toBe('');
  expect(session.exitCode).toBe(0);
});
