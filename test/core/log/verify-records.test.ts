import { expect, test } from '@jest/globals';
import { RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';
import type { BatchFields } from '../../../src/core/batch/batch-fields.js';
import { FileFindings } from '../../../src/core/log/verify-finding.js';
import { RecordsCheck } from '../../../src/core/log/verify-records.js';

function batchWith(fields: BatchFields, compression: 'none' | 'gzip' = 'none'): Buffer {
  const builder = new RecordBatchBuilder({ capacityBytes: 4096, compression });
  for (const value of ['a long value', 'another one'])
    builder.append(7, null, Buffer.from(value), []);
  return Buffer.from(builder.build({ baseOffset: 40, ...fields }));
}

function see(bytes: Buffer, { allowGaps = false } = {}) {
  const findings = new FileFindings('/l');
  const count = new RecordsCheck(findings, { allowGaps }).see(bytes, 0, 123);
  return { count, findings: findings.list };
}

test('records that are as the header says are no finding', () => {
  expect(see(batchWith({}))).toEqual({ count: 2, findings: [] });
  expect(see(batchWith({}, 'gzip'))).toEqual({ count: 2, findings: [] });
});

test('fewer records than offsets are damage, unless the log is compacted', () => {
  const batch = batchWith({ lastOffsetDelta: 9 });
  expect(see(batch).findings).toEqual([
    {
      kind: 'damage',
      file: '/l',
      position: 123,
      offset: 40,
      reason: '2 records in a batch of 10 offsets',
    },
  ]);
  expect(see(batch, { allowGaps: true }).findings).toEqual([]);
});

test.each<[string, (batch: Buffer) => void, string]>([
  ['a count that is too large', (batch) => batch.writeInt32BE(3, 57), 'damage'],
  ['a count that is too small', (batch) => batch.writeInt32BE(1, 57), 'damage'],
  ['a payload that is no stream of its codec', (batch) => batch.fill(0xff, 61), 'damage'],
  ['a codec that nobody has given out', (batch) => batch.writeInt16BE(7, 21), 'damage'],
  ['another newest timestamp', (batch) => batch.writeBigInt64BE(8n, 35), 'note'],
])('%s is found though every checksum may be right', (_, change, kind) => {
  for (const compression of ['none', 'gzip'] as const) {
    const batch = batchWith({}, compression);
    change(batch);
    const place = { kind, position: 123, offset: 40 };
    expect(see(batch).findings).toEqual(expect.arrayContaining([expect.objectContaining(place)]));
  }
});
