import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';
import { loadCodec } from '../../../src/core/batch/codecs.js';
import type { CompressionType } from '../../../src/core/batch/compression.js';
import { COMPRESSION_TYPES, compressionId } from '../../../src/core/batch/compression.js';
import { HEADER_BYTES } from '../../../src/core/batch/format.js';
import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import type { LogRecord } from '../../../src/core/batch/record.js';
import { isCoreError } from '../../../src/core/errors.js';

/** A batch around records given in hex; its header is sound. */
function batchOf(
  records: string,
  options: { count?: number; lastOffsetDelta?: number; compression?: CompressionType } = {},
): Buffer {
  const { count = 1, lastOffsetDelta = 9, compression = 'none' } = options;
  const plain = Buffer.from(records, 'hex');
  const payload = compression === 'none' ? plain : loadCodec(compression).compress(plain, 3);
  const builder = new RecordBatchBuilder({ capacityBytes: HEADER_BYTES, compression: 'none' });
  const header = builder.build({ lastOffsetDelta, baseOffset: 100 });
  const batch = Buffer.concat([header, payload]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt16BE(compressionId(compression), 21);
  batch.writeInt32BE(count, 57);
  return batch;
}

function readAll(batch: Buffer, at = 0): LogRecord[] {
  const cursor = new RecordCursor();
  const records: LogRecord[] = [];
  cursor.open(batch, at);
  while (cursor.next()) records.push(cursor.copyRecord());
  return records;
}

/** Length 7, attributes, timestamp delta 0, offset delta 0, no key, value "v", no headers. */
const SOUND = '0e00000001027600';
/** The same at offset delta 1 and 3. */
const SOUND_1 = '0e00000201027600';
const SOUND_3 = '0e00000601027600';

describe('a record', () => {
  test('that is sound is read', () => {
    expect(readAll(batchOf(SOUND))).toEqual([
      { offset: 100, timestamp: -1, key: null, value: new Uint8Array([0x76]), headers: [] },
    ]);
  });

  test.each([
    ['whose length is negative', '0100000201027600', 'record length -1'],
    ['whose length goes beyond the batch', 'fe7f00000201027600', 'record length 8191'],
    ['whose length is 0', '00000000000000', 'runs past its end'],
    ['whose length is too small', '0c00000201027600', 'runs past its end'],
    ['whose length is too large by a byte', '1000000201027600', '1 bytes left'],
    ['whose length has more than 32 bits', 'ffffffffff', 'varint is too large'],
    ['whose timestamp does not end', '0e00ffffffffffff', 'runs past its end'],
    [
      'whose timestamp has eleven bytes',
      '220080808080808080808080000201027600',
      'varlong is too large',
    ],
    [
      'whose timestamp is beyond 2^53',
      '2000feffffffffffffffff010201027600',
      'varlong is too large',
    ],
    ['whose offset delta is negative', '0e00000101027600', 'offset delta -1'],
    ['whose offset delta is that of the record before', '0e00000001027600', 'offset delta 0'],
    ['whose offset delta is beyond the last', '0e00001401027600', 'offset delta 10'],
    ['whose key length is -2', '0e00000203027600', 'field length -2'],
    ['whose key goes beyond the record', '0e00000210027600', 'field length 8'],
    ['whose key length is the largest', '16000002feffffff0f027600', 'field length 2147483647'],
    ['whose value length is -2', '0e00000201037600', 'field length -2'],
    ['whose value goes beyond the record', '0e00000201067600', 'field length 3'],
    ['with a negative count of headers', '0e00000201027601', '-1 headers'],
    ['with more headers than bytes', '0e00000201027602', '1 headers'],
    ['with headers without end', '16000002010276feffffff0f', '2147483647 headers'],
    ['with a header whose key is null', '12000002010276020100', 'field length -1'],
    ['with a header whose key goes beyond', '12000002010276020400', 'field length 2'],
    ['with a header whose value is cut off', '12000002010276020002', 'field length 1'],
    ['with a header whose value length is -2', '12000002010276020003', 'field length -2'],
  ])('%s is damage, plain and compressed', (_, record, reason) => {
    for (const compression of ['none', 'gzip'] as const) {
      // A sound record in front, and one behind that must not be reached into.
      const batch = batchOf(SOUND + record + SOUND_3, { count: 3, compression });
      const cursor = new RecordCursor();
      cursor.open(batch, 0);
      expect(cursor.next()).toBe(true);
      expect(() => cursor.next()).toThrow(
        expect.objectContaining({
          code: 'CORRUPT_MESSAGE',
          details: {
            offset: 100,
            at: expect.any(Number),
            reason: expect.stringContaining(reason),
          },
        }),
      );
    }
  });
});

describe('the records of a batch', () => {
  const two = SOUND + SOUND_1;

  test.each([...COMPRESSION_TYPES])('are as many as the header says (%s)', (compression) => {
    expect(readAll(batchOf(two, { count: 2, compression }))).toHaveLength(2);
    expect(() => readAll(batchOf(two, { count: 1, compression }))).toThrow(
      'bytes after the last record',
    );
    expect(() => readAll(batchOf(two, { count: 3, compression }))).toThrow(
      expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
    );
    expect(() => readAll(batchOf(two, { count: 2 ** 31 - 1, compression }))).toThrow(
      expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
    );
  });

  test('rise in their offsets', () => {
    const again = SOUND_1 + SOUND_1;
    expect(() => readAll(batchOf(again, { count: 2 }))).toThrow('offset delta 1');
  });

  test('may open to no more than the limit', () => {
    const batch = batchOf(two, { count: 2, compression: 'gzip' });
    const cursor = new RecordCursor(15);
    expect(() => cursor.open(batch, 0)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('more than 15 bytes') }),
    );
    new RecordCursor(16).open(batch, 0);
  });

  test('of an unknown codec are refused by its id', () => {
    const batch = batchOf(two, { count: 2 });
    batch.writeInt16BE(6, 21);
    expect(() => readAll(batch)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_COMPRESSION_TYPE', details: { id: 6 } }),
    );
  });

  test('of a batch that is cut off are refused at once', () => {
    const batch = batchOf(two, { count: 2 });
    const cursor = new RecordCursor();
    for (let length = 0; length < batch.length; length++) {
      expect(() => cursor.open(batch.subarray(0, length), 0)).toThrow(
        expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
      );
    }
  });

  test('are none in a batch that compaction emptied, whatever codec it names', () => {
    for (const compression of COMPRESSION_TYPES) {
      const batch = batchOf('', { count: 0 });
      batch.writeInt16BE(compressionId(compression), 21);
      expect(readAll(batch)).toEqual([]);
    }
  });
});

