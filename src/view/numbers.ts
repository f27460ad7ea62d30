/** Numbers as a person reads them. `--json` has the exact ones. */

/** `1234567` as `1,234,567`, whatever the locale: tables are compared by eye, and by tests. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 record`, `2,000 records`. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Local time to the second, `2026-11-22 09:30:00`; `-` for what is not a time. */
export function formatLocalTime(timestampMs: number): string {
  const date = new Date(timestampMs);
  if (timestampMs < 0 || Number.isNaN(date.getTime())) return '-';
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
  return `${day} ${time}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
