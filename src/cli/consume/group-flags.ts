/** The flags of `consume -g`: taking part in a group, and running a command for each batch. */
import { Flags } from '@oclif/core';
import { ASSIGNOR_NAMES } from '../../core/index.js';
import { RARE } from '../command-help.js';
import { parseDuration } from '../grammar/duration.js';
import { type IfBusy, parseIfBusy } from '../grammar/if-busy.js';

const GROUP = 'GROUP';
const BATCH = 'BATCH';

function duration(name: string, summary: string, helpGroup: string) {
  return Flags.custom<number>({
    helpValue: name,
    summary,
    parse: (text) => Promise.resolve(parseDuration(text)),
    helpGroup,
  });
}

export const GROUP_FLAGS = {
  group: Flags.string({
    char: 'g',
    helpValue: 'GROUP',
    summary: 'Read on from where this group stands, and move it when all went well.',
    helpGroup: GROUP,
  }),
  initial: Flags.string({
    helpValue: 'POS',
    summary: 'Where a new group begins. [default: start]',
    helpGroup: RARE,
  }),
  'on-gap': Flags.option({
    options: ['earliest', 'latest', 'fail'] as const,
    summary: 'Where to go on when the position is not kept any more. [default: earliest]',
    helpGroup: RARE,
  })(),
  peek: Flags.boolean({ summary: 'Do not move the group.', helpGroup: RARE }),
  receipt: Flags.string({
    helpValue: 'FILE',
    summary: 'Write down what was read, for `group commit`.',
    helpGroup: GROUP,
  }),
  'if-busy': Flags.custom<IfBusy>({
    helpValue: 'fail|wait[=D]|skip',
    summary: 'While another run holds the group. [default: fail]',
    parse: (text) => Promise.resolve(parseIfBusy(text)),
    helpGroup: GROUP,
  })(),
  members: Flags.integer({
    min: 1,
    helpValue: 'N',
    summary: 'Leave room for N runs at once: take one Nth of the partitions. [default: 1]',
    helpGroup: RARE,
  }),
  assignor: Flags.option({
    options: ASSIGNOR_NAMES,
    summary: 'How followers share partitions. [default: cooperative-sticky]',
    helpGroup: RARE,
  })(),
  'member-id': Flags.string({
    helpValue: 'ID',
    summary: 'A name that keeps its partitions over a restart (group.instance.id).',
    helpGroup: RARE,
  }),
  'session-timeout': duration(
    'D',
    'A member that is silent for so long is left out. [default: 45s]',
    RARE,
  )(),
  exec: Flags.string({
    helpValue: 'CMD',
    summary: 'Run CMD with the batch on its stdin (or: -- CMD ARGS); move the group if it exits 0.',
    helpGroup: BATCH,
  }),
  each: Flags.boolean({ summary: 'Run it for each record.', helpGroup: RARE }),
  'as-file': Flags.boolean({
    summary: 'The batch in a file, $SPOOL_BATCH_FILE, instead of stdin.',
    helpGroup: RARE,
  }),
  timeout: duration('D', 'Stop the command after so long: it has failed.', RARE)(),
  retries: Flags.integer({
    min: 0,
    helpValue: 'N',
    summary: 'Try again N times in this run. [default: 0]',
    helpGroup: RARE,
  }),
  backoff: duration(
    'D',
    'Wait so long before the first retry, then twice as long. [default: 1s]',
    RARE,
  )(),
  'dead-letter': Flags.string({
    helpValue: 'TOPIC',
    summary: 'Put a batch that keeps failing into TOPIC, and go on.',
    helpGroup: RARE,
  }),
  after: Flags.integer({
    min: 1,
    helpValue: 'N',
    summary: 'With --dead-letter: after N attempts.',
    helpGroup: RARE,
  }),
  every: duration('D', 'With -f: collect a batch for so long, or until -n are there.', RARE)(),
  'dry-run': Flags.boolean({
    summary: 'Say what the batch would be, and do nothing.',
    helpGroup: RARE,
  }),
};
