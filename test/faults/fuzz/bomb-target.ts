/**
 * A few bytes that say they are gigabytes, for each codec: streams that open to more than is allowed, that
 * open to nearly as much, and that lie about their size. A case is one batch of the kind.
 */
import { gzipSync } from 'node:zlib';
import { loadCodec } from '../../../src/core/batch/codecs.js';
import {
  type CodecType,
  COMPRESSION_TYPES,
  MAX_DECOMPRESSED_BYTES,
} from '../../../src/core/batch/compression.js';
import {
  ATTRIBUTES_AT,
  BATCH_LENGTH_AT,
  HEADER_BYTES,
  LOG_OVERHEAD_BYTES,
} from '../../../src/core/batch/format.js';
import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import { isCoreError } from '../../../src/core/errors.js';
import { soundBatches, withChecksum } from './batch-target.js';
import { type FuzzTarget, MIB } from './fuzz-target.js';

interface Bomb {
  readonly codec: CodecType;
  readonly stream: Buffer;
}

/** Each piece opens to 16 MiB; so many open to more than a reader allows. */
const TOO_MANY = MAX_DECOMPRESSED_BYTES / (16 * MIB) + 1;
const NEARLY = TOO_MANY - 2;

function repeated(piece: Buffer, count: number): Buffer {
  return Buffer.concat(Array<Buffer>(count).fill(piece));
}

function gzipBomb(count: number): Bomb {
  return { codec: 'gzip', stream: repeated(gzipSync(Buffer.alloc(16 * MIB)), count) };
}

/** Blocks of 64 KiB: of those of 4 MiB, each opens to no more a byte. */
function lz4Bomb(count: number): Bomb {
  const small = Buffer.from(loadCodec('lz4').compress(Buffer.alloc(64 * 1024), 9));
  const blockBytes = small.readUInt32LE(7);
  const header = Buffer.from('04224d18604082', 'hex');
  const block = small.subarray(7, 11 + blockBytes);
  return {
    codec: 'lz4',
    stream: Buffer.concat([header, repeated(block, count * 256), Buffer.alloc(4)]),
  };
}

/** Runs of 128 KiB, four bytes each; the content size is a lie, or left out. */
function zstdBomb(count: number, contentSize?: bigint): Bomb {
  const run = Buffer.from([0, 0, 0, 0]);
  run.writeUIntLE((1 << 1) | ((128 * 1024) << 3), 0, 3);
  const last = Buffer.from(run);
  last[0]! |= 1;
  const size = Buffer.alloc(contentSize === undefined ? 0 : 8);
  if (contentSize !== undefined) size.writeBigUInt64LE(contentSize);
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, contentSize === undefined ? 0 : 0xc0, 0x60]);
  return {
    codec: 'zstd',
    stream: Buffer.concat([header, size, repeated(run, count * 128 - 1), last]),
  };
}

/** A window of 2^41 bytes. */
const ZSTD_WINDOW: Bomb = {
  codec: 'zstd',
  stream: Buffer.from('28b52ffd00ff2900006869686969', 'hex'),
};

const XERIAL = Buffer.from('82534e41505059000000000100000001', 'hex');

function snappyLies(): Bomb[] {
  const chunk = (length: number, block: string): Buffer => {
    const prefix = Buffer.alloc(4);
    prefix.writeInt32BE(length);
    return Buffer.concat([XERIAL, prefix, Buffer.from(block, 'hex')]);
  };
  const streams = [
    // A block that says it opens to 4 GiB, bare and in a chunk.
    Buffer.from('ffffffff0f00', 'hex'),
    chunk(6, 'ffffffff0f00'),
    Buffer.from('ffffff7f', 'hex'),
    chunk(-1, '00'),
    chunk(0x7fffffff, '00'),
    chunk(0, ''),
    repeated(XERIAL, 10_000),
  ];
  return streams.map((stream) => ({ codec: 'snappy', stream }));
}

function batchOf({ codec, stream }: Bomb, plain: Buffer): Buffer {
  const bytes = Buffer.concat([plain.subarray(0, HEADER_BYTES), stream]);
  bytes.writeUInt16BE(COMPRESSION_TYPES.indexOf(codec), ATTRIBUTES_AT);
  bytes.writeInt32BE(bytes.length - LOG_OVERHEAD_BYTES, BATCH_LENGTH_AT);
  return withChecksum(bytes);
}

function bombs(): Bomb[] {
  return [
    ...[TOO_MANY, NEARLY].flatMap((count) => [gzipBomb(count), lz4Bomb(count), zstdBomb(count)]),
    zstdBomb(1, 2n ** 62n),
    zstdBomb(1, 1n),
    ZSTD_WINDOW,
    ...snappyLies(),
    { codec: 'gzip', stream: gzipSync(gzipSync(Buffer.alloc(16 * MIB))) },
  ];
}

export const BOMB_COUNT = bombs().length;

export const bombTarget: FuzzTarget = {
  name: 'bombs',
  share: 0,
  // What a batch may open to, in the pieces that a library makes and as the whole of them; and as much
  // again of the batch before, which the collector has not met yet.
  maxGrowthBytes: 4 * MAX_DECOMPRESSED_BYTES + 128 * MIB,
  prepare() {
    const [plain = Buffer.alloc(0)] = soundBatches();
    const batches = bombs().map((bomb) => batchOf(bomb, plain));
    const cursor = new RecordCursor();
    let at = 0;
    return () => {
      const batch = batches[at++ % batches.length]!;
      try {
        cursor.open(batch, 0);
        while (cursor.next());
      } catch (error) {
        if (isCoreError(error, 'CORRUPT_MESSAGE')) throw error;
        throw new Error(`bomb ${at - 1}: ${String(error)}`, { cause: error });
      }
      throw new Error(`bomb ${at - 1} was opened`);
    };
  },
};
