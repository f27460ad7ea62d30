/** The port to a compression library, and the failures that its adapters share. */
import { CoreError } from '../errors.js';
import type { CodecType } from './compression.js';

export interface Codec {
  /** The records area of a batch, as Kafka's own writers make it. The level is one of the codec's. */
  compress(bytes: Uint8Array, level: number): Uint8Array;
  /**
   * Everything that Kafka's reader takes. Never yields, and never allocates for, more than
   * `limitBytes`. Throws CORRUPT_MESSAGE; a library's own errors may pass, `loadCodec` wraps them.
   */
  decompress(bytes: Uint8Array, limitBytes: number): Uint8Array;
}

export function corruptPayload(codec: CodecType, reason: string, cause?: unknown): CoreError {
  return new CoreError('CORRUPT_MESSAGE', `cannot decompress ${codec} records: ${reason}`, {
    details: { codec, reason },
    cause,
  });
}

export function tooLarge(codec: CodecType, limitBytes: number, cause?: unknown): CoreError {
  return corruptPayload(codec, `they may open to more than ${limitBytes} bytes`, cause);
}
