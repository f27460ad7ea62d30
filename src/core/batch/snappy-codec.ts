/**
 * Snappy. Kafka's clients write one of two forms, and both must be read:
 *
 * - The stream of snappy-java ("xerial"), which is what is written here:
 *   | bytes | field                                                       |
 *   |------:|-------------------------------------------------------------|
 *   |     8 | 82 53 4E 41 50 50 59 00                                     |
 *   |     4 | version, int32 BE: 1                                        |
 *   |     4 | oldest version that can read it, int32 BE: 1                |
 *   |     … | chunks: int32 BE length · raw block of up to 32 KiB of data |
 *   The 16-byte header may be repeated between chunks (concatenated streams).
 * - One raw block, without any frame (librdkafka). A raw block begins with the length of its data as an
 *   unsigned varint: it is checked before the library may believe it.
 *
 * Snappy's own "framing format" is read by no Kafka client.
 */
import { loadLibrary } from '../bytes/library.js';
import type { Codec } from './codec.js';
import { corruptPayload, tooLarge } from './codec.js';

interface Snappy {
  compress_raw(bytes: Uint8Array): Uint8Array;
  decompress_raw(bytes: Uint8Array): Uint8Array;
}

const STREAM_HEADER = Buffer.from('82534e4150505900' + '00000001' + '00000001', 'hex');
const STREAM_MAGIC = STREAM_HEADER.subarray(0, 8);
const VERSION_AT = 8;
const OLDEST_VERSION = 1;
const CHUNK_BYTES = 32 * 1024;
/** The best that a raw block can do: a copy of 64 bytes takes 3. */
const MAX_RATIO = 22;
const LENGTH_VARINT_BYTES_MAX = 5;

export function openSnappyCodec(): Codec {
  const library = loadLibrary('snappy-wasm') as Snappy;
  return {
    compress: (bytes) => writeStream(library, bytes),
    decompress(bytes, limitBytes) {
      const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (startsStream(input, 0)) return readStream(library, input, limitBytes);
      return readBlock(library, input, 0, limitBytes);
    },
  };
}

function writeStream(library: Snappy, bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [STREAM_HEADER];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const block = library.compress_raw(bytes.subarray(at, at + CHUNK_BYTES));
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

function startsStream(input: Buffer, at: number): boolean {
  return (
    input.length - at >= STREAM_MAGIC.length && input.compare(STREAM_MAGIC, 0, 8, at, at + 8) === 0
  );
}

function readStream(library: Snappy, input: Buffer, limitBytes: number): Buffer {
  const blocks: Uint8Array[] = [];
  let sizeBytes = 0;
  let at = 0;
  while (at < input.length) {
    if (startsStream(input, at)) {
      checkStreamHeader(input, at);
      at += STREAM_HEADER.length;
      continue;
    }
    if (input.length - at < 4) throw corruptPayload('snappy', 'cut off in a chunk length');
    const length = input.readInt32BE(at);
    at += 4;
    if (length < 0 || length > input.length - at) {
      throw corruptPayload('snappy', `chunk length ${length} with ${input.length - at} bytes left`);
    }
    const block = readBlock(library, input.subarray(at, at + length), sizeBytes, limitBytes);
    sizeBytes += block.length;
    blocks.push(block);
    at += length;
  }
  return Buffer.concat(blocks, sizeBytes);
}

function checkStreamHeader(input: Buffer, at: number): void {
  if (input.length - at < STREAM_HEADER.length) {
    throw corruptPayload('snappy', 'cut off in the stream header');
  }
  const version = input.readInt32BE(at + VERSION_AT);
  if (version < OLDEST_VERSION) throw corruptPayload('snappy', `stream version ${version}`);
}

/** `usedBytes` of the limit were taken by the blocks before. */
function readBlock(
  library: Snappy,
  block: Buffer,
  usedBytes: number,
  limitBytes: number,
): Uint8Array {
  const sizeBytes = readBlockSize(block);
  if (usedBytes + sizeBytes > limitBytes) throw tooLarge('snappy', limitBytes);
  if (sizeBytes > block.length * MAX_RATIO) {
    throw corruptPayload('snappy', `${block.length} bytes cannot hold ${sizeBytes}`);
  }
  return library.decompress_raw(block);
}

function readBlockSize(block: Buffer): number {
  let size = 0;
  for (let at = 0; at < LENGTH_VARINT_BYTES_MAX; at++) {
    const byte = block[at];
    if (byte === undefined) throw corruptPayload('snappy', 'cut off in a block length');
    size += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return size;
  }
  throw corruptPayload('snappy', 'block length is too large');
}
