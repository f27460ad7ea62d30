/** Input that is no record, put aside byte for byte, so that it can be mended and produced again. */
import type { CoreError } from '../../core/errors.js';
import type { BadInput } from '../input/record-input.js';
import type { OutputStream } from '../stdout.js';

export class BadInputFile implements BadInput {
  readonly #output: OutputStream;
  readonly #onRefused: (error: CoreError) => void;
  #kept: Buffer[] = [];
  #refusedCount = 0;

  constructor(output: OutputStream, onRefused: (error: CoreError) => void) {
    this.#output = output;
    this.#onRefused = onRefused;
  }

  get refusedCount(): number {
    return this.#refusedCount;
  }

  refuse(error: CoreError): void {
    this.#refusedCount++;
    this.#onRefused(error);
  }

  keep(raw: Buffer): void {
    this.#kept.push(Buffer.from(raw));
  }

  async flush(): Promise<void> {
    for (const raw of this.#kept.splice(0)) await this.#output.write(raw);
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#output.sync();
    await this.#output.close();
  }
}
