import type { ByteSink } from './byte-sink.js';
import type { OutputRecord, RecordFormat } from './record-format.js';

/** Writes records in a format, each with the delimiter behind it. */
export class RecordPrinter {
  readonly #format: RecordFormat;
  readonly #delimiter: Uint8Array;
  /** indexOf is faster with a number than with a buffer of one byte. */
  readonly #needle: number | Uint8Array;
  readonly #isCounting: boolean;
  #ambiguousCount = 0;

  /** An empty delimiter puts nothing between the records. */
  constructor(format: RecordFormat, delimiter: Uint8Array) {
    this.#format = format;
    this.#delimiter = format.isDelimited ? delimiter : new Uint8Array(0);
    this.#needle = delimiter.length === 1 ? (delimiter[0] ?? 0) : delimiter;
    this.#isCounting = format.isRaw && this.#delimiter.length > 0;
  }

  /** How many records hold the delimiter themselves, so that a reader cannot tell where they end. */
  get ambiguousCount(): number {
    return this.#ambiguousCount;
  }

  print(record: OutputRecord, out: ByteSink): void {
    const start = out.length;
    this.#format.write(record, out);
    const end = out.length;
    out.append(this.#delimiter);
    // The delimiter just appended stops the search, so it never runs on into old bytes.
    if (this.#isCounting && out.indexOf(this.#needle, start) < end) this.#ambiguousCount++;
  }
}
