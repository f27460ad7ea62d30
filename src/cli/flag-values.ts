/**
 * Values that look like flags. `-m -v` appends the record "-v": whatever follows a flag that takes a
 * value is its value. oclif takes such a word for a flag, even behind `=`, so it is given a mark that
 * nobody can type (an argument cannot hold a NUL) before oclif sees it, and loses it when it is parsed.
 */
import type { Command } from '@oclif/core';
import { invalidArgument, quoted } from './grammar/invalid-argument.js';

const MARK = '\0';

type FlagShapes = Readonly<
  Record<string, Pick<Command.Flag.Cached, 'type' | 'char' | 'aliases'> & { options?: unknown }>
>;

/** `argv` with every such value marked. INVALID_ARGUMENT for a value where a flag takes none. */
export function markFlagValues(argv: readonly string[], flags: FlagShapes): string[] {
  const takers = valueTakers(flags);
  const switches = new Set(
    Object.entries(flags).flatMap(([name, { type }]) => (type === 'boolean' ? [`--${name}`] : [])),
  );
  const marked: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') return [...marked, ...argv.slice(at)];
    const equalsAt = word.startsWith('--') ? word.indexOf('=') : -1;
    const name = equalsAt === -1 ? word : word.slice(0, equalsAt);
    if (equalsAt !== -1 && switches.has(name)) {
      // oclif would take the value for an argument, and the flag for set.
      throw invalidArgument(`${name} takes no value`, `leave out ${quoted(word.slice(equalsAt))}`);
    }
    if (!takers.has(name)) {
      marked.push(word);
    } else if (equalsAt !== -1) {
      marked.push(`${name}=${mark(word.slice(equalsAt + 1))}`);
    } else {
      marked.push(word);
      const value = argv[++at];
      if (value !== undefined) marked.push(mark(value));
    }
  }
  return marked;
}

/** A value as it was typed. */
export function unmarked(value: string): string {
  return value.startsWith(MARK) ? value.slice(MARK.length) : value;
}

function mark(value: string): string {
  return value.startsWith('-') ? MARK + value : value;
}

/** A flag with a fixed choice of words needs no mark: none of them looks like a flag. */
function valueTakers(flags: FlagShapes): Set<string> {
  const takers = new Set<string>();
  for (const [name, { type, char, aliases, options }] of Object.entries(flags)) {
    if (type !== 'option' || options !== undefined) continue;
    for (const long of [name, ...(aliases ?? [])]) takers.add(`--${long}`);
    if (char !== undefined) takers.add(`-${char}`);
  }
  return takers;
}
