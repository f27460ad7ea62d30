/** The codecs by name. A codec's library is loaded when its codec is first asked for. */
import { CoreError, isCoreError } from '../errors.js';
import type { Codec } from './codec.js';
import { corruptPayload } from './codec.js';
import type { CodecType } from './compression.js';
import { openGzipCodec } from './gzip-codec.js';
import { openLz4Codec } from './lz4-codec.js';
import { openSnappyCodec } from './snappy-codec.js';
import { openZstdCodec } from './zstd-codec.js';

const OPENERS: Readonly<Record<CodecType, () => Codec>> = {
  gzip: openGzipCodec,
  snappy: openSnappyCodec,
  lz4: openLz4Codec,
  zstd: openZstdCodec,
};

const loaded = new Map<CodecType, Codec>();

/** UNSUPPORTED_COMPRESSION_TYPE if the codec's library has no build for this machine. */
export function loadCodec(type: CodecType): Codec {
  let codec = loaded.get(type);
  if (codec === undefined) {
    codec = guard(type, openCodec(type));
    loaded.set(type, codec);
  }
  return codec;
}

function openCodec(type: CodecType): Codec {
  try {
    return OPENERS[type]();
  } catch (cause) {
    throw new CoreError(
      'UNSUPPORTED_COMPRESSION_TYPE',
      `the ${type} library cannot be loaded here`,
      {
        details: { codec: type },
        cause,
      },
    );
  }
}

/** Libraries complain with errors, strings and traps of their own: one kind goes up. */
function guard(type: CodecType, codec: Codec): Codec {
  return {
    compress: (bytes, level) => codec.compress(bytes, level),
    decompress(bytes, limitBytes) {
      try {
        return codec.decompress(bytes, limitBytes);
      } catch (error) {
        if (isCoreError(error)) throw error;
        throw corruptPayload(type, describe(error), error);
      }
    },
  };
}

/** snappy-wasm throws strings; an error of another realm is not `instanceof Error`. */
function describe(error: unknown): string {
  if (typeof error === 'string') return error;
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : 'the library failed';
}
