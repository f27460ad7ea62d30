/** gzip (RFC 1952): written as one member; read as Java does, one member after the other. */
import { loadLibrary } from '../bytes/library.js';
import type { Codec } from './codec.js';
import { tooLarge } from './codec.js';

interface Zlib {
  gzipSync(bytes: Uint8Array, options: { level: number }): Buffer;
  gunzipSync(bytes: Uint8Array, options: { maxOutputLength: number }): Buffer;
}

export function openGzipCodec(): Codec {
  const zlib = loadLibrary('node:zlib') as Zlib;
  return {
    compress: (bytes, level) => zlib.gzipSync(bytes, { level }),
    decompress(bytes, limitBytes) {
      try {
        return zlib.gunzipSync(bytes, { maxOutputLength: limitBytes });
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
        throw tooLarge('gzip', limitBytes, error);
      }
    },
  };
}
