/** What oclif's parser says, in this program's words: what is wrong, the nearest guess, where to look. */
import { isCoreError, CoreError } from '../core/errors.js';
import { stripVTControlCharacters } from 'node:util';
import { nearest } from '../core/nearest.js';

/** Of the command being parsed. */
export interface CommandShape {
  /** As typed: `topic create`. */
  readonly name: string;
  /** `spool topic create TOPIC...` */
  readonly usage: string;
  /** Long names, without dashes. */
  readonly flags: readonly string[];
}

interface ParserError {
  readonly name: string;
  readonly message: string;
  readonly args?: unknown;
  readonly flags?: readonly string[];
  readonly oclif?: unknown;
}

const FOOTER = /\n?See more help with --help$/;
const FLAG_PREFIX = /^Parsing (--\S+) \n\t/;

/** A CoreError INVALID_ARGUMENT for anything the parser throws; other errors as they are. */
export function parseErrorOf(error: unknown, shape: CommandShape): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { name, message, args, flags, oclif } = error as ParserError;
  const plain = stripVTControlCharacters(message).replace(FOOTER, '');
  const flagName = FLAG_PREFIX.exec(plain)?.[1];
  if (flagName !== undefined) return flagValueError(error, flagName, plain);
  // An argument's own parser throws a CoreError; oclif's throw bare Errors. The rest are bugs.
  if (isCoreError(error) || (oclif === undefined && name !== 'Error')) return error;
  const usage = `usage: ${shape.usage}`;
  if (Array.isArray(flags)) return unknownFlag(flags[0] as string, shape);
  if (Array.isArray(args) && /^Missing/.test(plain)) {
    const names = (args as { name: string }[]).map((arg) => arg.name);
    const text = `missing ${names.map((name) => name.toUpperCase()).join(' ')}`;
    return new CoreError('INVALID_ARGUMENT', text, {
      suggestion: usage,
      details: { missing: names },
    });
  }
  return new CoreError('INVALID_ARGUMENT', sentence(plain), { suggestion: usage });
}

/** A flag's own parser failed; oclif has written around its message. */
function flagValueError(error: object, flag: string, plain: string): CoreError {
  const message = `${flag}: ${plain.replace(FLAG_PREFIX, '')}`;
  if (!isCoreError(error)) return new CoreError('INVALID_ARGUMENT', message, { cause: error });
  const { code, details, suggestion } = error;
  return new CoreError(code, message, {
    details,
    ...(suggestion === undefined ? {} : { suggestion }),
    cause: error,
  });
}

function unknownFlag(typed: string, shape: CommandShape): CoreError {
  const guess = nearest(typed.replace(/^-+|=.*$/gs, ''), shape.flags);
  const isLong = typed.startsWith('--');
  const suggestion = [
    ...(guess === undefined || !isLong ? [] : [`did you mean --${guess}?`]),
    `spool ${shape.name} --help lists its flags`,
  ].join('\n');
  return new CoreError('INVALID_ARGUMENT', `unknown flag ${typed}`, {
    suggestion,
    details: { flag: typed },
  });
}

/** As our own messages: one sentence, no capital, no list of "errors". */
function sentence(text: string): string {
  const inner = text.replace(/^The following errors? occurred:\s*/, '').replace(/\s*\n\s*/g, '; ');
  return inner.replace(/^(?:Flag )?(.)/, (_, first: string) => first.toLowerCase());
}