describe('the cursor', () => {
  function twoBatches(): Buffer {
    const plain = new RecordBatchBuilder({ capacityBytes: 1000, compression: 'none' });
    plain.append(1, Buffer.from('k1'), Buffer.from('v1'), [
      { key: Buffer.from('h'), value: Buffer.from('x') },
      { key: Buffer.from('h'), value: null },
    ]);
    const packed = new RecordBatchBuilder({ capacityBytes: 1000, compression: 'lz4' });
    packed.append(2, null, Buffer.from('v2'));
    return Buffer.concat([
      plain.build({ producerId: 1, producerEpoch: 0, baseSequence: 7 }),
      packed.build({ baseOffset: 1 }),
    ]);
  }

  test('reads plain records in place and goes on to other batches', () => {
    const bytes = twoBatches();
    const cursor = new RecordCursor();
    cursor.open(bytes, 0);
    expect(cursor.next()).toBe(true);
    expect(cursor.bytes).toBe(bytes);
    expect(bytes.toString('latin1', cursor.keyAt, cursor.keyAt + cursor.keyLength)).toBe('k1');
    expect(bytes.toString('latin1', cursor.valueAt, cursor.valueAt + cursor.valueLength)).toBe(
      'v1',
    );
    expect([cursor.offset, cursor.timestamp, cursor.sequence, cursor.headerCount]).toEqual([
      0, 1, 7, 2,
    ]);
    expect(cursor.next()).toBe(false);
    expect(cursor.next()).toBe(false);
    cursor.open(bytes, cursor.batch.sizeBytes);
    expect(cursor.next()).toBe(true);
    expect(cursor.bytes).not.toBe(bytes);
    expect([cursor.offset, cursor.timestamp, cursor.sequence, cursor.keyLength]).toEqual([
      1, 2, -1, -1,
    ]);
    cursor.open(bytes, 0);
    expect(cursor.next()).toBe(true);
    expect(cursor.bytes).toBe(bytes);
  });

  test('views alias its memory, copies do not', () => {
    const bytes = twoBatches();
    const cursor = new RecordCursor();
    cursor.open(bytes, 0);
    cursor.next();
    const viewed = cursor.viewRecord();
    const copied = cursor.copyRecord();
    expect(copied).toEqual({
      offset: 0,
      timestamp: 1,
      key: new Uint8Array(Buffer.from('k1')),
      value: new Uint8Array(Buffer.from('v1')),
      headers: [
        { key: new Uint8Array(Buffer.from('h')), value: new Uint8Array(Buffer.from('x')) },
        { key: new Uint8Array(Buffer.from('h')), value: null },
      ],
    });
    bytes.fill(0, HEADER_BYTES);
    expect(viewed.value).toEqual(Buffer.alloc(2));
    expect(Buffer.from(copied.value!).toString()).toBe('v1');
    expect(Buffer.from(copied.headers[0]!.key).toString()).toBe('h');
  });

  test('answers no more after damage until it is opened again', () => {
    const bytes = batchOf('0100000001027600');
    const cursor = new RecordCursor();
    cursor.open(bytes, 0);
    expect(() => cursor.next()).toThrow('record length -1');
    expect(cursor.next()).toBe(false);
    cursor.open(twoBatches(), 0);
    expect(cursor.next()).toBe(true);
  });
});

