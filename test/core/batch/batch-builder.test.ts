import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { headersSizeBytes, RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';
import { checkBatchHeader } from '../../../src/core/batch/batch-header.js';
import type { CompressionType } from '../../../src/core/batch/compression.js';
import { COMPRESSION_TYPES } from '../../../src/core/batch/compression.js';
import { HEADER_BYTES } from '../../../src/core/batch/format.js';
import { RecordBatch } from '../../../src/core/batch/record-batch.js';
import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import type { LogRecord } from '../../../src/core/batch/record.js';
import { describeRecord } from '../../support/golden.js';

function builderOf(
  compression: CompressionType = 'none',
  capacityBytes = 1000,
): RecordBatchBuilder {
  return new RecordBatchBuilder({ capacityBytes, compression });
}

function viewOf(bytes: Buffer): RecordBatch {
  return new RecordBatch(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
}

function readAll(batch: Buffer): LogRecord[] {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  expect(checkBatchHeader(view, 0, batch.length)).toBeUndefined();
  expect(new RecordBatch(view).hasValidCrc()).toBe(true);
  const cursor = new RecordCursor();
  const records: LogRecord[] = [];
  cursor.open(batch, 0);
  while (cursor.next()) records.push(cursor.copyRecord());
  return records;
}

function valuesOf(batch: Buffer): (string | null)[] {
  return readAll(batch).map(({ value }) => value && Buffer.from(value).toString());
}

describe('a finished batch', () => {
  test('is, byte for byte, the one that the format describes', () => {
    const builder = builderOf();
    builder.append(1000, Buffer.from('k'), Buffer.from('v'), [
      { key: Buffer.from('h'), value: null },
    ]);
    builder.append(999, null, null);
    expect(builder.sizeBytes).toBe(HEADER_BYTES + 19);
    expect(builder.build().toString('hex')).toBe(
      [
        '0000000000000000', // base offset
        '00000044', // length: 80 - 12
        'ffffffff', // leader epoch
        '02',
        'cc59a9cb', // CRC, by another implementation
        '0000',
        '00000001', // last offset delta
        '00000000000003e8',
        '00000000000003e8',
        'ffffffffffffffff',
        'ffff',
        'ffffffff',
        '00000002',
        '16000000026b027602026801',
        '0c000102010100',
      ].join(''),
    );
  });

  test('has the first timestamp as its base and the largest as its maximum', () => {
    const builder = builderOf();
    for (const timestamp of [500, 100, 900, -1]) builder.append(timestamp, null, null);
    const batch = builder.build();
    expect([viewOf(batch).baseTimestamp, viewOf(batch).maxTimestamp]).toEqual([500, 900]);
    expect(readAll(batch).map(({ timestamp }) => timestamp)).toEqual([500, 100, 900, -1]);
  });

  test('starts anew after a reset', () => {
    const builder = builderOf();
    builder.append(500, null, Buffer.from('old'));
    builder.reset();
    expect([builder.recordCount, builder.sizeBytes]).toEqual([0, HEADER_BYTES]);
    builder.append(7, null, Buffer.from('new'));
    expect(viewOf(builder.build()).baseTimestamp).toBe(7);
    expect(valuesOf(builder.build())).toEqual(['new']);
  });

  test('can be built, grown and built again', () => {
    const builder = builderOf();
    builder.append(1, null, Buffer.from('a'));
    expect(valuesOf(builder.build())).toEqual(['a']);
    builder.append(2, null, Buffer.from('b'));
    expect(valuesOf(builder.build())).toEqual(['a', 'b']);
  });

  test('keeps the gaps that compaction made', () => {
    const builder = builderOf();
    builder.skipTo(3);
    builder.append(1, null, Buffer.from('a'));
    builder.skipTo(7);
    builder.append(1, null, Buffer.from('b'));
    const batch = builder.build({ baseOffset: 100, lastOffsetDelta: 9 });
    expect(readAll(batch).map(({ offset }) => offset)).toEqual([103, 107]);
    expect(viewOf(batch).lastOffset).toBe(109);
    expect(viewOf(batch).recordsCount).toBe(2);
  });

  test('keeps the times of records under a delete horizon', () => {
    const builder = builderOf();
    builder.reset(1_000_000);
    builder.append(280, Buffer.from('k'), null);
    builder.append(283, Buffer.from('l'), null);
    const batch = builder.build({ hasDeleteHorizon: true });
    expect(viewOf(batch).deleteHorizonMs).toBe(1_000_000);
    expect(viewOf(batch).maxTimestamp).toBe(283);
    expect(readAll(batch).map(({ timestamp }) => timestamp)).toEqual([280, 283]);
  });

  test('may be empty when it says what it spans: 61 bytes, as compaction leaves them', () => {
    const batch = builderOf('zstd').build({
      baseOffset: 81,
      lastOffsetDelta: 2,
      maxTimestamp: 273,
    });
    expect(batch).toHaveLength(61);
    expect(viewOf(batch)).toMatchObject({
      compression: 'none',
      lastOffset: 83,
      recordsCount: 0,
      baseTimestamp: -1,
      maxTimestamp: 273,
    });
    expect(readAll(batch)).toEqual([]);
    expect(() => builderOf().build()).toThrow('an empty batch says what it spans');
  });
});

describe('room', () => {
  test('the first record always has some, also beyond the capacity', () => {
    const builder = builderOf('none', 100);
    expect(builder.hasRoomFor(0, 10_000, 0)).toBe(true);
    builder.append(1, null, Buffer.alloc(10_000, 'x'));
    expect(builder.hasRoomFor(0, 0, 0)).toBe(false);
    expect(valuesOf(builder.build())).toEqual(['x'.repeat(10_000)]);
    builder.reset();
    builder.append(1, null, Buffer.from('small again'));
    expect(valuesOf(builder.build())).toEqual(['small again']);
  });

  test('records beyond the capacity are kept while the memory grows', () => {
    const builder = builderOf('none', 100);
    const values = Array.from({ length: 100 }, (_, i) => `value ${i}`);
    for (const value of values) builder.append(1, null, Buffer.from(value));
    expect(valuesOf(builder.build())).toEqual(values);
  });

  test('a builder goes back to its own memory after a large record', () => {
    const memory = Buffer.alloc(200);
    const builder = new RecordBatchBuilder({ capacityBytes: 200, compression: 'none', memory });
    builder.append(1, null, Buffer.alloc(1000));
    expect(builder.build().buffer).not.toBe(memory.buffer);
    builder.reset();
    builder.append(1, null, Buffer.alloc(10));
    expect(builder.build().buffer).toBe(memory.buffer);
  });

  test('a record that has room stays within the capacity', () => {
    const builder = builderOf('none', 500);
    const value = Buffer.alloc(30);
    while (builder.hasRoomFor(-1, value.length, 0)) builder.append(Date.UTC(2026, 0), null, value);
    expect(builder.sizeBytes).toBeLessThanOrEqual(500);
    expect(builder.sizeBytes).toBeGreaterThan(500 - 80);
  });

  test('the announced most of a record is never exceeded', () => {
    const bytes = fc.option(fc.uint8Array({ maxLength: 300 }));
    const header = fc.record({ key: fc.uint8Array({ maxLength: 9 }), value: bytes });
    fc.assert(
      fc.property(fc.maxSafeNat(), bytes, bytes, fc.array(header), (time, key, value, headers) => {
        const builder = builderOf();
        builder.append(0, null, null);
        const before = builder.sizeBytes;
        builder.append(time, key, value, headers);
        expect(builder.sizeBytes - before).toBeLessThanOrEqual(
          RecordBatchBuilder.maxRecordBytes(
            key?.length ?? -1,
            value?.length ?? -1,
            headersSizeBytes(headers),
          ),
        );
      }),
    );
  });
});

describe('refused', () => {
  test.each([-2, 1.5, NaN, Infinity, 2 ** 53])('the timestamp %d', (timestamp) => {
    const builder = builderOf();
    expect(() => builder.append(timestamp, null, null)).toThrow(
      expect.objectContaining({ code: 'INVALID_TIMESTAMP' }),
    );
    expect([builder.recordCount, builder.sizeBytes]).toEqual([0, HEADER_BYTES]);
  });

  test('a range outside of its source', () => {
    const source = Buffer.from('abc');
    expect(() => builderOf().appendRange(1, source, 0, -1, 1, 3)).toThrow('lies in its source');
    expect(() => builderOf().appendRange(1, source, -1, 2, 0, 1)).toThrow('lies in its source');
  });

  test('an offset delta that does not rise', () => {
    const builder = builderOf();
    builder.append(1, null, null);
    expect(() => builder.skipTo(0)).toThrow('offset deltas rise');
  });
});

describe('ranges', () => {
  const text = `key-1${'v'.repeat(200)}tail`;

  test.each<[string, () => { source: Buffer; memory?: Buffer }]>([
    ['of another ArrayBuffer', () => ({ source: Buffer.from(text) })],
    [
      'of the same ArrayBuffer',
      () => {
        const shared = new ArrayBuffer(4000);
        const source = Buffer.from(shared, 2500, 1000);
        source.write(text);
        return { source, memory: Buffer.from(shared, 100, 2000) };
      },
    ],
    [
      'of the same ArrayBuffer, until the builder grows out of it',
      () => {
        const shared = new ArrayBuffer(1000);
        const source = Buffer.from(shared, 500, 500);
        source.write(text);
        return { source, memory: Buffer.from(shared, 0, 400) };
      },
    ],
  ])('%s are copied like whole arrays', (_, makeMemory) => {
    const { source, memory } = makeMemory();
    const options = { capacityBytes: 2000, compression: 'none' } as const;
    const ranges = new RecordBatchBuilder(memory ? { ...options, memory } : options);
    const arrays = new RecordBatchBuilder(options);
    for (let round = 0; round < 2; round++) {
      ranges.reset();
      arrays.reset();
      for (const [keyLength, valueLength] of [
        [5, 200],
        [-1, 3],
        [0, 0],
        [5, -1],
        [5, 199],
      ] as const) {
        ranges.appendRange(50, source, 0, keyLength, 5, valueLength);
        arrays.append(
          50,
          keyLength < 0 ? null : source.subarray(0, keyLength),
          valueLength < 0 ? null : source.subarray(5, 5 + valueLength),
        );
      }
      expect(ranges.build().toString('hex')).toBe(arrays.build().toString('hex'));
    }
    expect(source.toString('latin1', 0, text.length)).toBe(text);
  });
});

describe.each([...COMPRESSION_TYPES])('compression %s', (compression) => {
  const bytes = fc.option(fc.uint8Array({ maxLength: 300 }));
  const record = fc.record({
    timestamp: fc.oneof(fc.constant(-1), fc.maxSafeNat()),
    key: bytes,
    value: bytes,
    headers: fc.array(fc.record({ key: fc.uint8Array({ maxLength: 9 }), value: bytes }), {
      maxLength: 3,
    }),
  });

  test('what was appended is what is read', () => {
    const builder = builderOf(compression, 500);
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), (records) => {
        builder.reset();
        // The distance between two timestamps must be a safe integer as well.
        const sound = records.filter(({ timestamp }) => timestamp < Number.MAX_SAFE_INTEGER);
        fc.pre(sound.length > 0);
        for (const r of sound) builder.append(r.timestamp, r.key, r.value, r.headers);
        const batch = builder.build({ baseOffset: 1000 });
        const expected = sound.map((r, i) => describeRecord({ ...r, offset: 1000 + i }, -1));
        expect(readAll(batch).map((r) => describeRecord(r, -1))).toEqual(expected);
        expect(viewOf(batch).compression).toBe(compression);
      }),
      { numRuns: 50, interruptAfterTimeLimit: 3000 },
    );
  });

  test('a compressed batch has memory of its own, a plain one that of the builder', () => {
    const builder = builderOf(compression);
    builder.append(1, null, Buffer.alloc(300, 'first'));
    const batch = builder.build();
    builder.reset();
    builder.append(1, null, Buffer.alloc(300, 'second'));
    builder.build();
    const value = readAll(batch)[0]?.value;
    expect(Buffer.from(value!).toString('latin1', 0, 5)).toBe(
      compression === 'none' ? 'secon' : 'first',
    );
  });
});
