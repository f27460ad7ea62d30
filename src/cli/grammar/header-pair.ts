import type { RecordHeader } from '../../core/batch/record.js';
import { invalidArgument, quoted } from './invalid-argument.js';

export interface HeaderFilter {
  readonly key: Uint8Array;
  /** undefined: any value will do. */
  readonly value: Uint8Array | undefined;
}

/** `NAME=VALUE`, split at the first `=`. The value may be empty. */
export function parseHeaderPair(text: string): RecordHeader {
  const { key, value } = parseHeaderFilter(text);
  if (value !== undefined) return { key, value };
  throw invalidArgument(`header ${quoted(text)} is not NAME=VALUE`, 'write it like -H trace=abc');
}

/** `NAME` or `NAME=VALUE`: which records to keep. */
export function parseHeaderFilter(text: string): HeaderFilter {
  const equalsAt = text.indexOf('=');
  const name = equalsAt === -1 ? text : text.slice(0, equalsAt);
  if (name === '')
    throw invalidArgument(`header ${quoted(text)} has no name`, 'write it like -H trace=abc');
  return {
    key: Buffer.from(name),
    value: equalsAt === -1 ? undefined : Buffer.from(text.slice(equalsAt + 1)),
  };
}
