import { expect, test } from '@jest/globals';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { verifyReport, verifyReportView } from '../../src/view/verify-report.js';

const PARTITION = { segments: 2, batches: 9, records: 60_000, sizeBytes: 1000, findings: [] };
const SOUND = {
  topic: 'orders',
  partitions: [
    { partition: 0, ...PARTITION },
    { partition: 1, ...PARTITION },
  ],
};
const DAMAGED = {
  topic: 'bad',
  partitions: [
    {
      partition: 0,
      ...PARTITION,
      findings: [
        {
          kind: 'damage',
          file: '/d/0.log',
          position: 123,
          offset: 45,
          reason: 'the checksum is wrong',
        },
        {
          kind: 'note',
          file: '/d/\u001b[31m.log',
          position: null,
          offset: null,
          reason: 'missing',
        },
      ] as const,
    },
  ],
};

test('what is sound takes one line', () => {
  const report = verifyReport([SOUND]);
  expect(report.ok).toBe(true);
  expect(verifyReportView(report, PLAIN_LOOK)).toBe('orders: 2 partitions, 120,000 records, ok\n');
});

test('each finding has its file, byte and offset, and drives no terminal', () => {
  const report = verifyReport([SOUND, DAMAGED]);
  expect(report.ok).toBe(false);
  expect(verifyReportView(report, PLAIN_LOOK).split('\n').slice(1)).toEqual([
    'bad: 1 partition, 60,000 records, 1 damaged place, 1 note',
    '  damage: /d/0.log, byte 123, offset 45: the checksum is wrong',
    '  note: /d/\\e[31m.log: missing',
    '',
  ]);
});

test('notes alone are no damage', () => {
  const [partition] = DAMAGED.partitions;
  const notes = partition!.findings.filter(({ kind }) => kind === 'note');
  const report = verifyReport([{ topic: 't', partitions: [{ ...partition!, findings: notes }] }]);
  expect(report.ok).toBe(true);
  expect(verifyReportView(report, PLAIN_LOOK)).toContain('ok, 1 note');
});
