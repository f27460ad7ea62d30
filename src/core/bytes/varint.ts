/**
 * Zig-zag variable-length integers, as in protocol buffers: 7 bits a byte, lowest first, the top bit
 * says that more follow.
 *
 * | kind    | bytes | values                                              |
 * |---------|-------|-----------------------------------------------------|
 * | varint  | 1-5   | int32                                               |
 * | varlong | 1-10  | int64; here only safe integers, the rest is refused |
 *
 * Everything is a number: bigint varints make a record three times slower to read or write. Up to
 * 28 bits are handled with integer operations, what lies above with exact floating point.
 */
import { CoreError } from '../errors.js';

const TWO_POW_27 = 0x800_0000;
/** A zig-zag value of 28 bits fits four bytes and int32 arithmetic. */
const FOUR_BYTE_LIMIT = TWO_POW_27;
/** Fifth byte of a varint: 32 - 28 bits are left. */
const LAST_VARINT_BYTE_MAX = 0x0f;
const VARLONG_BYTES_MAX = 10;

/** Reads varints between two indexes of a buffer; never outside them. Reusable. */
export class VarintReader {
  /** Index of the next byte. */
  at = 0;
  /** Exclusive. */
  end = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** `end` is exclusive and must lie within `view`. */
  open(view: DataView, at: number, end: number): void {
    this.#view = view;
    this.at = at;
    this.end = end;
  }

  readByte(): number {
    if (this.at >= this.end) throw truncated(this.at);
    return this.#view.getUint8(this.at++);
  }

  readVarint(): number {
    let at = this.at;
    if (at >= this.end) throw truncated(at);
    let byte = this.#view.getUint8(at++);
    let raw = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (at >= this.end) throw truncated(at);
      byte = this.#view.getUint8(at++);
      if (shift === 28 && byte > LAST_VARINT_BYTE_MAX) throw overLong(at - 1, 'varint');
      raw |= (byte & 0x7f) << shift;
    }
    this.at = at;
    return (raw >>> 1) ^ -(raw & 1);
  }

  readVarlong(): number {
    let at = this.at;
    if (at >= this.end) throw truncated(at);
    let byte = this.#view.getUint8(at++);
    let low = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift === 28) return this.#readHighVarlong(at, low);
      if (at >= this.end) throw truncated(at);
      byte = this.#view.getUint8(at++);
      low |= (byte & 0x7f) << shift;
    }
    this.at = at;
    return (low >>> 1) ^ -(low & 1);
  }

  /** The bytes after the fourth: `low` holds the first 28 bits, of which one is the sign. */
  #readHighVarlong(from: number, low: number): number {
    let at = from;
    let high = 0;
    let scale = 1;
    for (let byte = 0x80; byte >= 0x80; scale *= 0x80) {
      if (at - from + 4 === VARLONG_BYTES_MAX) throw overLong(at, 'varlong');
      if (at >= this.end) throw truncated(at);
      byte = this.#view.getUint8(at++);
      high += (byte & 0x7f) * scale;
    }
    const magnitude = high * TWO_POW_27 + (low >>> 1);
    const value = (low & 1) === 0 ? magnitude : -magnitude - 1;
    if (!Number.isSafeInteger(value)) throw overLong(at - 1, 'varlong');
    this.at = at;
    return value;
  }
}

/** Bytes that `writeVarint` takes for an int32. */
export function sizeOfVarint(value: number): number {
  const raw = ((value << 1) ^ (value >> 31)) >>> 0;
  if (raw < 0x80) return 1;
  if (raw < 0x4000) return 2;
  if (raw < 0x20_0000) return 3;
  return raw < 0x1000_0000 ? 4 : 5;
}

/** Bytes that `writeVarlong` takes for a safe integer. */
export function sizeOfVarlong(value: number): number {
  if (value >= -FOUR_BYTE_LIMIT && value < FOUR_BYTE_LIMIT) return sizeOfVarint(value);
  let size = 4;
  for (let high = highBits(value); high >= 1; high = Math.floor(high / 0x80)) size++;
  return size;
}

/** Writes an int32 at `at`; the caller has made room. Returns the index after it. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let raw = ((value << 1) ^ (value >> 31)) >>> 0;
  while (raw >= 0x80) {
    target[at++] = (raw & 0x7f) | 0x80;
    raw >>>= 7;
  }
  target[at++] = raw;
  return at;
}

/** Writes a safe integer at `at`; the caller has made room. Returns the index after it. */
export function writeVarlong(target: Uint8Array, at: number, value: number): number {
  if (value >= -FOUR_BYTE_LIMIT && value < FOUR_BYTE_LIMIT) return writeVarint(target, at, value);
  const magnitude = value < 0 ? -(value + 1) : value;
  let low = (magnitude % TWO_POW_27) * 2 + (value < 0 ? 1 : 0);
  for (let i = 0; i < 4; i++) {
    target[at++] = (low & 0x7f) | 0x80;
    low >>>= 7;
  }
  let high = highBits(value);
  while (high >= 0x80) {
    target[at++] = (high % 0x80) | 0x80;
    high = Math.floor(high / 0x80);
  }
  target[at++] = high;
  return at;
}

/** The zig-zag value without its lowest 28 bits. */
function highBits(value: number): number {
  return Math.floor((value < 0 ? -(value + 1) : value) / TWO_POW_27);
}

function truncated(at: number): CoreError {
  const reason = 'number runs past its end';
  return new CoreError('CORRUPT_MESSAGE', `${reason} at byte ${at}`, { details: { at, reason } });
}

function overLong(at: number, kind: 'varint' | 'varlong'): CoreError {
  const reason = `${kind} is too large`;
  return new CoreError('CORRUPT_MESSAGE', `${reason} at byte ${at}`, { details: { at, reason } });
}
