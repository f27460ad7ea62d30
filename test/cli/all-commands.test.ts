/** What holds for every command there is, whoever wrote it. */
import type { Command } from '@oclif/core';
import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandHelp } from '../../src/cli/command-help.js';
import { FLAG_LETTERS, GLOBAL_FLAGS } from '../../src/cli/flags.js';
import { helpView } from '../../src/view/help.js';
import { PLAIN_LOOK } from '../../src/view/look.js';

const FOLDER = resolve(import.meta.dirname, '../../src/commands');
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
// One after the other: Jest loses track of modules that several imports ask for at once.
const commands: (readonly [string, Command.Class])[] = [];
for (const name of files) {
  const { default: command } = (await import(join(FOLDER, name))) as { default: Command.Class };
  commands.push([name.replace(/\.ts$/, '').replaceAll('/', ' '), command]);
}

/** oclif's type does not know that a command may have none. */
function flagsOf(command: Command.Class): Command.Class['flags'] {
  return { ...command.flags };
}

describe.each(commands)('%s', (name, command) => {
  const flags = Object.entries(flagsOf(command));

  test('never takes standard input for an argument', () => {
    const greedy = Object.entries({ ...command.args }).filter(
      ([, arg]) => arg.ignoreStdin !== true,
    );
    expect(greedy.map(([key]) => key)).toEqual([]);
    const fromStdin = flags.filter(([, flag]) => flag.type === 'option' && flag.allowStdin);
    expect(fromStdin.map(([key]) => key)).toEqual([]);
  });

  test('has no flag that swallows the words after it', () => {
    const greedy = flags.filter(
      ([, flag]) => flag.type === 'option' && flag.multiple && !flag.multipleNonGreedy,
    );
    expect(greedy.map(([key]) => key)).toEqual([]);
  });

  test('uses letters as every other command does', () => {
    const strange = Object.entries({ ...GLOBAL_FLAGS, ...flagsOf(command) })
      .filter(([key, { char }]) => char !== undefined && !FLAG_LETTERS[char]?.includes(key))
      .map(([key, { char }]) => `-${char ?? ''} --${key}`);
    expect(strange).toEqual([]);
  });

  test('reads no environment variable by itself', () => {
    expect(flags.filter(([, flag]) => flag.env !== undefined).map(([key]) => key)).toEqual([]);
  });

  test('explains itself: a summary, two examples, every flag, under 60 lines', () => {
    expect(command.summary).toMatch(/^[A-Z].*\.$/);
    const examples = command.examples.map((example) =>
      typeof example === 'string' ? example : example.command,
    );
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) expect(example).toContain(`spool ${name}`);
    const silent = flags.filter(([, flag]) => flag.hidden !== true && !flag.summary);
    expect(silent.map(([key]) => key)).toEqual([]);
    const cached = { ...command, id: name, flags: { ...flagsOf(command), ...GLOBAL_FLAGS } };
    const text = helpView(commandHelp(cached as unknown as Command.Loadable, 'usual'), PLAIN_LOOK);
    expect(text.split('\n').length).toBeLessThan(60);
  });
});
