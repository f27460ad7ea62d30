import { describe, expect, test } from '@jest/globals';
import type { PartitionRepair, RecordLoss } from '../../src/core/index.js';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { formatLocalTime } from '../../src/view/numbers.js';
import {
  keptAsideText,
  lossText,
  repairPlanText,
  repairQuestion,
  repairView,
} from '../../src/view/repair-plan.js';
import { verifyReport } from '../../src/view/verify-report.js';

const [BEFORE, AFTER] = [1_700_000_000_000, 1_700_000_060_000];

const LOSS: RecordLoss = {
  firstOffset: 6,
  endOffset: 2006,
  isAtEnd: false,
  damagedBytes: 1234,
  afterTimestamp: BEFORE,
  beforeTimestamp: AFTER,
};

const PLAN: PartitionRepair = {
  topic: 'orders',
  partition: 3,
  actions: [{ kind: 'begin-segment', file: '/d/\u001b[31m.log', text: 'the log goes on' }],
  losses: [LOSS],
  irreparable: [{ file: '/d/8.log', reason: 'of an old format' }],
  keptAside: ['/d/0.log.damaged'],
};

describe('what is lost', () => {
  const time = formatLocalTime;

  test.each<[string, Partial<RecordLoss>, string]>([
    [
      'between two times',
      {},
      `offsets 6 to 2005 (2,000 records), 1,234 bytes kept aside, from between ${time(BEFORE)} and ${time(AFTER)}`,
    ],
    [
      'at the end',
      { isAtEnd: true, beforeTimestamp: null },
      `offsets 6 to 2005 (at most 2,000 records), 1,234 bytes kept aside, from ${time(BEFORE)} or later`,
    ],
    [
      'at the beginning',
      { endOffset: 7, afterTimestamp: null },
      `offsets 6 to 6 (1 record), 1,234 bytes kept aside, from ${time(AFTER)} or earlier`,
    ],
    [
      'without a trace',
      { damagedBytes: 0, afterTimestamp: null, beforeTimestamp: null },
      'offsets 6 to 2005 (2,000 records), no bytes left of them, of unknown time',
    ],
  ])('%s', (_, changes, text) => {
    expect(lossText({ ...LOSS, ...changes })).toBe(text);
  });
});

test('a plan says what is lost, what is done and what cannot be, and drives no terminal', () => {
  expect(repairPlanText([PLAN]).split('\n')).toEqual([
    'orders:3',
    `  lost: ${lossText(LOSS)}`,
    '  /d/\\e[31m.log: the log goes on',
    '  cannot be repaired: /d/8.log: of an old format',
  ]);
  expect(repairPlanText([{ ...PLAN, losses: [], irreparable: [] }])).toContain('no record is lost');
});

test('the question names the cost', () => {
  expect(repairQuestion([PLAN])).toBe('repair orders:3, giving up 2,000 records?');
  expect(repairQuestion([{ ...PLAN, losses: [] }])).toBe('repair orders:3, no record is lost?');
});

test('only a dry run shows the plan on stdout; a repair shows how the topics are now', () => {
  const report = { ...verifyReport([]), repairs: [PLAN] };
  expect(repairView({ ...report, dryRun: true }, PLAIN_LOOK)).toBe(`${repairPlanText([PLAN])}\n`);
  expect(repairView({ ...report, dryRun: false }, PLAIN_LOOK)).toBe('');
  expect(repairView({ ...report, repairs: [], dryRun: true }, PLAIN_LOOK)).toBe('');
  expect(keptAsideText([PLAN])).toEqual(['kept aside: /d/0.log.damaged']);
});
