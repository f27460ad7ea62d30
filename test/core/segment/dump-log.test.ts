import { describe, expect, test } from '@jest/globals';
import { buildControlBatch } from './control-batch.js';
import { dumpLog } from '../../../src/core/segment/dump-log.js';
import { batchOf } from '../../support/log-fixture.js';
import { stampBatch } from '../../../src/core/batch/stamp.js';
import { entriesOf, fileOf, kindsOf } from './dumping.js';

function batchAt(baseOffset: number, values: readonly string[], compression?: 'gzip'): Buffer {
  const batch = batchOf(values, compression && { compression });
  stampBatch(batch, 0, baseOffset, 7);
  return batch;
}

function dump(bytes: Uint8Array, { deep = false } = {}) {
  return dumpLog(fileOf(bytes), { deep, fileName: 'f' });
}

const TWO = Buffer.concat([batchAt(0, ['a', 'b']), batchAt(2, ['c'], 'gzip')]);

describe('a whole log', () => {
  test('is told batch by batch', () => {
    expect(entriesOf(dump(TWO))).toMatchObject([
      { kind: 'batch', position: 0, baseOffset: 0, lastOffset: 1, count: 2, compression: 'none' },
      { kind: 'batch-end' },
      { kind: 'batch', baseOffset: 2, partitionLeaderEpoch: 7, compression: 'gzip', isValid: true },
      { kind: 'batch-end' },
    ]);
  });

  test('is told record by record, if asked', () => {
    const entries = entriesOf(dump(TWO, { deep: true }));
    expect(entries.map(({ kind }) => kind)).toEqual([
      ...['batch', 'record', 'record', 'batch-end'],
      ...['batch', 'record', 'batch-end'],
    ]);
    expect(entries[5]).toMatchObject({ offset: 2, keySize: -1, valueSize: 1, key: null });
  });

  test('without a byte is no entry', () => {
    expect(entriesOf(dump(Buffer.alloc(0)))).toEqual([]);
  });
});

describe('damage', () => {
  test('of records is told, and the batch as what it says it is', () => {
    const bytes = Buffer.from(TWO);
    bytes[TWO.length - 1]! ^= 1;
    const position = batchAt(0, ['a', 'b']).length;
    expect(entriesOf(dump(bytes)).slice(2)).toMatchObject([
      { kind: 'batch', isValid: false },
      { kind: 'batch-end' },
      { kind: 'damage', file: '/f', position, reason: 'the checksum is wrong' },
    ]);
    expect(kindsOf(dump(bytes, { deep: true }))).toContain('damage');
  });

  test.each([
    ['a batch length of 48', (bytes: Buffer) => bytes.writeInt32BE(48, 8)],
    ['a batch length of -1', (bytes: Buffer) => bytes.writeInt32BE(-1, 8)],
    ['a count of two thousand million', (bytes: Buffer) => bytes.writeInt32BE(2 ** 31 - 1, 57)],
    ['an old message format', (bytes: Buffer) => bytes.writeInt8(1, 16)],
    ['a magic that is yet to come', (bytes: Buffer) => bytes.writeInt8(3, 16)],
    ['nothing but zeros', (bytes: Buffer) => bytes.fill(0)],
  ])('that leaves no way on ends it: %s', (_, change) => {
    const bytes = Buffer.from(TWO);
    change(bytes);
    expect(kindsOf(dump(bytes))).toEqual(['damage']);
  });

  test('an old message format is named', () => {
    const bytes = Buffer.from(TWO);
    bytes.writeInt8(0, 16);
    expect(entriesOf(dump(bytes))).toMatchObject([{ reason: expect.stringContaining('v0') }]);
  });

  test('is found, or not there, whatever bit is flipped; nothing is thrown', () => {
    for (let at = 0; at < TWO.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bytes = Buffer.from(TWO);
        bytes[at]! ^= 1 << bit;
        entriesOf(dump(bytes, { deep: true }));
      }
    }
  });
});

test('a tail of any length is no damage: an append may be under way', () => {
  for (let length = TWO.length - 1; length > batchAt(0, ['a', 'b']).length; length--) {
    const last = entriesOf(dump(TWO.subarray(0, length))).at(-1);
    expect(last).toMatchObject({ kind: 'incomplete', fileName: 'f' });
  }
});

test('missing offsets are one note, however many', () => {
  const bytes = Buffer.concat([batchAt(5, ['a']), batchAt(9, ['b']), batchAt(20, ['c'])]);
  const notes = entriesOf(dump(bytes, { deep: true })).filter(({ kind }) => kind === 'note');
  expect(notes).toMatchObject([
    { reason: 'non-consecutive offsets: 5 is followed by 9 and 1 more' },
  ]);
});

test('a control record tells its type', () => {
  const record = entriesOf(dump(buildControlBatch(1, 42), { deep: true }))[1];
  expect(record).toMatchObject({ control: { type: 'commit', typeId: 1, coordinatorEpoch: 42 } });
  const newer = entriesOf(dump(buildControlBatch(2, 0), { deep: true }))[1];
  expect(newer).toMatchObject({ control: { type: 'leader-change', coordinatorEpoch: undefined } });
});
