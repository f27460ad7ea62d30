/** The flags of `produce`, with their values parsed. */
import { Flags } from '@oclif/core';
import type { CompressionType, RecordHeader } from '../../core/index.js';
import { parseDuration } from '../grammar/duration.js';
import { delimiterFlags } from '../flags.js';
import { parseHeaderPair } from '../grammar/header-pair.js';
import { type Rate, parseRate } from '../grammar/rate.js';
import { INPUT_FORMATS, type InputFormat, parseInputFormat } from '../input/record-framer.js';

const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const satisfies CompressionType[];

const INPUT = 'INPUT';
const RECORDS = 'RECORDS';

export const PRODUCE_FLAGS = {
  message: Flags.string({
    char: 'm',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'TEXT',
    summary: 'A record to append, instead of reading input. Repeatable.',
    helpGroup: INPUT,
  }),
  format: Flags.custom<InputFormat>({
    char: 'F',
    helpValue: INPUT_FORMATS.join('|'),
    summary: 'What the input looks like. [default: lines]',
    parse: (text) => Promise.resolve(parseInputFormat(text)),
    helpGroup: INPUT,
  })(),
  ...delimiterFlags(INPUT, ['whole']),
  whole: Flags.boolean({
    summary: 'Every FILE (or all of stdin) is one record.',
    exclusive: ['format'],
    helpGroup: INPUT,
  }),
  'key-field': Flags.string({
    helpValue: 'COLUMN',
    summary: 'The column of csv that is the key.',
    helpGroup: INPUT,
  }),
  'skip-bad': Flags.string({
    helpValue: 'FILE',
    summary: 'Append input that is no record to FILE and go on; exit 5 at the end.',
    helpGroup: INPUT,
  }),
  key: Flags.string({
    char: 'k',
    helpValue: 'KEY',
    summary: 'The key of every record, whatever an envelope says.',
    helpGroup: RECORDS,
  }),
  header: Flags.custom<RecordHeader>({
    char: 'H',
    helpValue: 'NAME=VALUE',
    summary: 'A header for every record. Repeatable.',
    parse: (text) => Promise.resolve(parseHeaderPair(text)),
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: RECORDS,
  })(),
  timestamp: Flags.string({
    helpValue: 'T',
    summary: 'The time of every record. [default: now]',
    helpGroup: RECORDS,
  }),
  tombstone: Flags.boolean({
    summary: 'Append one record without a value: with -k, "this key is gone".',
    exclusive: ['message', 'format', 'whole'],
    helpGroup: RECORDS,
  }),
  partition: Flags.integer({
    char: 'p',
    min: 0,
    helpValue: 'N',
    summary: 'The partition for every record. [default: by key]',
    helpGroup: RECORDS,
  }),
  compression: Flags.option({
    options: COMPRESSIONS,
    summary: 'How batches are compressed, unless the topic says. [default: none]',
    helpGroup: RECORDS,
  })(),
  create: Flags.boolean({ summary: 'Make the topic if there is none.' }),
  sync: Flags.option({
    options: ['batch', 'never'] as const,
    default: 'batch' as const,
    summary: 'never: leave it to the system when records reach the disk.',
  })(),
  linger: Flags.custom<number>({
    helpValue: 'D',
    summary: 'How long a record may wait for others. [default: 20ms]',
    parse: (text) => Promise.resolve(parseDuration(text)),
  })(),
  rate: Flags.custom<Rate>({
    helpValue: '100/s',
    summary: 'Append no faster than this.',
    parse: (text) => Promise.resolve(parseRate(text)),
  })(),
  report: Flags.boolean({ summary: 'One JSON line on stdout for each batch, once it is on disk.' }),
};
