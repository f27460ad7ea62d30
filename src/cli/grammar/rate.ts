import { durationOf } from './duration.js';
import { invalidArgument, quoted } from './invalid-argument.js';

export interface Rate {
  readonly count: number;
  readonly periodMs: number;
}

/** `100/s`, `5/m`, `10/500ms`: so many in each period. */
export function parseRate(text: string): Rate {
  const [, digits = '', period = ''] = /^(\d+)\/(\w+)$/.exec(text) ?? [];
  const count = Number(digits);
  const periodMs = durationOf(/^\d/.test(period) ? period : `1${period}`);
  const isRate = count > 0 && Number.isSafeInteger(count) && periodMs !== undefined;
  if (isRate && periodMs > 0 && Number.isFinite(periodMs)) return { count, periodMs };
  const bare = /^[1-9]\d*$/.test(text);
  throw invalidArgument(
    `${quoted(text)} is not a rate; write it like 100/s, 5/m or 10/500ms`,
    bare ? `did you mean ${text}/s?` : undefined,
  );
}
