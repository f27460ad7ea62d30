import { describe, expect, test } from '@jest/globals';
import { RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';
import {
  checkBatchHeader,
  headerFaultError,
  readBaseOffset,
  readBatchLength,
  readBatchSizeBytes,
  readLastOffset,
  readMaxTimestamp,
  readRecordsCount,
} from '../../../src/core/batch/batch-header.js';

const BEFORE = 5;

/** A sound batch of two records behind a few other bytes, changed by `change`. */
function viewOf(change: (batch: DataView) => void = () => undefined): DataView {
  const builder = new RecordBatchBuilder({ capacityBytes: 1000, compression: 'none' });
  builder.append(1000, null, Buffer.from('one'));
  builder.append(3000, null, Buffer.from('two'));
  const bytes = Buffer.concat([Buffer.alloc(BEFORE, 0xee), builder.build({ baseOffset: 2 ** 40 })]);
  change(new DataView(bytes.buffer, bytes.byteOffset + BEFORE, bytes.length - BEFORE));
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function check(view: DataView, missing = 0): ReturnType<typeof checkBatchHeader> {
  return checkBatchHeader(view, BEFORE, view.byteLength - BEFORE - missing);
}

test('fields are read in place', () => {
  const view = viewOf();
  expect(check(view)).toBeUndefined();
  expect(readBaseOffset(view, BEFORE)).toBe(2 ** 40);
  expect(readLastOffset(view, BEFORE)).toBe(2 ** 40 + 1);
  expect(readBatchSizeBytes(view, BEFORE)).toBe(view.byteLength - BEFORE);
  expect(readBatchLength(view, BEFORE)).toBe(view.byteLength - BEFORE - 12);
  expect(readMaxTimestamp(view, BEFORE)).toBe(3000);
  expect(readRecordsCount(view, BEFORE)).toBe(2);
});

describe('a batch that is not all there is incomplete', () => {
  const size = viewOf().byteLength - BEFORE;
  test.each([0, 1, 16, 17, 60, 61, size - 1])('with %d of its bytes', (available) => {
    expect(check(viewOf(), size - available)).toMatchObject({ kind: 'incomplete' });
  });
});

describe('a header that no writer made', () => {
  const cases: [string, (batch: DataView) => void, string][] = [
    ['a length of 0, as in a tail of zeros', (b) => b.setInt32(8, 0), 'batch length 0'],
    ['a length of 48', (b) => b.setInt32(8, 48), 'batch length 48'],
    ['a negative length', (b) => b.setInt32(8, -1), 'batch length -1'],
    ['a length beyond any segment', (b) => b.setInt32(8, 2 ** 31 - 1), 'batch length'],
    ['magic 3', (b) => b.setInt8(16, 3), 'magic 3'],
    ['magic -1', (b) => b.setInt8(16, -1), 'magic -1'],
    ['a negative base offset', (b) => b.setBigInt64(0, -1n), 'base offset'],
    ['a base offset of 2^53', (b) => b.setBigInt64(0, 2n ** 53n), 'base offset'],
    ['a last offset of 2^53', (b) => b.setBigInt64(0, 2n ** 53n - 1n), 'last offset'],
    ['a negative last offset delta', (b) => b.setInt32(23, -1), 'last offset delta -1'],
    ['a base timestamp of 2^53', (b) => b.setBigInt64(27, 2n ** 53n), 'timestamp'],
    ['a max timestamp of -2^63', (b) => b.setBigInt64(35, -(2n ** 63n)), 'timestamp'],
    ['a producer id of 2^63 - 1', (b) => b.setBigInt64(43, 2n ** 63n - 1n), 'producer id'],
    ['a bit in the high byte of the attributes', (b) => b.setInt16(21, 0x100), 'attributes 256'],
    ['a negative count', (b) => b.setInt32(57, -1), '-1 records'],
    ['more records than fit', (b) => b.setInt32(57, 4), '4 records in 21 bytes'],
  ];

  test.each(cases)('%s', (_, change, reason) => {
    const fault = check(viewOf(change));
    expect(fault).toEqual({ kind: 'corrupt', reason: expect.stringContaining(reason) });
    expect(headerFaultError(fault!, 7)).toMatchObject({
      code: 'CORRUPT_MESSAGE',
      details: { at: 7, reason: fault!.reason },
    });
  });

  test.each([0, 1])(
    'message format v%d is named, and known by the length from a tail of zeros',
    (magic) => {
      const fault = check(viewOf((batch) => batch.setInt8(16, magic)));
      expect(fault).toEqual({
        kind: 'unsupported',
        reason: `message format v${magic} (before Kafka 0.11)`,
      });
      expect(headerFaultError(fault!, 0).code).toBe('UNSUPPORTED_FOR_MESSAGE_FORMAT');
      expect(checkBatchHeader(new DataView(new ArrayBuffer(100)), 0, 100)).toMatchObject({
        kind: 'corrupt',
      });
    },
  );
});

describe('what real clients write is let pass', () => {
  test.each<[string, (batch: DataView) => void]>([
    ['an epoch without a producer id', (b) => b.setInt16(51, 0)],
    ['a sequence without a producer id', (b) => b.setInt32(53, 0)],
    [
      'a compressed batch of more records than bytes',
      (b) => {
        b.setInt16(21, 4);
        b.setInt32(57, 100);
      },
    ],
    ['a leader epoch of -1', (b) => b.setInt32(12, -1)],
    ['a last offset beyond the last record', (b) => b.setInt32(23, 1000)],
  ])('%s', (_, change) => {
    expect(check(viewOf(change))).toBeUndefined();
  });
});
