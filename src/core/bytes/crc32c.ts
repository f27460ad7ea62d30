/**
 * CRC-32C (Castagnoli): reflected polynomial 0x82F63B78, start and final XOR 0xFFFFFFFF. Not the CRC of
 * node:zlib, which is the other polynomial.
 *
 * Slicing-by-8 in plain JS does about 1 GB/s, the native library 5-6 GB/s but costs 0.2 us a call and
 * 3-5 ms to load. So short runs of the program never load it, and short ranges never call it.
 */
import { loadLibrary } from './library.js';

const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;
/** After this much work in JS the load time of the native library is soon earned back. */
const NATIVE_AFTER_BYTES = 2 * 1024 * 1024;
/** One range of this size is a sign of many more to come. */
const NATIVE_RANGE_BYTES = 256 * 1024;
/** Below this JS is as fast as a native call with its `subarray`. */
const NATIVE_MIN_BYTES = 512;

interface NativeLibrary {
  crc32c(bytes: Uint8Array, before?: number): number;
}

/** SLICES tables of 256: table[k * 256 + b] is the CRC of byte b followed by k zero bytes. */
let table: Int32Array | undefined;
/** null once loading has failed: the library is optional. */
let native: NativeLibrary | null | undefined;
let scannedBytes = 0;

/**
 * The CRC of bytes[from, to) as an unsigned 32-bit number; of what stands before them too, if `before` is
 * the CRC of that.
 */
export function crc32c(bytes: Uint8Array, from: number, to: number, before = 0): number {
  const length = to - from;
  if (length >= NATIVE_MIN_BYTES) {
    if (native === undefined) {
      scannedBytes += length;
      if (length >= NATIVE_RANGE_BYTES || scannedBytes >= NATIVE_AFTER_BYTES) native = loadNative();
    }
    if (native) return native.crc32c(bytes.subarray(from, to), before);
  }
  return crc32cInJs(bytes, from, to, before);
}

/** The same without the native library. */
export function crc32cInJs(bytes: Uint8Array, from: number, to: number, before = 0): number {
  const t = (table ??= buildTable());
  let crc = ~before;
  let at = from;
  // Index arithmetic stays within [from, to) and the tables, so `as number` only names what is so.
  for (; at + SLICES <= to; at += SLICES) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (t[1792 + (crc & 0xff)] as number) ^
      (t[1536 + ((crc >>> 8) & 0xff)] as number) ^
      (t[1280 + ((crc >>> 16) & 0xff)] as number) ^
      (t[1024 + (crc >>> 24)] as number) ^
      (t[768 + (bytes[at + 4] as number)] as number) ^
      (t[512 + (bytes[at + 5] as number)] as number) ^
      (t[256 + (bytes[at + 6] as number)] as number) ^
      (t[bytes[at + 7] as number] as number);
  }
  for (; at < to; at++) {
    crc = (t[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function buildTable(): Int32Array {
  const built = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
    built[byte] = crc;
  }
  for (let i = 256; i < built.length; i++) {
    const shorter = built[i - 256] as number;
    built[i] = (built[shorter & 0xff] as number) ^ (shorter >>> 8);
  }
  return built;
}

function loadNative(): NativeLibrary | null {
  try {
    return loadLibrary('@node-rs/crc32') as NativeLibrary;
  } catch {
    return null;
  }
}
