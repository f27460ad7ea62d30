import { assert } from '../../core/assert.js';
import { invalidArgument, quoted } from './invalid-argument.js';

/** What `forever` means. */
export const FOREVER_MS = Infinity;

/** Largest first: the order in which the parts of a duration are written. A day is always 24 hours. */
const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** What people write instead of the unit; only good for a guess. */
const UNIT_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(ms|msecs?|millis|milliseconds?)$/i, 'ms'],
  [/^(s|secs?|seconds?)$/i, 's'],
  [/^(m|mins?|minutes?)$/, 'm'],
  [/^(h|hrs?|hours?)$/i, 'h'],
  [/^(d|days?)$/i, 'd'],
  [/^(w|wks?|weeks?)$/i, 'w'],
];

/** `500ms 10s 5m 2h 7d 2w 1h30m forever` to milliseconds. A number without a unit is refused. */
export function parseDuration(text: string): number {
  const ms = durationOf(text);
  if (ms !== undefined) return ms;
  const isBareNumber = /^\d+(\.\d+)?$/.test(text);
  throw invalidArgument(
    isBareNumber
      ? `${quoted(text)} has no unit; a duration is written like 500ms 10s 5m 2h 7d 2w 1h30m or forever`
      : `${quoted(text)} is not a duration; write it like 500ms 10s 5m 2h 7d 2w 1h30m or forever`,
    guessDuration(text),
  );
}

/** As parseDuration, but undefined for anything that is not a duration. */
export function durationOf(text: string): number | undefined {
  if (text === 'forever') return FOREVER_MS;
  if (!/^(?:\d+(?:\.\d+)?[a-z]+)+$/.test(text)) return undefined;
  let totalMs = 0;
  let lastUnitMs = Infinity;
  for (const [, count = '', unit] of text.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
    const unitMs = UNITS.find(([name]) => name === unit)?.[1];
    if (unitMs === undefined || unitMs >= lastUnitMs) return undefined;
    lastUnitMs = unitMs;
    totalMs += Number(count) * unitMs;
  }
  return Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

/** The shortest exact spelling that parseDuration reads back: `1h30m`, `0s`, `forever`. */
export function formatDuration(ms: number): string {
  if (ms === FOREVER_MS) return 'forever';
  assert(Number.isSafeInteger(ms) && ms >= 0, `not a duration: ${ms}`);
  let rest = ms;
  let text = '';
  for (const [unit, unitMs] of UNITS) {
    // Seven days say more to most people than a week; whole weeks from two on are kept.
    if (unit === 'w' && (ms % unitMs !== 0 || ms === unitMs)) continue;
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

function guessDuration(text: string): string | undefined {
  const bare = /^\d+(\.\d+)?$/.test(text);
  // Kafka's configs count milliseconds, so a large round number was most likely meant as such.
  if (bare)
    return `did you mean ${text}${Number(text) >= 1000 && !text.includes('.') ? 'ms' : 's'}?`;
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*/g)];
  if (parts.map(([whole]) => whole).join('') !== text.trim()) return undefined;
  const guess = parts
    .map(([, count = '', word = '']) => {
      const unit = UNIT_WORDS.find(([pattern]) => pattern.test(word))?.[1];
      return unit === undefined ? '?' : count + unit;
    })
    .join('');
  return guess !== '' && durationOf(guess) !== undefined ? `did you mean ${guess}?` : undefined;
}
