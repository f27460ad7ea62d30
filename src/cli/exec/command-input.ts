/** The records on their way into a command's standard input. Nothing is kept here but one write. */
import type { Writable } from 'node:stream';
import { CoreError } from '../../core/errors.js';
import { ReaderGone } from '../reader-gone.js';

/** What says that the other end is not there any more, or that we have closed ours. */
const GONE: ReadonlySet<string | undefined> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
]);

export class CommandInput {
  readonly #writer: Writable;
  readonly #gone = new AbortController();

  constructor(writer: Writable) {
    this.#writer = writer;
    // The write's own callback reports it.
    writer.on('error', () => undefined);
  }

  /**
   * Aborted with ReaderGone when nobody will read any more: the command has ended, or a write has met
   * a closed pipe. That is no failure, but reading on would be for nothing.
   */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /**
   * Resolves when the pipe has taken all of it: reuse your memory then. ReaderGone if nobody reads; or
   * IO_ERROR. One call at a time.
   */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#writer.write(bytes, (error) => {
        // A write that the end of the command has cut short is called back without an error.
        if (error === null || error === undefined) {
          if (!this.#writer.destroyed) resolve();
          else reject(this.#leave());
          return;
        }
        const { code: errno, message } = error as NodeJS.ErrnoException;
        if (GONE.has(errno)) {
          reject(this.#leave());
          return;
        }
        const text = `cannot write to the command: ${message}`;
        reject(new CoreError('IO_ERROR', text, { details: { errno }, cause: error }));
      });
    });
  }

  /** Nothing is held back. Here for the sake of those who write to any output. */
  flush(): Promise<void> {
    return Promise.resolve();
  }

  /** The command has ended. Somebody that it started may have the pipe still, and is not waited for. */
  abandon(): void {
    this.#leave();
    this.#writer.destroy();
  }

  /** The command meets the end of its input, once it has read what is in the pipe. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#writer.closed) {
        resolve();
        return;
      }
      this.#writer.once('close', () => {
        resolve();
      });
      this.#writer.destroy();
    });
  }

  #leave(): ReaderGone {
    const reason = new ReaderGone();
    this.#gone.abort(reason);
    return reason;
  }
}
