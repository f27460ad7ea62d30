/** Formats that write little more than the bytes of a record. A tombstone has no bytes. */
import { assert } from '../../core/assert.js';
import type { RecordFormat } from './record-format.js';

export const valueFormat: RecordFormat = {
  isDelimited: true,
  isRaw: true,
  isSafe: false,
  write({ value }, out) {
    if (value !== null) out.append(value);
  },
};

/** KEY, separator, VALUE. No key and an empty key look the same. */
export function keyValueFormat(separator: Uint8Array): RecordFormat {
  return {
    isDelimited: true,
    isRaw: true,
    isSafe: false,
    write({ key, value }, out) {
      if (key !== null) out.append(key);
      out.append(separator);
      if (value !== null) out.append(value);
    },
  };
}

export const hexFormat: RecordFormat = encodedFormat('hex');

export const base64Format: RecordFormat = encodedFormat('base64');

/** The length of the value in four bytes, big-endian, then the value. -1 is a tombstone. */
export const lengthFormat: RecordFormat = {
  isDelimited: false,
  isRaw: false,
  isSafe: false,
  write({ value }, out) {
    if (value === null) {
      out.appendInt32(-1);
      return;
    }
    assert(value.length <= 0x7fffffff, `a value of ${value.length} bytes`);
    out.appendInt32(value.length);
    out.append(value);
  },
};

/** Nothing: for counting and for measuring. */
export const noFormat: RecordFormat = {
  isDelimited: false,
  isRaw: false,
  isSafe: true,
  write() {
    // That is all.
  },
};

function encodedFormat(encoding: 'hex' | 'base64'): RecordFormat {
  return {
    isDelimited: true,
    isRaw: false,
    isSafe: true,
    write({ value }, out) {
      if (value !== null) out.appendAscii(viewBuffer(value).toString(encoding));
    },
  };
}

/** The same memory as a Buffer. */
export function viewBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
