/** The limits of `group check`. */
import { Flags } from '@oclif/core';
import type { GroupLimits } from '../../view/group-check.js';
import { parseDuration } from '../grammar/duration.js';
import { invalidArgument } from '../grammar/invalid-argument.js';

const durationFlag = Flags.custom<number>({
  helpValue: 'D',
  parse: (text) => Promise.resolve(parseDuration(text)),
});

export const LIMIT_FLAGS = {
  'max-lag': Flags.integer({
    min: 0,
    helpValue: 'N',
    summary: 'At most so many records yet to be read.',
  }),
  'max-age': durationFlag({ summary: 'None of them older than this.' }),
  'max-idle': durationFlag({ summary: 'A commit, or a living member, not longer ago than this.' }),
  'max-attempts': Flags.integer({
    min: 1,
    helpValue: 'N',
    summary: 'No batch that has failed so often.',
  }),
};

interface LimitValues {
  readonly 'max-lag'?: number | undefined;
  readonly 'max-age'?: number | undefined;
  readonly 'max-idle'?: number | undefined;
  readonly 'max-attempts'?: number | undefined;
}

/** INVALID_ARGUMENT without any: a check of nothing would always be fine. */
export function checkSomeLimit(flags: LimitValues): GroupLimits {
  const limits = {
    maxLag: flags['max-lag'],
    maxAgeMs: flags['max-age'],
    maxIdleMs: flags['max-idle'],
    maxAttempts: flags['max-attempts'],
  };
  if (Object.values(limits).some((limit) => limit !== undefined)) return limits;
  throw invalidArgument(
    'there is no limit to check',
    'add --max-lag N, --max-age D, --max-idle D or --max-attempts N',
  );
}
