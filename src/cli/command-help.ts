/** From what oclif knows of a command to the text of its help. */
import type { Command } from '@oclif/core';
import type { HelpEntry, HelpText } from '../view/help.js';

interface UsageParts {
  readonly name: string;
  readonly args: Readonly<
    Record<string, { required?: boolean; multiple?: boolean; hidden?: boolean }>
  >;
  readonly usage?: string | string[];
}

/** `spool topic create TOPIC... [flags]`, or what the command says itself. */
export function usageOf({ name, args, usage }: UsageParts): string {
  const own = Array.isArray(usage) ? usage[0] : usage;
  if (own !== undefined) return `spool ${own}`;
  const words = Object.entries(args)
    .filter(([, arg]) => arg.hidden !== true)
    .map(([key, arg]) => {
      const word = key.toUpperCase() + (arg.multiple === true ? '...' : '');
      return arg.required === true ? word : `[${word}]`;
    });
  return ['spool', name, ...words, '[flags]'].join(' ');
}

/** `usual`: the rarer flags of a command that has many are only named. */
export type HelpDetail = 'usual' | 'full';

/** The help group of such a flag. */
export const RARE = 'RARE';

export function commandHelp(command: Command.Loadable, detail: HelpDetail): HelpText {
  const name = command.id.replaceAll(':', ' ');
  const flags = Object.values(command.flags).filter((flag) => flag.hidden !== true);
  const isGlobal = (flag: Command.Flag.Cached): boolean => flag.helpGroup === 'GLOBAL';
  const isRare = (flag: Command.Flag.Cached): boolean =>
    detail === 'usual' && flag.helpGroup === RARE;
  return {
    summary: summaryOf(command),
    examples: (command.examples ?? []).map(exampleLine),
    usage: usageOf({ name, args: command.args, ...usagePart(command) }),
    description: command.description,
    sections: [
      { title: 'ARGUMENTS', entries: argumentEntries(command) },
      {
        title: 'FLAGS',
        entries: flags.filter((flag) => !isGlobal(flag) && !isRare(flag)).map(flagEntry),
      },
      { title: 'MORE FLAGS', entries: namesEntry(flags.filter(isRare), name) },
      { title: 'GLOBAL FLAGS', entries: flags.filter(isGlobal).map(flagEntry) },
    ],
  };
}

export function summaryOf(command: Command.Loadable): string {
  return command.summary ?? command.description?.split('\n')[0] ?? '';
}

function usagePart(command: Command.Loadable): { usage?: string | string[] } {
  return command.usage === undefined ? {} : { usage: command.usage };
}

function exampleLine(example: Command.Example): string {
  const line =
    typeof example === 'string' ? example : `${example.command}  # ${example.description}`;
  return line.replaceAll('<%= config.bin %>', 'spool');
}

function argumentEntries(command: Command.Loadable): HelpEntry[] {
  return Object.entries(command.args)
    .filter(([, arg]) => arg.hidden !== true && arg.description !== undefined)
    .map(([key, arg]) => ({ label: key.toUpperCase(), text: arg.description ?? '' }));
}

function namesEntry(flags: readonly Command.Flag.Cached[], name: string): HelpEntry[] {
  if (flags.length === 0) return [];
  const names = flags.map((flag) => `--${flag.name}`).join(' ');
  return [{ label: '', text: `${names}: spool ${name} --help -v explains them` }];
}

function flagEntry(flag: Command.Flag.Cached): HelpEntry {
  const letter = flag.char === undefined ? '    ' : `-${flag.char}, `;
  const text = flag.summary ?? flag.description ?? '';
  if (flag.type === 'boolean') {
    return { label: `${letter}--${flag.allowNo ? '[no-]' : ''}${flag.name}`, text };
  }
  const given = Array.isArray(flag.helpValue) ? flag.helpValue.join(' ') : flag.helpValue;
  const value = given ?? flag.options?.join('|') ?? flag.name.toUpperCase();
  return { label: `${letter}--${flag.name} ${value}${flag.multiple === true ? '...' : ''}`, text };
}
