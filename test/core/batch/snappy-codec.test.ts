import { describe, expect, test } from '@jest/globals';
import { openSnappyCodec } from '../../../src/core/batch/snappy-codec.js';

const codec = openSnappyCodec();
const STREAM_HEADER = '82534e41505059000000000100000001';
/** "hi!": the length 3, a literal of 3 bytes. */
const RAW_HI = '0308686921';
const CHUNK_HI = `00000005${RAW_HI}`;

function decompressed(hex: string, limitBytes = 1000): string {
  return Buffer.from(codec.decompress(Buffer.from(hex, 'hex'), limitBytes)).toString();
}

test('the stream of snappy-java is written, 32 KiB to a chunk', () => {
  const stream = Buffer.from(codec.compress(Buffer.alloc(70_000, 'abcd'), 0));
  expect(stream.subarray(0, 16).toString('hex')).toBe(STREAM_HEADER);
  const sizes: number[] = [];
  for (let at = 16; at < stream.length;) {
    const end = at + 4 + stream.readInt32BE(at);
    sizes.push(codec.decompress(stream.subarray(at + 4, end), 100_000).length);
    at = end;
  }
  expect(sizes).toEqual([32768, 32768, 4464]);
});

describe('reading', () => {
  test.each([
    ['one raw block', RAW_HI, 'hi!'],
    ['a stream', STREAM_HEADER + CHUNK_HI, 'hi!'],
    ['two chunks', STREAM_HEADER + CHUNK_HI + CHUNK_HI, 'hi!hi!'],
    ['two streams', STREAM_HEADER + CHUNK_HI + STREAM_HEADER + CHUNK_HI, 'hi!hi!'],
    ['a stream of nothing', STREAM_HEADER, ''],
    ['a raw block of nothing', '00', ''],
  ])('%s', (_, hex, expected) => {
    expect(decompressed(hex)).toBe(expected);
  });

  test.each([
    ['a header that is cut off', STREAM_HEADER.slice(0, 24)],
    ['version 0', '82534e41505059000000000000000001'],
    ['a chunk length that is cut off', `${STREAM_HEADER}0000`],
    ['a negative chunk length', `${STREAM_HEADER}ffffffff${RAW_HI}`],
    ['a chunk beyond the end', `${STREAM_HEADER}00000006${RAW_HI}`],
    ['an empty chunk', `${STREAM_HEADER}00000000`],
    ['a block length of six bytes', '808080808001'],
    ['a block length that is cut off', '8080'],
    ["snappy's own framing format", 'ff060000734e61507059'],
  ])('%s is refused', (_, hex) => {
    expect(() => decompressed(hex, 2 ** 40)).toThrow(
      expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
    );
  });

  test('a block that says 4 GiB never reaches the library', () => {
    expect(() => decompressed('ffffffff0f6100', 2 ** 32)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('cannot hold') }),
    );
    expect(() => decompressed('ffffffff0f6100')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('more than 1000 bytes') }),
    );
  });

  test('the limit is for all chunks together', () => {
    expect(decompressed(STREAM_HEADER + CHUNK_HI + CHUNK_HI, 6)).toBe('hi!hi!');
    expect(() => decompressed(STREAM_HEADER + CHUNK_HI + CHUNK_HI, 5)).toThrow(
      expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
    );
  });
});
