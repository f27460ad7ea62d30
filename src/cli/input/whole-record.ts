import { CoreError } from '../../core/errors.js';
import type { FramerOptions, RecordFramer, RecordSink } from './record-input.js';

const FIRST_BYTES = 64 * 1024;

/** The whole input is one record, also when it is empty. */
export class WholeRecord implements RecordFramer {
  readonly #options: FramerOptions;
  readonly #sink: RecordSink;
  #bytes = Buffer.alloc(0);
  #length = 0;

  constructor(options: FramerOptions, sink: RecordSink) {
    this.#options = options;
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    const { maxRecordBytes, sourceName } = this.#options;
    const needed = this.#length + chunk.length;
    if (needed > maxRecordBytes) {
      const source = sourceName ?? 'the input';
      throw new CoreError(
        'MESSAGE_TOO_LARGE',
        `${source} is longer than max.message.bytes (${maxRecordBytes})`,
        {
          details: { maxRecordBytes, ...(sourceName === undefined ? {} : { source }) },
          suggestion: 'leave out --whole to make every line a record, or raise max.message.bytes',
        },
      );
    }
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length, FIRST_BYTES));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    chunk.copy(this.#bytes, this.#length);
    this.#length = needed;
  }

  end(): void {
    this.#sink.appendRange(this.#bytes, 0, -1, 0, this.#length);
  }
}