describe('whatever the bytes are', () => {
  /** Fails for anything but a CoreError; a batch of `bytes` cannot hold more records than bytes. */
  function attempt(bytes: Buffer, at = 0): void {
    const cursor = new RecordCursor(1 << 20);
    try {
      cursor.open(bytes, at);
      let count = 0;
      while (cursor.next()) {
        cursor.copyRecord();
        count++;
      }
      expect(count).toBe(cursor.batch.recordsCount);
    } catch (error) {
      if (!isCoreError(error)) throw error;
    }
  }

  test('random ones end in a CoreError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => attempt(Buffer.from(bytes))),
      { numRuns: 500 },
    );
  });

  test('random records behind a sound header end in a CoreError', () => {
    const records = fc.uint8Array({ minLength: 7, maxLength: 100 });
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 14 }), (bytes, count) =>
        attempt(batchOf(Buffer.from(bytes).toString('hex'), { count, lastOffsetDelta: 1000 })),
      ),
      { numRuns: 1000 },
    );
  });

  test.each([...COMPRESSION_TYPES])('a batch with any one byte changed (%s)', (compression) => {
    const builder = new RecordBatchBuilder({ capacityBytes: 1000, compression });
    for (let i = 0; i < 4; i++) {
      builder.append(1000 + i, Buffer.from(`k${i}`), Buffer.from('value'), [
        { key: Buffer.from('h'), value: Buffer.from('x') },
      ]);
    }
    const sound = Buffer.concat([Buffer.alloc(3), builder.build(), Buffer.alloc(40)]);
    for (let at = 3; at < sound.length - 40; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const damaged = Buffer.from(sound);
        damaged[at] = damaged[at]! ^ flip;
        attempt(damaged, 3);
      }
    }
  });
});
