/**
 * A growing buffer that many records are written into before it goes out as a whole. It is reused:
 * after `reset` the next bytes overwrite the last ones.
 */
const LONG_TEXT = 64 * 1024;

export class ByteSink {
  #bytes: Buffer;
  #length = 0;

  constructor(initialBytes = 64 * 1024) {
    this.#bytes = Buffer.allocUnsafe(initialBytes);
  }

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
  }

  appendByte(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow(this.#length + 1);
    this.#bytes[this.#length++] = byte;
  }

  appendInt32(value: number): void {
    const end = this.#length + 4;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.writeInt32BE(value, this.#length);
    this.#length = end;
  }

  /** For text that is known to be ASCII: no character may be above U+007F. */
  appendAscii(text: string): void {
    const end = this.#length + text.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#length += this.#bytes.write(text, this.#length, 'latin1');
  }

  appendUtf8(text: string): void {
    // No character of a string takes more than three bytes (a surrogate pair takes four for two); to
    // count them is worth it only where three times the size would be much.
    const isLong = text.length > LONG_TEXT;
    const end = this.#length + (isLong ? Buffer.byteLength(text) : 3 * text.length);
    if (end > this.#bytes.length) this.#grow(end);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** What was appended from `from` on. Valid until the next append or reset. */
  view(from = 0): Buffer {
    return this.#bytes.subarray(from, this.#length);
  }

  /** Where `needle` occurs at or behind `from`. It must be there: behind the end lie old bytes. */
  indexOf(needle: number | Uint8Array, from: number): number {
    return this.#bytes.indexOf(needle, from);
  }

  reset(): void {
    this.#length = 0;
  }

  #grow(neededBytes: number): void {
    const grown = Buffer.allocUnsafe(Math.max(neededBytes, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
