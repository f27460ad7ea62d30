/** Finds what `spool help WORD...` is about: a page, a command, a noun, or the whole program. */
import type { Command, Config } from '@oclif/core';
import type { HelpEntry, HelpText } from '../view/help.js';
import { helpView } from '../view/help.js';
import type { HelpPage } from '../view/help-pages/page.js';
import { HELP_PAGES } from '../view/help-pages/pages.js';
import type { Look } from '../view/look.js';
import { type HelpDetail, commandHelp, summaryOf } from './command-help.js';
import { nearest } from '../core/nearest.js';
import { invalidArgument, quoted } from './grammar/invalid-argument.js';

/** By first word, in the order in which they are met. What is in none of them comes last. */
const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['MOVE RECORDS', ['produce', 'consume']],
  ['TOPICS AND GROUPS', ['topic', 'group']],
  ['LOOK AFTER THEM', ['retention', 'segment', 'verify']],
];

const ROOT_EXAMPLES = [
  'spool topic create orders',
  'tail -f app.log | spool produce orders',
  'spool consume orders --last 10',
  'spool consume orders -g load --until hour --exec ./load.sh',
];

/** The page of that name, if there is one. */
export function pageNamed(words: readonly string[]): HelpPage | undefined {
  const [name, ...rest] = words;
  return name === undefined || rest.length > 0 ? undefined : HELP_PAGES[name];
}

/** The text for `words`, if they name no page; INVALID_ARGUMENT with a guess where there is none. */
export function helpFor(
  config: Config,
  words: readonly string[],
  look: Look,
  detail: HelpDetail = 'usual',
): string {
  const [first] = words;
  if (first === undefined) return helpView(rootHelp(config), look);
  const command = config.findCommand(words.join(':'));
  if (command !== undefined) return helpView(commandHelp(command, detail), look);
  if (words.length === 1 && verbsOf(config, first).length > 0) {
    return helpView(nounHelp(config, first), look);
  }
  throw unknownCommand(config, words);
}

/** Names as typed; without aliases and what is hidden. */
export function visibleCommands(config: Config): Command.Loadable[] {
  return config.commands
    .filter(({ id, aliases, hiddenAliases, hidden }) => {
      return !hidden && !aliases.includes(id) && !hiddenAliases.includes(id);
    })
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

export function verbsOf(config: Config, noun: string): string[] {
  const prefix = `${noun}:`;
  const ids = visibleCommands(config).map((command) => command.id);
  return ids.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
}

/** "unknown command", with the nearest one there is. Never a prompt. */
export function unknownCommand(config: Config, words: readonly string[]): Error {
  const [noun = '', verb] = words;
  const verbs = verbsOf(config, noun);
  if (verb !== undefined && verbs.length > 0) {
    const guess = nearest(verb, verbs);
    const known = `spool ${noun} has: ${verbs.join(', ')}`;
    const suggestion =
      guess === undefined ? known : `did you mean spool ${noun} ${guess}?\n${known}`;
    return invalidArgument(`unknown command ${quoted(`${noun} ${verb}`)}`, suggestion);
  }
  const firstWords = new Set(visibleCommands(config).map(({ id }) => id.split(':')[0] ?? id));
  const guess = nearest(noun, [...firstWords, ...Object.keys(HELP_PAGES)]);
  const all = 'spool --help lists the commands';
  const suggestion =
    guess === undefined ? all : `did you mean spool ${pageWord(guess)}${guess}?\n${all}`;
  return invalidArgument(`unknown command ${quoted(noun)}`, suggestion);
}

function pageWord(name: string): string {
  return name in HELP_PAGES ? 'help ' : '';
}

function rootHelp(config: Config): HelpText {
  const commands = visibleCommands(config);
  const entriesOf = (firstWords: readonly string[]): HelpEntry[] =>
    firstWords.flatMap((word) => {
      const command = commands.find(({ id }) => id === word);
      if (command !== undefined) return [{ label: word, text: summaryOf(command) }];
      const verbs = verbsOf(config, word);
      return verbs.length === 0 ? [] : [{ label: word, text: verbs.join(', ') }];
    });
  const grouped = new Set(GROUPS.flatMap(([, words]) => words));
  const others = new Set(commands.map(({ id }) => id.split(':')[0] ?? id));
  const pages = Object.entries(HELP_PAGES).map(([name, page]) => ({
    label: `help ${name}`,
    text: page.summary,
  }));
  return {
    summary: "Kafka's log without the broker: durable topics in a directory.",
    examples: ROOT_EXAMPLES,
    usage: 'spool COMMAND [flags]',
    description: undefined,
    sections: [
      ...GROUPS.map(([title, words]) => ({ title, entries: entriesOf(words) })),
      { title: 'MORE', entries: entriesOf([...others].filter((word) => !grouped.has(word))) },
      { title: 'PAGES', entries: pages },
    ],
  };
}

function nounHelp(config: Config, noun: string): HelpText {
  const commands = visibleCommands(config).filter(({ id }) => id.startsWith(`${noun}:`));
  return {
    summary: config.topics.find(({ name }) => name === noun)?.description ?? `Commands of ${noun}.`,
    examples: commands
      .map((command) => commandHelp(command, 'usual').examples[0] ?? '')
      .filter(Boolean),
    usage: `spool ${noun} COMMAND [flags]`,
    description: undefined,
    sections: [
      {
        title: 'COMMANDS',
        entries: commands.map((command) => ({
          label: command.id.slice(noun.length + 1),
          text: summaryOf(command),
        })),
      },
    ],
  };
}
