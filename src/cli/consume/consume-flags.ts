/** The flags of `consume`, with their values parsed. */
import { Flags } from '@oclif/core';
import { RARE } from '../command-help.js';
import { delimiterFlags } from '../flags.js';
import { type HeaderFilter, parseHeaderFilter } from '../grammar/header-pair.js';
import { type OutputFormat, parseOutputFormat } from '../grammar/output-format.js';
import { parsePartitionList } from '../grammar/partition-list.js';
import { parseSize } from '../grammar/size.js';

const RANGE = 'RANGE';
const FILTER = 'FILTER';
const OUTPUT = 'OUTPUT';

const BEGINNINGS = ['from', 'from-offset', 'from-time', 'from-beginning', 'last'];

function beginning(name: string): { exclusive: string[]; helpGroup: string } {
  return { exclusive: BEGINNINGS.filter((other) => other !== name), helpGroup: RANGE };
}

export const CONSUME_FLAGS = {
  from: Flags.string({
    helpValue: 'POS',
    summary:
      'Where to begin: start, end, 47, -20, -1h, 2026-11-22T09:30, today, … [default: start]',
    ...beginning('from'),
  }),
  'from-offset': Flags.integer({
    min: 0,
    helpValue: 'N',
    summary: 'Begin at this offset.',
    ...beginning('from-offset'),
  }),
  'from-time': Flags.string({
    helpValue: 'T',
    summary: 'Begin at the first record at or after this time.',
    ...beginning('from-time'),
    helpGroup: RARE,
  }),
  'from-beginning': Flags.boolean({ hidden: true, ...beginning('from-beginning') }),
  until: Flags.string({
    helpValue: 'POS',
    summary: 'Where to end, exclusive. [default: the end as it is now]',
    helpGroup: RANGE,
  }),
  last: Flags.integer({
    min: 0,
    helpValue: 'N',
    summary: 'The newest N records over all partitions.',
    ...beginning('last'),
  }),
  max: Flags.integer({
    char: 'n',
    aliases: ['max-messages'],
    min: 0,
    helpValue: 'MAX',
    summary: 'At most so many records.',
    helpGroup: RANGE,
  }),
  'max-bytes': Flags.custom<number>({
    helpValue: 'SIZE',
    summary: 'At most so many bytes of keys and values (one record at least).',
    parse: (text) => Promise.resolve(parseSize(text)),
    helpGroup: RARE,
  })(),
  follow: Flags.boolean({ char: 'f', summary: 'Keep waiting for new records.', helpGroup: RANGE }),
  partition: Flags.custom<number[]>({
    char: 'p',
    helpValue: '0,2',
    summary: 'Only these partitions.',
    parse: (text) => Promise.resolve(parsePartitionList(text)),
    helpGroup: RANGE,
  })(),
  clamp: Flags.boolean({
    summary: 'Begin at the nearest offset that is kept, and go on past pruned records.',
    helpGroup: RARE,
  }),
  'skip-damaged': Flags.boolean({
    summary: 'Go on past damage, and say what is missing, instead of exit 7.',
    helpGroup: RARE,
  }),
  order: Flags.option({
    options: ['time', 'partition'] as const,
    default: 'time' as const,
    summary: 'How the records of several partitions are put in order.',
    helpGroup: RARE,
  })(),
  key: Flags.string({ char: 'k', helpValue: 'K', summary: 'Only this key.', helpGroup: FILTER }),
  grep: Flags.string({
    helpValue: 'RE',
    summary: 'Only values that match.',
    helpGroup: FILTER,
  }),
  header: Flags.custom<HeaderFilter>({
    char: 'H',
    helpValue: 'NAME[=VALUE]',
    summary: 'Only with this header. Repeatable.',
    parse: (text) => Promise.resolve(parseHeaderFilter(text)),
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: FILTER,
  })(),
  format: Flags.custom<OutputFormat>({
    char: 'F',
    helpValue: 'FORMAT',
    summary: "value|pretty|json|kv|hex|base64|length|none, or a template: '{key} {value}'.",
    parse: (text) => Promise.resolve(parseOutputFormat(text)),
    helpGroup: OUTPUT,
  })(),
  ...delimiterFlags(OUTPUT),
  output: Flags.string({
    char: 'o',
    helpValue: 'FILE',
    summary: 'Write to FILE, and sync it.',
    helpGroup: OUTPUT,
  }),
  'fail-if-empty': Flags.boolean({ summary: 'Exit 4 if there was no record.', helpGroup: RARE }),
};
