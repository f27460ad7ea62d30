import { expect, test } from '@jest/globals';
import type { PartitionRetention } from '../../src/core/index.js';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { retainedPartition, retentionDocument } from '../../src/view/retention-document.js';
import {
  prunedText,
  retentionPlanView,
  retentionStatusView,
} from '../../src/view/retention-view.js';

function retention(partition: number, reasons: ('start' | 'size' | 'time')[]): PartitionRetention {
  return {
    topic: 'orders',
    partition,
    removals: reasons.map((reason, at) => ({
      baseOffset: at * 10,
      endOffset: at * 10 + 10,
      sizeBytes: 1024,
      reason,
      isActive: false,
    })),
    logStartOffset: 3,
    newLogStartOffset: Math.max(3, reasons.length * 10),
    keptBytes: 512,
  };
}

test('records count from the start offset, and each partition tells why', () => {
  const partitions = [
    retention(0, ['size', 'time', 'time']),
    retention(1, []),
    retention(2, ['start']),
  ];
  const document = retentionDocument(
    partitions.map((each) => retainedPartition(each)),
    { dryRun: true },
  );
  expect(document).toMatchObject({ records: 27 + 7, freedBytes: 4096 });
  expect(prunedText(document)).toBe(
    'orders:0: 27 records gone, 3 KiB freed (above retention.bytes, older than retention.ms)\n' +
      'orders:2: 7 records gone, 1 KiB freed (trimmed before)\n' +
      'in all: 34 records gone, 4 KiB freed',
  );
  expect(retentionPlanView(document, PLAIN_LOOK).match(/^orders/gm)).toHaveLength(2);
  expect(retentionPlanView({ ...document, dryRun: false }, PLAIN_LOOK)).toBe('');
});

test.each([
  ['delete', '604800000', '-1', '7d'],
  ['delete', '-1', '1024', '1 KiB'],
  ['delete', '3600000', '512', '1h or 512 B'],
  ['delete', '-1', '-1', 'forever'],
  ['', '3600000', '512', 'forever'],
])('policy %s, %s ms, %s bytes keeps %s', (cleanup, ms, bytes, keeps) => {
  const policy = { 'cleanup.policy': cleanup, 'retention.ms': ms, 'retention.bytes': bytes };
  const partitions = [retainedPartition(retention(0, []), policy)];
  const text = retentionStatusView(retentionDocument(partitions, { dryRun: true }), PLAIN_LOOK);
  expect(text.split('\n')[1]).toMatch(new RegExp(`^orders +0 {2}${keeps} +512 B +- +- {2}-$`));
});
