/**
 * Dates and times as people and RFC 3339 write them: `2026-11-22`, `2026-11-22T09:30`, `09:30:15.5`,
 * each with `Z`, `+02:00` or no zone, which means local time. A time alone is that time today.
 */
const PATTERN = new RegExp(
  '^(?:(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d))?' +
    '(?:(?<gap>[Tt ])?(?<hour>\\d\\d?):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,9}))?)?)?' +
    '(?<zone>[Zz]|[+-]\\d\\d(?::?\\d\\d)?)?$',
);

interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly msOfDay: number;
}

/**
 * Milliseconds since the epoch, or undefined for what is not a date or time: 30 February, 24:00. A
 * fraction finer than a millisecond is rounded up, so that "at or after" stays true. Where the clock
 * is set back, the first of two equal times is meant; where it is set forward, a time that is skipped
 * means as much later (as RFC 5545 and Temporal's "compatible" have it).
 */
export function parseClockTime(text: string, now: number): number | undefined {
  const groups = PATTERN.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const hasDate = groups['year'] !== undefined;
  const hasTime = groups['hour'] !== undefined;
  if (!hasDate && !hasTime) return undefined;
  // Between date and time there is a T or a space; a time alone has neither.
  if (hasTime && hasDate !== (groups['gap'] !== undefined)) return undefined;
  // After a bare date, `-05` is rather the hour of somebody who forgot the T than a zone.
  if (!hasTime && /^[+-]\d\d$/.test(groups['zone'] ?? '')) return undefined;
  const zoneMinutes = zoneMinutesOf(groups['zone']);
  const today = zoneMinutes === undefined ? localDate(now) : dateInZone(now, zoneMinutes);
  const wall: WallTime = {
    year: hasDate ? Number(groups['year']) : today.year,
    month: hasDate ? Number(groups['month']) : today.month,
    day: hasDate ? Number(groups['day']) : today.day,
    msOfDay: hasTime ? msOfDay(groups) : 0,
  };
  if (!isDate(wall) || Number.isNaN(wall.msOfDay) || Number.isNaN(zoneMinutes)) return undefined;
  return zoneMinutes === undefined ? localMoment(wall) : utcMoment(wall) - zoneMinutes * 60_000;
}

/** NaN for a time that no clock shows. Leap seconds are not counted by the epoch. */
function msOfDay(groups: Readonly<Record<string, string | undefined>>): number {
  const hour = Number(groups['hour']);
  const minute = Number(groups['minute']);
  const second = Number(groups['second'] ?? 0);
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  const fractionMs = Math.ceil(Number((groups['fraction'] ?? '').padEnd(9, '0')) / 1e6);
  return ((hour * 60 + minute) * 60 + second) * 1000 + fractionMs;
}

/** undefined: no zone given. NaN: no such zone. */
function zoneMinutesOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  if (zone === 'Z' || zone === 'z') return 0;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return NaN;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function isDate({ year, month, day }: WallTime): boolean {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day or month that does not exist leads into another month.
  return date.getUTCMonth() === month - 1;
}

// Through setFullYear, because the constructor takes the years 0 to 99 for 1900 to 1999.
function localMoment({ year, month, day, msOfDay }: WallTime): number {
  const date = new Date(0);
  date.setFullYear(year, month - 1, day);
  date.setHours(0, 0, 0, msOfDay);
  return date.getTime();
}

function utcMoment({ year, month, day, msOfDay }: WallTime): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() + msOfDay;
}

function localDate(now: number): Omit<WallTime, 'msOfDay'> {
  const date = new Date(now);
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
}

function dateInZone(now: number, zoneMinutes: number): Omit<WallTime, 'msOfDay'> {
  const date = new Date(now + (Number.isNaN(zoneMinutes) ? 0 : zoneMinutes * 60_000));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
