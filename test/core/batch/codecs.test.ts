import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadCodec } from '../../../src/core/batch/codecs.js';
import { compressionLevel } from '../../../src/core/batch/compression.js';
import { isCoreError } from '../../../src/core/errors.js';

const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'] as const;
const LIMIT_BYTES = 1 << 20;

function pseudoRandom(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 12345;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

describe.each(CODECS)('%s', (type) => {
  const codec = loadCodec(type);
  const level = compressionLevel(type, undefined);

  test.each([
    ['one byte', Buffer.from('x')],
    ['one chunk of snappy exactly', Buffer.alloc(32 * 1024, 'abc')],
    ['one block of LZ4 exactly', Buffer.alloc(64 * 1024, 'abc')],
    ['one byte more', Buffer.alloc(64 * 1024 + 1, 'abc')],
    ['what cannot be compressed', pseudoRandom(200_000)],
    ['zeros', Buffer.alloc(500_000)],
  ])('%s comes back', (_, data) => {
    const payload = codec.compress(data, level);
    expect(Buffer.compare(codec.decompress(payload, LIMIT_BYTES), data)).toBe(0);
  });

  test('any bytes come back, from the middle of a buffer as well', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 2000 });
    fc.assert(
      fc.property(bytes, fc.nat(50), (data, repeat) => {
        const input = Buffer.concat(Array.from({ length: repeat + 1 }, () => data));
        const payload = Buffer.concat([Buffer.from('<'), codec.compress(input, level)]);
        const output = codec.decompress(payload.subarray(1), LIMIT_BYTES);
        expect(Buffer.compare(output, input)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test('one byte above the limit is refused', () => {
    const payload = codec.compress(pseudoRandom(100_000), level);
    expect(codec.decompress(payload, 100_000)).toHaveLength(100_000);
    expect(() => codec.decompress(payload, 99_999)).toThrow(
      expect.objectContaining({
        code: 'CORRUPT_MESSAGE',
        message: expect.stringContaining('more than 99999 bytes'),
      }),
    );
  });

  test('a bomb is refused without being opened', () => {
    const payload = codec.compress(Buffer.alloc(64 * LIMIT_BYTES), level);
    const before = process.memoryUsage().rss;
    expect(() => codec.decompress(payload, LIMIT_BYTES)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('more than 1048576 bytes') }),
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * LIMIT_BYTES);
  });

  test.each([1, 3, 8, 17])('%d bytes less at the end are noticed', (cut) => {
    const payload = codec.compress(pseudoRandom(1000), level);
    expect(() => codec.decompress(payload.subarray(0, payload.length - cut), LIMIT_BYTES)).toThrow(
      expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
    );
  });

  test('nothing is not a stream', () => {
    expect(() => codec.decompress(new Uint8Array(0), LIMIT_BYTES)).toThrow(
      expect.objectContaining({
        code: 'CORRUPT_MESSAGE',
        details: expect.objectContaining({ codec: type }),
      }),
    );
  });

  test('random and damaged bytes end in CORRUPT_MESSAGE or within the limit', () => {
    const payload = codec.compress(Buffer.alloc(3000, 'some text that repeats'), level);
    const attempt = (bytes: Uint8Array): void => {
      try {
        expect(codec.decompress(bytes, LIMIT_BYTES).length).toBeLessThanOrEqual(LIMIT_BYTES);
      } catch (error) {
        if (!isCoreError(error, 'CORRUPT_MESSAGE')) throw error;
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), attempt), { numRuns: 200 });
    fc.assert(
      fc.property(fc.nat(payload.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(payload);
        damaged[at] = damaged[at]! ^ flip;
        attempt(damaged);
      }),
      { numRuns: 200 },
    );
    // Whatever went wrong inside a library, the next batch is read.
    expect(codec.decompress(payload, LIMIT_BYTES)).toHaveLength(3000);
  });
});
