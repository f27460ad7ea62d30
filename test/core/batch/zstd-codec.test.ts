import { describe, expect, test } from '@jest/globals';
import type { Codec } from '../../../src/core/batch/codec.js';
import { openBuiltInZstd, openNativeZstd } from '../../../src/core/batch/zstd-codec.js';

const builtIn = openBuiltInZstd();
const implementations: [string, Codec][] = [['the native library', openNativeZstd()]];
if (builtIn) implementations.push(['node:zlib', builtIn]);

describe.each(implementations)('zstd of %s', (_, codec) => {
  test('a skippable frame and an empty one add nothing', () => {
    const frames = Buffer.concat([
      Buffer.from('5a2a4d1802000000aabb', 'hex'),
      codec.compress(new Uint8Array(0), 3),
      codec.compress(Buffer.from('abc'), 3),
    ]);
    expect(Buffer.from(codec.decompress(frames, 1 << 20)).toString()).toBe('abc');
  });

  test('the limit is for all frames together', () => {
    const run = Buffer.from('28b52ffd0058' + '530000' + '61', 'hex'); // 10 times "a"
    expect(codec.decompress(Buffer.concat([run, run]), 20)).toHaveLength(20);
    for (const limitBytes of [19, 10]) {
      expect(() => codec.decompress(Buffer.concat([run, run]), limitBytes)).toThrow(
        expect.objectContaining({ message: expect.stringContaining(`more than ${limitBytes} `) }),
      );
    }
  });

  test('two frames are one stream', () => {
    const frames = Buffer.concat(
      ['abc', 'def'].map((text) => codec.compress(Buffer.from(text), 3)),
    );
    expect(Buffer.from(codec.decompress(frames, 1 << 20)).toString()).toBe('abcdef');
  });

  test('a run of a byte is told by its size', () => {
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE(100_000 * 8 + 2 + 1, 0, 3);
    const frame = Buffer.concat([
      Buffer.from('28b52ffd0058', 'hex'),
      blockHeader,
      Buffer.from('a'),
    ]);
    expect(codec.decompress(frame, 100_000)).toHaveLength(100_000);
    expect(() => codec.decompress(frame, 99_999)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('more than 99999 bytes') }),
    );
  });

  test('the level matters, negative ones included', () => {
    const text = Buffer.from(Array.from({ length: 3000 }, (__, i) => `line ${i * 37}\n`).join(''));
    const [fast, small] = [-100, 19].map((level) => codec.compress(text, level).length);
    expect(fast).toBeGreaterThan(small!);
  });
});

if (!builtIn) test.skip('zstd of node:zlib (skipped: this Node has none)', () => undefined);
