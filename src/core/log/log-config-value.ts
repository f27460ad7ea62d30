/**
 * Texts of config values: Kafka's own, and the sizes and times that people write. The canonical
 * text is what a Kafka broker would store; the value is what the log calculates with.
 */
import { CoreError } from '../errors.js';
import type { ChoiceRow, LogConfigRow, NumberRow } from './log-config-table.js';

export type ConfigScalar = number | boolean | string | readonly string[] | null;

export interface ParsedConfigValue {
  readonly text: string;
  /**
   * A limit that never bites is Infinity, whether Kafka writes it -1 (retention) or 2^63 - 1; so are
   * values above the safe integers, which are as far away (285,000 years, 8 PiB).
   */
  readonly value: ConfigScalar;
}

const INTEGER = /^[+-]?\d+$/;
const DURATION_PARTS = /^(?:\d+(?:ms|[smhdw]))+$/;
const DURATION_PART = /(\d+)(ms|[smhdw])/g;
const SIZE = /^(\d+)([kmgtp]?)(i?)b$/i;
const LONG_LIMIT = 2n ** 63n;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Whole milliseconds of `500ms`, `1h30m`, `7d`; undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  if (!DURATION_PARTS.test(text)) return undefined;
  let totalMs = 0;
  for (const [, count, unit] of text.matchAll(DURATION_PART)) {
    totalMs += Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  }
  return Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

/** Whole bytes of `512B`, `64KB` (64,000), `64KiB` (65,536), `10GB`; undefined for anything else. */
export function parseSizeBytes(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const [, count, prefix = '', binary] = match;
  if (prefix === '' && binary !== '') return undefined;
  const power = prefix === '' ? 0 : 'kmgtp'.indexOf(prefix.toLowerCase()) + 1;
  const sizeBytes = Number(count) * (binary === '' ? 1000 : 1024) ** power;
  return Number.isSafeInteger(sizeBytes) ? sizeBytes : undefined;
}

/** INVALID_CONFIG with `details: { name, value, expected }` if the text does not fit the row. */
export function parseRowValue(row: LogConfigRow, text: string): ParsedConfigValue {
  const trimmed = text.trim();
  switch (row.kind) {
    case 'bytes':
    case 'milliseconds':
    case 'minutes':
    case 'count':
      return parseNumber(row, trimmed);
    case 'ratio': {
      const value = /^\d*\.?\d+(?:e-?\d+)?$/i.test(trimmed) ? Number(trimmed) : Number.NaN;
      if (!(value >= 0 && value <= 1)) throw invalid(row, text);
      return { text: String(value), value };
    }
    case 'boolean': {
      const lower = trimmed.toLowerCase();
      if (lower !== 'true' && lower !== 'false') throw invalid(row, text);
      return { text: lower, value: lower === 'true' };
    }
    case 'enum':
      if (row.values?.includes(trimmed) !== true) throw invalid(row, text);
      return { text: trimmed, value: trimmed };
    case 'list':
      return parseList(row, trimmed);
  }
}

/** What a row takes, in words for an error or a table: "a size, at least 1048576". */
export function describeExpected(row: LogConfigRow): string {
  switch (row.kind) {
    case 'bytes':
      return `bytes (4096, 64KiB, 10GB${unlimitedWord(row)})${describeRange(row)}`;
    case 'milliseconds':
      return `milliseconds or a time (500ms, 1h30m, 7d${unlimitedWord(row)})${describeRange(row)}`;
    case 'minutes':
      return `minutes or a time (1h30m, 7d${unlimitedWord(row)})${describeRange(row)}`;
    case 'count':
      return `a number${describeRange(row)}`;
    case 'ratio':
      return 'a number from 0 to 1';
    case 'boolean':
      return 'true or false';
    case 'enum':
      return `one of ${(row.values ?? []).join(', ')}`;
    case 'list':
      return row.values === undefined ? 'a list' : `a list of ${row.values.join(', ')}`;
  }
}

function parseNumber(row: NumberRow, text: string): ParsedConfigValue {
  const integer = integerOf(row, text);
  if (integer === undefined || !isInRange(row, integer)) throw invalid(row, text);
  const isUnlimited = integer > Number.MAX_SAFE_INTEGER || (row.unlimited === '-1' && integer < 0n);
  return {
    text: integer.toString(),
    value: isUnlimited ? Number.POSITIVE_INFINITY : Number(integer),
  };
}

function integerOf(row: NumberRow, text: string): bigint | undefined {
  if (INTEGER.test(text)) return BigInt(text.replace('+', ''));
  if (row.kind === 'count') return undefined;
  if (text === 'unlimited' || text === 'forever') {
    return row.unlimited === undefined ? undefined : BigInt(row.unlimited);
  }
  if (row.kind === 'bytes') return wholeOf(parseSizeBytes(text), 1);
  return wholeOf(parseDurationMs(text), row.kind === 'minutes' ? UNIT_MS['m'] : 1);
}

/** undefined unless `amount` is so many whole units. */
function wholeOf(amount: number | undefined, unit = 1): bigint | undefined {
  return amount === undefined || amount % unit !== 0 ? undefined : BigInt(amount / unit);
}

function isInRange(row: NumberRow, integer: bigint): boolean {
  if (integer >= LONG_LIMIT || integer < -LONG_LIMIT) return false;
  if (row.special !== undefined && integer === BigInt(row.special)) return true;
  if (row.minimum !== undefined && integer < row.minimum) return false;
  return row.maximum === undefined || integer <= row.maximum;
}

function parseList(row: ChoiceRow, text: string): ParsedConfigValue {
  const value = text === '' ? [] : text.split(',').map((word) => word.trim());
  const isAllowed = (word: string): boolean => row.values?.includes(word) ?? word !== '';
  if (!value.every(isAllowed) || new Set(value).size !== value.length) throw invalid(row, text);
  return { text: value.join(','), value };
}

function invalid(row: LogConfigRow, text: string): CoreError {
  const expected = describeExpected(row);
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new CoreError('INVALID_CONFIG', `${row.name} cannot be ${JSON.stringify(shown)}`, {
    details: { name: row.name, value: text, expected },
    suggestion: `It takes ${expected}.`,
  });
}

function unlimitedWord(row: NumberRow): string {
  if (row.unlimited === undefined) return '';
  return row.kind === 'bytes' ? ', unlimited' : ', forever';
}

function describeRange(row: NumberRow): string {
  const special = row.special === undefined ? '' : `, or ${row.special}`;
  if (row.minimum !== undefined && row.maximum !== undefined) {
    return `, ${row.minimum} to ${row.maximum}${special}`;
  }
  return row.minimum === undefined ? '' : `, at least ${row.minimum}`;
}
