/**
 * The one position grammar of every command: a place in a partition, said as an offset, as a count
 * from the end, as a moment, or as where a group stands. Moments without a zone are local time.
 */
import { assert } from '../../core/assert.js';
import type { Position } from '../../core/index.js';
import { parseClockTime } from './clock-time.js';
import { durationOf } from './duration.js';
import { nearest } from '../../core/nearest.js';
import { invalidArgument, quoted } from './invalid-argument.js';

export interface PositionContext {
  /** Milliseconds since the epoch; what relative times count from. */
  readonly now: number;
}

const KEYWORDS = [
  'start', 'beginning', 'earliest', 'end', 'latest', 'hour', 'day', 'today', 'yesterday', 'now', 'group',
]; // prettier-ignore

/** Below this an `@number` counts seconds (until the year 5138), from it on milliseconds (since 1973). */
const FIRST_EPOCH_MS = 1e11;

const MAX_TIMESTAMP_MS = 8.64e15;

export function parsePosition(text: string, context: PositionContext): Position {
  switch (text) {
    case 'start':
    case 'beginning':
    case 'earliest':
      return { kind: 'start' };
    case 'end':
    case 'latest':
      return { kind: 'end' };
    case 'group':
      return { kind: 'group', group: undefined };
  }
  if (text.startsWith('group:') && text.length > 'group:'.length) {
    return { kind: 'group', group: text.slice('group:'.length) };
  }
  if (/^-?\d+$/.test(text)) return countedPosition(text);
  const timestampMs = momentOf(text, context.now);
  if (timestampMs === undefined) throw notAPosition(text);
  if (timestampMs < 0 || timestampMs > MAX_TIMESTAMP_MS) {
    throw invalidArgument(
      `${quoted(text)} is ${timestampMs < 0 ? 'before 1970' : 'too late'}: no record can have that timestamp`,
      timestampMs < 0 ? 'did you mean start?' : 'did you mean end?',
    );
  }
  return { kind: 'time', timestampMs, text };
}

/** What was understood, in words or as a moment with its zone: "2026-11-22T09:00:00+01:00". */
export function describePosition(position: Position): string {
  switch (position.kind) {
    case 'start':
    case 'end':
      return position.kind;
    case 'offset':
      return `offset ${position.offset}`;
    case 'fromEnd':
      return `the last ${position.count} of each partition`;
    case 'time':
      return formatZonedTime(position.timestampMs);
    case 'group':
      return `where ${position.group === undefined ? 'the group' : `group ${position.group}`} stands`;
  }
}

/** RFC 3339 in local time with its zone; milliseconds only where there are some. */
function formatZonedTime(timestampMs: number): string {
  const date = new Date(timestampMs);
  const zoneMinutes = -date.getTimezoneOffset();
  assert(!Number.isNaN(zoneMinutes), `not a timestamp: ${timestampMs}`);
  const wall = new Date(timestampMs + zoneMinutes * 60_000).toISOString();
  const digits = (count: number): string => String(Math.trunc(count)).padStart(2, '0');
  const distance = Math.abs(zoneMinutes);
  const zone = `${zoneMinutes < 0 ? '-' : '+'}${digits(distance / 60)}:${digits(distance % 60)}`;
  return wall.replace(/(\.000)?Z$/, zone);
}

function countedPosition(text: string): Position {
  const count = Number(text);
  if (!Number.isSafeInteger(count)) {
    throw invalidArgument(`${quoted(text)} is larger than any offset`, 'did you mean end?');
  }
  return text.startsWith('-')
    ? { kind: 'fromEnd', count: Math.abs(count) }
    : { kind: 'offset', offset: count };
}

function momentOf(text: string, now: number): number | undefined {
  switch (text) {
    case 'now':
      return now;
    case 'hour':
      return startOfHour(now);
    case 'day':
    case 'today':
      return startOfDay(now, 0);
    case 'yesterday':
      return startOfDay(now, -1);
  }
  if (text.startsWith('-')) {
    const agoMs = durationOf(text.slice(1));
    return agoMs === undefined ? undefined : now - agoMs;
  }
  if (/^@\d+$/.test(text)) {
    const epoch = Number(text.slice(1));
    return epoch < FIRST_EPOCH_MS ? epoch * 1000 : epoch;
  }
  return parseClockTime(text, now);
}

/** By subtraction: asking for "this hour, minute 0" would give the first of two equal hours in autumn. */
function startOfHour(now: number): number {
  const date = new Date(now);
  return now - date.getMinutes() * 60_000 - date.getSeconds() * 1000 - date.getMilliseconds();
}

/** By the calendar: a day has 23, 24 or 25 hours. */
function startOfDay(now: number, days: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

function notAPosition(text: string): Error {
  const examples =
    'a position is like start, end, 47, -20, -1h, 2026-11-22T09:30, today or @1700000000';
  if (durationOf(text) !== undefined) {
    return invalidArgument(`${quoted(text)} is not a position`, `did you mean -${text}?`);
  }
  const dashed = /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$/.exec(text);
  if (dashed !== null) {
    const [, year = '', month = '', day = '1'] = dashed;
    const guess = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    if (guess !== text && parseClockTime(guess, 0) !== undefined) {
      return invalidArgument(`${quoted(text)} is not a position`, `did you mean ${guess}?`);
    }
    return invalidArgument(`${quoted(text)}: there is no such date`, examples);
  }
  const guess = nearest(text, KEYWORDS);
  return invalidArgument(
    `${quoted(text)} is not a position`,
    guess === undefined ? examples : `did you mean ${guess}?`,
  );
}
