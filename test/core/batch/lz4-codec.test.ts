import { describe, expect, test } from '@jest/globals';
import { openLz4Codec } from '../../../src/core/batch/lz4-codec.js';
import { xxhash32 } from '../../../src/core/bytes/xxhash32.js';

const codec = openLz4Codec();
const MAGIC = '04224d18';
const END = '00000000';
/** "hi!" stored as it is. */
const BLOCK = '03000080686921';

/** A frame header with its checksum. */
function header(flags: number, blockSize: number, contentSize = ''): string {
  const descriptor = Buffer.from([flags, blockSize, ...Buffer.from(contentSize, 'hex')]);
  const checksum = (xxhash32(descriptor, 0, descriptor.length) >>> 8) & 0xff;
  return MAGIC + descriptor.toString('hex') + Buffer.from([checksum]).toString('hex');
}

function uint32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('hex');
}

function decompressed(hex: string): string {
  return Buffer.from(codec.decompress(Buffer.from(hex, 'hex'), 1000)).toString();
}

const KAFKA_HEADER = header(0x60, 0x40);

describe('writing', () => {
  test('makes the frame that Kafka makes: independent blocks of 64 KiB', () => {
    const frame = Buffer.from(codec.compress(Buffer.alloc(150_000, 'abc'), 9));
    expect(frame.subarray(0, 7).toString('hex')).toBe('04224d18604082');
    let blocks = 0;
    let at = 7;
    for (; frame.readUInt32LE(at) !== 0; at += 4 + (frame.readUInt32LE(at) & 0x7fffffff)) blocks++;
    expect(blocks).toBe(3);
    expect(at + 4).toBe(frame.length);
  });

  test('stores a block that does not become smaller', () => {
    const frame = Buffer.from(codec.compress(Buffer.from('hi!'), 9));
    expect(frame.toString('hex')).toBe(KAFKA_HEADER + BLOCK + END);
  });
});

describe('reading', () => {
  const blockChecksum = uint32(xxhash32(Buffer.from('hi!'), 0, 3));
  const sized = header(0x68, 0x40, 'ff'.repeat(8));

  test.each([
    ['the frame that Kafka writes', KAFKA_HEADER + BLOCK + END, 'hi!'],
    ['no block', KAFKA_HEADER + END, ''],
    ['4 MiB blocks', header(0x60, 0x70) + BLOCK + END, 'hi!'],
    ['block checksums', header(0x70, 0x40) + BLOCK + blockChecksum + END, 'hi!'],
    ['a content size, which is not believed', sized + BLOCK + END, 'hi!'],
    ['a content checksum, which is not verified', header(0x64, 0x40) + BLOCK + END + END, 'hi!'],
    ['what follows the frame, which is left alone', `${KAFKA_HEADER}${BLOCK}${END}0011`, 'hi!'],
  ])('%s', (_, hex, expected) => {
    expect(decompressed(hex)).toBe(expected);
  });

  test.each([
    ['another magic', `05224d18604082${BLOCK}${END}`, 'magic'],
    ['a header that is cut off', MAGIC, 'cut off'],
    ['a content size that is cut off', `${MAGIC}6840ffffff`, 'cut off'],
    ['version 0', header(0x20, 0x40) + BLOCK + END, 'version'],
    ['blocks that depend on each other', header(0x40, 0x40) + BLOCK + END, 'depend'],
    ['a dictionary', header(0x61, 0x40) + BLOCK + END, 'dictionary'],
    ['a reserved flag', header(0x62, 0x40) + BLOCK + END, 'reserved'],
    ['block size class 3', header(0x60, 0x30) + BLOCK + END, 'block size byte'],
    ['a reserved bit beside the class', header(0x60, 0x41) + BLOCK + END, 'block size byte'],
    ['a wrong header checksum', `${MAGIC}604083${BLOCK}${END}`, 'header checksum'],
    ['a wrong block checksum', header(0x70, 0x40) + BLOCK + END + END, 'block checksum'],
    ['a block checksum that is cut off', `${header(0x70, 0x40)}${BLOCK}0000`, 'block size'],
    ['no end mark', KAFKA_HEADER + BLOCK, 'no end mark'],
    ['a block beyond the end', `${KAFKA_HEADER}04000080686921`, 'block size'],
    [
      'a block larger than its class',
      `${KAFKA_HEADER}${uint32(65537)}${'00'.repeat(65541)}`,
      'block size',
    ],
  ])('%s is refused', (_, hex, reason) => {
    expect(() => decompressed(hex)).toThrow(
      expect.objectContaining({
        code: 'CORRUPT_MESSAGE',
        message: expect.stringContaining(reason),
      }),
    );
  });

  test('a block that opens to more than its class is refused', () => {
    // One literal, then a match of 274 * 255 and some bytes one byte back, then five literals.
    const block = `1f610100${'ff'.repeat(274)}00506162636465`;
    const frame = (blockSize: number): Buffer =>
      Buffer.from(header(0x60, blockSize) + uint32(block.length / 2) + block + END, 'hex');
    expect(codec.decompress(frame(0x50), 1 << 20).length).toBeGreaterThan(64 * 1024);
    expect(() => codec.decompress(frame(0x40), 1 << 20)).toThrow();
  });

  test('a block costs what it holds, and not what its class allows', () => {
    // A literal and a match of 15 bytes: as small as a compressed block gets.
    const block = '1b61010050626364' + '6566';
    const frame = (blockSize: number): Buffer =>
      Buffer.from(
        header(0x60, blockSize) + (uint32(block.length / 2) + block).repeat(20_000) + END,
        'hex',
      );
    const costOf = (bytes: Buffer): number => {
      const before = process.cpuUsage();
      codec.decompress(bytes, 1 << 24);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    const small = costOf(frame(0x40));
    expect(costOf(frame(0x70))).toBeLessThan(5 * small + 50);
  });
});
