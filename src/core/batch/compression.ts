/** The codecs of a record batch: names as in Kafka's configuration, ids as in the attributes. */
import { CoreError } from '../errors.js';

/** The index is the id. */
export const COMPRESSION_TYPES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type CompressionType = (typeof COMPRESSION_TYPES)[number];

/** Those that change bytes. */
export type CodecType = Exclude<CompressionType, 'none'>;

/**
 * What a reader allows one batch to grow to. Kafka has no such limit; without one a forged megabyte
 * opens to a gigabyte. It is 256 times the default of max.message.bytes.
 */
export const MAX_DECOMPRESSED_BYTES = 256 * 1024 * 1024;

/**
 * Kafka's ranges and defaults. The LZ4 library has one level, the fast one, which is what Kafka means
 * by 9: other levels are accepted and make no difference.
 */
const LEVELS: Readonly<
  Partial<Record<CompressionType, { min: number; max: number; default: number }>>
> = {
  gzip: { min: -1, max: 9, default: -1 },
  lz4: { min: 1, max: 17, default: 9 },
  zstd: { min: -131072, max: 22, default: 3 },
};

export function isCompressionType(name: string): name is CompressionType {
  return (COMPRESSION_TYPES as readonly string[]).includes(name);
}

export function compressionId(type: CompressionType): number {
  return COMPRESSION_TYPES.indexOf(type);
}

/** UNSUPPORTED_COMPRESSION_TYPE for the ids that Kafka has not given out. */
export function compressionOfId(id: number): CompressionType {
  const type = COMPRESSION_TYPES[id];
  if (type !== undefined) return type;
  throw new CoreError('UNSUPPORTED_COMPRESSION_TYPE', `unknown compression type id ${id}`, {
    details: { id },
    suggestion: 'The batch may come from a newer Kafka.',
  });
}

/** The level to compress with; INVALID_CONFIG if the codec does not have it. */
export function compressionLevel(type: CompressionType, level: number | undefined): number {
  const range = LEVELS[type];
  if (level === undefined) return range?.default ?? 0;
  // 0 would mean "store" to zlib; Kafka refuses it.
  const isGzipZero = type === 'gzip' && level === 0;
  if (range && Number.isInteger(level) && level >= range.min && level <= range.max && !isGzipZero) {
    return level;
  }
  const allowed = range
    ? `${range.min} to ${range.max}${type === 'gzip' ? ', but not 0' : ''}`
    : 'none';
  throw new CoreError(
    'INVALID_CONFIG',
    `no level ${level} for compression ${type} (allowed: ${allowed})`,
    {
      details: { compression: type, level },
    },
  );
}
