/**
 * LZ4 frames (version 1.5.1 of the frame format), within what Kafka's reader takes.
 *
 * | bytes | field                                                                              |
 * |------:|------------------------------------------------------------------------------------|
 * |     4 | 04 22 4D 18                                                                        |
 * |     1 | FLG: version (01) · block independence (1) · block checksums · content size ·      |
 * |       | content checksum · reserved · dictionary id                                        |
 * |     1 | BD: reserved · block size class 4-7 (64 KiB, 256 KiB, 1 MiB, 4 MiB) · reserved     |
 * |   0,8 | content size, if flagged; not believed                                             |
 * |     1 | second byte of xxHash32(FLG … content size)                                        |
 * |     … | blocks: uint32 LE size (top bit: stored as it is) · data · checksum, if flagged    |
 * |     4 | end mark: a block size of 0                                                        |
 * |   0,4 | content checksum, if flagged; not verified                                         |
 *
 * The library makes and opens raw blocks; the frame is made here because its own frame writer names
 * 4 MiB blocks, for which every Java reader would allocate 4 MiB.
 */
import { loadLibrary } from '../bytes/library.js';
import { xxhash32 } from '../bytes/xxhash32.js';
import type { Codec } from './codec.js';
import { corruptPayload, tooLarge } from './codec.js';

/** Both sides carry a block as the uint32 LE size of its data, then the block. */
interface Lz4 {
  compressSync(bytes: Uint8Array): Buffer;
  uncompressSync(sizedBlock: Uint8Array): Buffer;
}

interface Frame {
  readonly blocksAt: number;
  readonly blockLimitBytes: number;
  readonly hasBlockChecksums: boolean;
}

/** Magic, FLG 0x60, BD 0x40 and their checksum. */
const FRAME_HEADER = Buffer.from('04224d18' + '60' + '40' + '82', 'hex');
const FLAGS_AT = 4;
const BLOCK_SIZE_AT = 5;
const CONTENT_SIZE_BYTES = 8;
const BLOCK_BYTES = 64 * 1024;
const END_MARK = Buffer.alloc(4);
const STORED_BIT = 0x80000000;
const SIZE_PREFIX_BYTES = 4;
/** The best that a block can do: each byte of a long match's length stands for 255. */
const MAX_RATIO = 255;

export function openLz4Codec(): Codec {
  const library = loadLibrary('lz4-napi') as Lz4;
  return {
    compress: (bytes) => writeFrame(library, bytes),
    decompress(bytes, limitBytes) {
      const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return readBlocks(library, input, readFrameHeader(input), limitBytes);
    },
  };
}

function writeFrame(library: Lz4, bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [FRAME_HEADER];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const data = bytes.subarray(at, at + BLOCK_BYTES);
    const block = library.compressSync(data);
    const blockBytes = block.length - SIZE_PREFIX_BYTES;
    if (blockBytes < data.length) {
      // The library's size of the data gives way to the frame's size of the block.
      block.writeUInt32LE(blockBytes);
      parts.push(block);
    } else {
      const stored = Buffer.allocUnsafe(SIZE_PREFIX_BYTES);
      stored.writeUInt32LE(STORED_BIT + data.length);
      parts.push(stored, data);
    }
  }
  parts.push(END_MARK);
  return Buffer.concat(parts);
}

function readFrameHeader(input: Buffer): Frame {
  if (input.length < FRAME_HEADER.length)
    throw corruptPayload('lz4', 'cut off in the frame header');
  if (input.compare(FRAME_HEADER, 0, FLAGS_AT, 0, FLAGS_AT) !== 0) {
    throw corruptPayload('lz4', 'no frame magic');
  }
  const flags = input.readUInt8(FLAGS_AT);
  if (flags >>> 6 !== 1) throw corruptPayload('lz4', `frame version ${flags >>> 6}`);
  if ((flags & 0x20) === 0) throw corruptPayload('lz4', 'blocks depend on each other');
  if ((flags & 0x03) !== 0) throw corruptPayload('lz4', 'reserved flag or dictionary');
  const blockSize = input.readUInt8(BLOCK_SIZE_AT);
  const sizeClass = (blockSize >>> 4) & 0x07;
  if (sizeClass < 4 || (blockSize & 0x8f) !== 0) {
    throw corruptPayload('lz4', `block size byte ${blockSize}`);
  }
  const checksumAt = BLOCK_SIZE_AT + 1 + ((flags & 0x08) === 0 ? 0 : CONTENT_SIZE_BYTES);
  if (checksumAt >= input.length) throw corruptPayload('lz4', 'cut off in the frame header');
  const checksum = (xxhash32(input, FLAGS_AT, checksumAt) >>> 8) & 0xff;
  if (checksum !== input.readUInt8(checksumAt))
    throw corruptPayload('lz4', 'header checksum is wrong');
  return {
    blocksAt: checksumAt + 1,
    blockLimitBytes: 1 << (8 + 2 * sizeClass),
    hasBlockChecksums: (flags & 0x10) !== 0,
  };
}

/** What follows the end mark is left alone, as Kafka does. */
function readBlocks(library: Lz4, input: Buffer, frame: Frame, limitBytes: number): Buffer {
  const blocks: Uint8Array[] = [];
  let sizeBytes = 0;
  let at = frame.blocksAt;
  for (;;) {
    if (input.length - at < 4) throw corruptPayload('lz4', 'no end mark');
    const word = input.readUInt32LE(at);
    at += 4;
    if (word === 0) return Buffer.concat(blocks, sizeBytes);
    const length = word & ~STORED_BIT;
    const checksumBytes = frame.hasBlockChecksums ? 4 : 0;
    if (length > frame.blockLimitBytes || length + checksumBytes > input.length - at) {
      throw corruptPayload('lz4', `block size ${length} with ${input.length - at} bytes left`);
    }
    const block = input.subarray(at, at + length);
    at += length;
    if (frame.hasBlockChecksums) {
      if (xxhash32(block, 0, length) !== input.readUInt32LE(at)) {
        throw corruptPayload('lz4', 'block checksum is wrong');
      }
      at += checksumBytes;
    }
    const data = word >= STORED_BIT ? block : openBlock(library, block, frame.blockLimitBytes);
    sizeBytes += data.length;
    if (sizeBytes > limitBytes) throw tooLarge('lz4', limitBytes);
    blocks.push(data);
  }
}

/**
 * The library allocates, and clears, what the prefix says and fails when the data is larger; smaller is
 * fine. So the prefix is no more than the block can hold: a frame of tiny blocks would cost 4 MiB each.
 */
function openBlock(library: Lz4, block: Buffer, blockLimitBytes: number): Buffer {
  const sized = Buffer.allocUnsafe(SIZE_PREFIX_BYTES + block.length);
  sized.writeUInt32LE(Math.min(blockLimitBytes, block.length * MAX_RATIO));
  block.copy(sized, SIZE_PREFIX_BYTES);
  return library.uncompressSync(sized);
}
