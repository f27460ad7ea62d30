/** Times of groups: moments are milliseconds since the epoch, and 0 means never. */
import { formatLocalTime } from './numbers.js';

/** RFC 3339 in UTC; null for never, and for what no clock can have said. */
export function utcMoment(ms: number): string | null {
  const date = new Date(ms);
  return ms <= 0 || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

export function localMoment(time: string | null): string {
  return time === null ? '-' : formatLocalTime(Date.parse(time));
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** How long, as much of it as matters: `3d 4h`, `2h 3m`, `45s`, `<1s`. Rounded down. */
export function formatSpan(ms: number): string {
  const at = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  if (at === -1) return '<1s';
  let restMs = ms;
  const parts = UNITS.slice(at, at + 2).map(([unit, unitMs]) => {
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join(' ').trimEnd();
}
