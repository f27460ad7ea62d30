import { type OutputStream, openOutputFile } from '../stdout.js';

/** Standard output or `-o FILE`, opened when there is something to be written, and then once. */
export class ConsumeOutput {
  readonly #path: string | undefined;
  readonly #standard: OutputStream;
  readonly #stop: AbortSignal;
  #file: Promise<OutputStream> | undefined;

  constructor(path: string | undefined, standard: OutputStream, stop: AbortSignal) {
    this.#path = path;
    this.#standard = standard;
    this.#stop = stop;
  }

  open(): Promise<OutputStream> {
    if (this.#path === undefined) return Promise.resolve(this.#standard);
    this.#file ??= openOutputFile(this.#path, { stop: this.#stop });
    return this.#file;
  }

  /** After a failure to open there is nothing to close. */
  async close(): Promise<void> {
    const file = await this.#file?.catch(() => undefined);
    await file?.close();
  }
}
