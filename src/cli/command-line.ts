/** The words of the command line before any command sees them. */
import type { Config } from '@oclif/core';
import type { HelpDetail } from './command-help.js';
import { markFlagValues } from './flag-values.js';
import { nearest } from '../core/nearest.js';
import { invalidArgument, quoted } from './grammar/invalid-argument.js';
import { unknownCommand, verbsOf } from './help.js';

/** Global flags that take a value, which may stand before the command: `spool -d DIR topic list`. */
const LEADING_VALUE_FLAGS = new Set(['-d', '--dir', '--color']);

export type Request =
  | { readonly kind: 'version' }
  | {
      readonly kind: 'help';
      readonly words: readonly string[];
      readonly detail: HelpDetail;
    }
  | { readonly kind: 'run'; readonly id: string; readonly argv: readonly string[] };

/** The words with the values of flags marked, so that no value is taken for a flag or for `--`. */
export function markValues(config: Config, argv: readonly string[]): readonly string[] {
  const { leading, rest } = takeLeadingFlags(argv);
  const words = leadingWords(rest);
  const command =
    config.findCommand(words.slice(0, 2).join(':')) ?? config.findCommand(words[0] ?? '');
  return command === undefined ? argv : [...leading, ...markFlagValues(rest, command.flags)];
}

/** At the first `--`; `after` is undefined without one. */
export function splitAtDashes(argv: readonly string[]): {
  readonly before: readonly string[];
  readonly after: readonly string[] | undefined;
} {
  const at = argv.indexOf('--');
  if (at === -1) return { before: argv, after: undefined };
  return { before: argv.slice(0, at), after: argv.slice(at + 1) };
}

/** What `argv` (up to `--`) asks for. INVALID_ARGUMENT for a command that does not exist. */
export function parseCommandLine(config: Config, argv: readonly string[]): Request {
  const { leading, rest } = takeLeadingFlags(argv);
  const wantsHelp = argv.some((word) => word === '--help' || word === '-h');
  const isVerbose = argv.some((word) => word === '--verbose' || word === '-v');
  const detail = isVerbose ? 'full' : 'usual';
  const words = leadingWords(rest);
  if (words.length === 0) {
    if (leading.includes('--version')) return { kind: 'version' };
    if (wantsHelp || leading.length + rest.length === 0) return { kind: 'help', words: [], detail };
    throw noCommand(leading[0] ?? '');
  }
  for (let count = Math.min(words.length, 2); count > 0; count -= 1) {
    const id = words.slice(0, count).join(':');
    if (config.findCommand(id) === undefined) continue;
    if (wantsHelp) return { kind: 'help', words: id.split(':'), detail };
    return { kind: 'run', id, argv: [...leading, ...rest.slice(count)] };
  }
  const [noun = ''] = words;
  const isNoun = verbsOf(config, noun).length > 0;
  if (isNoun && (words.length === 1 || wantsHelp)) return { kind: 'help', words: [noun], detail };
  throw unknownCommand(config, words);
}

function noCommand(flag: string): Error {
  const guess = nearest(flag, ['--help', '--version']);
  const all = 'spool --help lists the commands';
  return invalidArgument(
    `${quoted(flag)} needs a command`,
    guess === undefined ? all : `did you mean spool ${guess}?\n${all}`,
  );
}

function takeLeadingFlags(argv: readonly string[]): { leading: string[]; rest: string[] } {
  let count = 0;
  for (; argv[count]?.startsWith('-') === true; count += 1) {
    if (LEADING_VALUE_FLAGS.has(argv[count] ?? '')) count += 1;
  }
  return { leading: argv.slice(0, count), rest: argv.slice(count) };
}

function leadingWords(argv: readonly string[]): string[] {
  const end = argv.findIndex((word) => word.startsWith('-'));
  return argv.slice(0, end === -1 ? argv.length : end);
}
