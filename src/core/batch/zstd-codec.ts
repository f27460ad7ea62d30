/**
 * zstd (RFC 8878): node:zlib where it has it (Node 22.15 and later), a native library before. The
 * library cannot limit its output, so there the frames are measured first, by an upper bound: up to
 * 128 KiB for each compressed block. A batch of more than 2048 small blocks may be refused on
 * Node 20 that Node 24 reads; writers that do not flush per record stay far below.
 */
import { loadLibrary } from '../bytes/library.js';
import type { Codec } from './codec.js';
import { corruptPayload, tooLarge } from './codec.js';
import type { ZstdFrame } from './zstd-frames.js';
import { parseZstdFrames } from './zstd-frames.js';

interface ZlibWithZstd {
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
  readonly zstdCompressSync?: (
    bytes: Uint8Array,
    options: { params: Record<number, number> },
  ) => Buffer;
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer;
}

interface NodeZstd {
  Encoder: new (level: number) => { encodeSync(bytes: Buffer): Buffer };
  Decoder: new () => { decodeSync(bytes: Buffer): Buffer };
}

export function openZstdCodec(): Codec {
  return openBuiltInZstd() ?? openNativeZstd();
}

/** undefined where this Node's zlib has no zstd. */
export function openBuiltInZstd(): Codec | undefined {
  const { zstdCompressSync, zstdDecompressSync, constants } = loadLibrary(
    'node:zlib',
  ) as ZlibWithZstd;
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return undefined;
  return {
    compress: (bytes, level) =>
      zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
    decompress(bytes, limitBytes) {
      const input = bufferOf(bytes);
      const parts: Buffer[] = [];
      let sizeBytes = 0;
      for (const { at, end, boundBytes } of parseFrames(input)) {
        // Skippable, or empty; and zlib takes no limit of 0.
        if (boundBytes === 0) continue;
        const maxOutputLength = limitBytes - sizeBytes;
        if (maxOutputLength === 0) throw tooLarge('zstd', limitBytes);
        try {
          const part = zstdDecompressSync(input.subarray(at, end), { maxOutputLength });
          sizeBytes += part.length;
          parts.push(part);
        } catch (error) {
          if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
          throw tooLarge('zstd', limitBytes, error);
        }
      }
      const [only] = parts;
      return parts.length === 1 && only ? only : Buffer.concat(parts, sizeBytes);
    },
  };
}

export function openNativeZstd(): Codec {
  const { Encoder, Decoder } = loadLibrary('@toondepauw/node-zstd') as NodeZstd;
  const decoder = new Decoder();
  return {
    compress: (bytes, level) => new Encoder(level).encodeSync(bufferOf(bytes)),
    decompress(bytes, limitBytes) {
      const input = bufferOf(bytes);
      let boundBytes = 0;
      for (const frame of parseFrames(input)) boundBytes += frame.boundBytes;
      if (boundBytes > limitBytes) throw tooLarge('zstd', limitBytes);
      return decoder.decodeSync(input);
    },
  };
}

function parseFrames(input: Buffer): ZstdFrame[] {
  if (input.length === 0) throw corruptPayload('zstd', 'no data');
  return parseZstdFrames(input);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
