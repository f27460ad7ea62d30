/**
 * Where zstd frames (RFC 8878) end and how large they can become, without opening them. node:zlib
 * opens only the first frame and ignores the rest; the library for Node 20 has no limit on its output.
 * Frames need not state their size, but every block states, or is bounded by, what it opens to.
 *
 * | bytes | field                                                                         |
 * |------:|-------------------------------------------------------------------------------|
 * |     4 | 28 B5 2F FD                                                                   |
 * |     1 | descriptor: content size class · single segment · checksum · dictionary class |
 * |   0-1 | window, unless single segment                                                 |
 * |   0-4 | dictionary id                                                                 |
 * |   0-8 | content size; a promise, so not used                                          |
 * |     … | blocks: 3 bytes LE (last · type · size), then size bytes, or 1 for a run      |
 * |   0-4 | checksum                                                                      |
 *
 * Skippable frames: 5X 2A 4D 18 · uint32 LE length · bytes.
 */
import { corruptPayload } from './codec.js';

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
/** An empty skippable frame. */
const SMALLEST_FRAME_BYTES = 8;
const BLOCK_HEADER_BYTES = 3;
const BLOCK_RAW = 0;
const BLOCK_RUN = 1;
const BLOCK_COMPRESSED = 2;
/** The format's limit on the data of one block. */
const BLOCK_BYTES_MAX = 128 * 1024;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

export interface ZstdFrame {
  readonly at: number;
  /** Exclusive. */
  readonly end: number;
  /** At least the bytes that the frame opens to; 0 for a skippable one. */
  readonly boundBytes: number;
}

/** The frames of `input`, one behind the other to its end. CORRUPT_MESSAGE when one is cut off. */
export function parseZstdFrames(input: Buffer): ZstdFrame[] {
  const frames: ZstdFrame[] = [];
  for (let at = 0; at < input.length;) {
    const frame = parseFrame(input, at);
    frames.push(frame);
    at = frame.end;
  }
  return frames;
}

function parseFrame(input: Buffer, start: number): ZstdFrame {
  need(input, start, SMALLEST_FRAME_BYTES);
  const magic = input.readUInt32LE(start);
  if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
    const end = start + 8 + input.readUInt32LE(start + 4);
    need(input, end, 0);
    return { at: start, end, boundBytes: 0 };
  }
  if (magic !== MAGIC) throw corruptPayload('zstd', 'no frame magic');
  const descriptor = input.readUInt8(start + 4);
  let at = start + 5 + frameHeaderRestBytes(descriptor);
  let boundBytes = 0;
  for (let isLast = false; !isLast;) {
    need(input, at, BLOCK_HEADER_BYTES);
    const header = input.readUIntLE(at, BLOCK_HEADER_BYTES);
    isLast = (header & 1) === 1;
    const type = (header >>> 1) & 0x03;
    const size = header >>> 3;
    at += BLOCK_HEADER_BYTES + (type === BLOCK_RUN ? 1 : size);
    need(input, at, 0);
    boundBytes += blockBound(type, size);
  }
  at += (descriptor & 0x04) === 0 ? 0 : 4;
  need(input, at, 0);
  return { at: start, end: at, boundBytes };
}

function frameHeaderRestBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeClass = descriptor >>> 6;
  const contentSizeBytes =
    sizeClass === 0 && isSingleSegment ? 1 : (CONTENT_SIZE_BYTES[sizeClass] as number);
  return (
    (isSingleSegment ? 0 : 1) +
    (DICTIONARY_ID_BYTES[descriptor & 0x03] as number) +
    contentSizeBytes
  );
}

function blockBound(type: number, size: number): number {
  if (type === BLOCK_RAW || type === BLOCK_RUN) return size;
  if (type === BLOCK_COMPRESSED) return BLOCK_BYTES_MAX;
  throw corruptPayload('zstd', 'reserved block type');
}

function need(input: Buffer, at: number, bytes: number): void {
  if (at + bytes > input.length) throw corruptPayload('zstd', 'cut off');
}
