/**
 * Bytes out, to standard output or to a file, exactly as given.
 *
 * Up to four buffers of 256 KiB are filled by the caller while ONE write is under way on the thread
 * pool (two at a time would reach a pipe in either order). A write starts as soon as none is under
 * way, so a single record is not held back; what comes meanwhile makes up the next, larger write.
 *
 * - `write` has copied the bytes when it returns (or its promise resolves): reuse your memory.
 * - `flush` has handed everything to the kernel; `sync` has put a file on disk as well.
 * - A short write is continued. A full pipe makes the caller wait.
 * - EPIPE: `closed` is true, `onReaderGone` is called once, and every call fails with ReaderGone.
 * - Any other failure is a CoreError (DISK_FULL, IO_ERROR), and final.
 * - After `stop` a stalled reader is given STOP_GRACE_MS; then calls fail with the stop's reason.
 */
import { close, fdatasync, fstat, open, write } from 'node:fs';
import { promisify } from 'node:util';
import { CoreError } from '../core/errors.js';
import { ReaderGone } from './reader-gone.js';

const BUFFER_BYTES = 256 * 1024;
const BUFFER_COUNT = 4;
/** Long enough for a live reader to empty a pipe, short enough to end within a second of a signal. */
const STOP_GRACE_MS = 500;

const closeAsync = promisify(close);
const fdatasyncAsync = promisify(fdatasync);
const fstatAsync = promisify(fstat);
const openAsync = promisify(open);

export interface OutputOptions {
  readonly stop?: AbortSignal;
  readonly onReaderGone?: (reason: ReaderGone) => void;
}

interface FilledBuffer {
  readonly memory: Buffer;
  lengthBytes: number;
}

export class OutputStream {
  readonly name: string;
  readonly #descriptor: number;
  readonly #options: OutputOptions;
  readonly #free: Buffer[] = [];
  readonly #full: FilledBuffer[] = [];
  #allocatedCount = 0;
  #filling: FilledBuffer | undefined;
  #isPumping = false;
  #usesNodeStream = false;
  #acceptedBytes = 0;
  #failure: Error | undefined;
  #wakeUps: (() => void)[] = [];

  constructor(descriptor: number, name: string, options: OutputOptions = {}) {
    this.#descriptor = descriptor;
    this.name = name;
    this.#options = options;
  }

  /** Bytes the kernel has taken. */
  get acceptedBytes(): number {
    return this.#acceptedBytes;
  }

  /** True once the reader has gone. */
  get closed(): boolean {
    return this.#failure instanceof ReaderGone;
  }

  /** Undefined when there was room at once. One call at a time: wait for the promise. */
  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    const taken = this.#take(bytes, 0);
    return taken === bytes.length ? undefined : this.#writeRest(bytes, taken);
  }

  async flush(): Promise<void> {
    while (this.#failure === undefined && this.#isPumping) await this.#progress();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** As `flush`; a regular file is then on disk too. */
  async sync(): Promise<void> {
    await this.flush();
    await this.syncFile();
  }

  /** A regular file: what it has taken so far is on disk. */
  async syncFile(): Promise<void> {
    try {
      const stat = await fstatAsync(this.#descriptor);
      if (stat.isFile()) await fdatasyncAsync(this.#descriptor);
    } catch (error) {
      throw this.#outputError(error);
    }
  }

  /** Flushes, then closes the file. Standard output is never closed. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      if (this.#descriptor > 2) await closeAsync(this.#descriptor);
    }
  }

  async #writeRest(bytes: Uint8Array, from: number): Promise<void> {
    let at = from;
    while (at < bytes.length) {
      await this.#progress();
      if (this.#failure !== undefined) throw this.#failure;
      at = this.#take(bytes, at);
    }
  }

  /** Copies what there is room for, from `at`; returns where it stopped. */
  #take(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length) {
      this.#filling ??= this.#nextBuffer();
      const filling = this.#filling;
      if (filling === undefined) break;
      const count = Math.min(bytes.length - at, BUFFER_BYTES - filling.lengthBytes);
      filling.memory.set(bytes.subarray(at, at + count), filling.lengthBytes);
      filling.lengthBytes += count;
      at += count;
      if (filling.lengthBytes === BUFFER_BYTES) {
        this.#full.push(filling);
        this.#filling = undefined;
      }
    }
    if (at > from && !this.#isPumping) void this.#pump();
    return at;
  }

  #nextBuffer(): FilledBuffer | undefined {
    let memory = this.#free.pop();
    if (memory === undefined && this.#allocatedCount < BUFFER_COUNT) {
      this.#allocatedCount += 1;
      memory = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    }
    return memory === undefined ? undefined : { memory, lengthBytes: 0 };
  }

  /** Writes until nothing is left. Never rejects: a failure is kept and met by the next call. */
  async #pump(): Promise<void> {
    this.#isPumping = true;
    try {
      for (;;) {
        const next = this.#full.shift() ?? this.#filling;
        if (next === undefined || this.#failure !== undefined) break;
        if (next === this.#filling) this.#filling = undefined;
        await this.#writeWhole(next);
        this.#free.push(next.memory);
        this.#wakeAll();
      }
    } catch (error) {
      this.#fail(this.#outputError(error));
    } finally {
      this.#isPumping = false;
      this.#wakeAll();
    }
  }

  async #writeWhole({ memory, lengthBytes }: FilledBuffer): Promise<void> {
    let at = 0;
    while (at < lengthBytes) {
      const count = this.#usesNodeStream
        ? await writeToStdoutStream(memory.subarray(at, lengthBytes))
        : await this.#writeOnce(memory, at, lengthBytes - at);
      at += count;
      this.#acceptedBytes += count;
    }
  }

  /** Resolves with the bytes written; 0 where it has to be tried again. */
  #writeOnce(memory: Buffer, at: number, length: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.#descriptor, memory, at, length, null, (error, count) => {
        if (error === null) {
          resolve(count);
        } else if (error.code === 'EINTR') {
          resolve(0);
        } else if (error.code === 'EAGAIN') {
          // Somebody made the pipe non-blocking (node does, once process.stdout is touched). Only
          // node's own stream can wait for room in it; a file of ours is never in this state.
          if (this.#descriptor === 1) this.#usesNodeStream = true;
          setTimeout(resolve, this.#descriptor === 1 ? 0 : 1, 0);
        } else {
          reject(error);
        }
      });
    });
  }

  /** Resolves at the next change of state. Fails the stream if the stop's grace runs out first. */
  async #progress(): Promise<void> {
    const stop = this.#options.stop;
    let timer: NodeJS.Timeout | undefined;
    const startTimer = (): void => {
      timer = setTimeout(() => {
        this.#fail(stopReason(stop));
      }, STOP_GRACE_MS);
    };
    if (stop?.aborted === true) startTimer();
    else stop?.addEventListener('abort', startTimer);
    try {
      await new Promise<void>((resolve) => {
        this.#wakeUps.push(resolve);
      });
    } finally {
      stop?.removeEventListener('abort', startTimer);
      clearTimeout(timer);
    }
  }

  #wakeAll(): void {
    const wakeUps = this.#wakeUps;
    this.#wakeUps = [];
    for (const wakeUp of wakeUps) wakeUp();
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    if (error instanceof ReaderGone) this.#options.onReaderGone?.(error);
    this.#wakeAll();
  }

  #outputError(error: unknown): Error {
    const { code: errno = 'unknown error', message } = error as NodeJS.ErrnoException;
    if (errno === 'EPIPE' || errno === 'ECONNRESET') return new ReaderGone();
    const details = { path: this.name, errno };
    if (errno === 'ENOSPC' || errno === 'EDQUOT' || errno === 'EFBIG') {
      const suggestion =
        'what was written before it is incomplete; free some space and run it again';
      const text = `cannot write to ${this.name}: no space left`;
      return new CoreError('DISK_FULL', text, { details, suggestion, cause: error });
    }
    const text = `cannot write to ${this.name}: ${message}`;
    return new CoreError('IO_ERROR', text, { details, cause: error });
  }
}

/** Standard output. Touches nothing before the first write. */
export function standardOutput(options: OutputOptions = {}): OutputStream {
  return new OutputStream(1, 'standard output', options);
}

/** As `>` does in a shell, or with `append` as `>>`; a FIFO is waited for, as they do too. */
export async function openOutputFile(
  path: string,
  options: OutputOptions & { readonly append?: boolean } = {},
): Promise<OutputStream> {
  try {
    return new OutputStream(
      await openAsync(path, options.append === true ? 'a' : 'w', 0o666),
      path,
      options,
    );
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const code = openErrorCode(errno);
    const message = `cannot write to ${path}: ${OPEN_REASONS[errno] ?? errno}`;
    throw new CoreError(code, message, { details: { path, errno }, cause: error });
  }
}

/** Of a file that could not be opened or made. */
export function openErrorCode(errno: string): CoreError['code'] {
  return OPEN_ERRORS[errno] ?? 'IO_ERROR';
}

const OPEN_ERRORS: Readonly<Record<string, CoreError['code']>> = {
  ENOENT: 'FILE_NOT_FOUND',
  EACCES: 'PERMISSION_DENIED',
  EPERM: 'PERMISSION_DENIED',
  EROFS: 'READ_ONLY',
  EISDIR: 'NOT_A_REGULAR_FILE',
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EMFILE: 'TOO_MANY_OPEN_FILES',
  ENFILE: 'TOO_MANY_OPEN_FILES',
};

const OPEN_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'read-only file system',
  EISDIR: 'it is a directory',
  ENOSPC: 'no space left',
  EMFILE: 'too many open files',
};

function writeToStdoutStream(bytes: Uint8Array): Promise<number> {
  // The command framework listens here and throws whatever is not EPIPE; the callback has it anyway.
  if (!process.stdout.listeners('error').includes(ignore)) {
    process.stdout.removeAllListeners('error').on('error', ignore);
  }
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error === null || error === undefined) resolve(bytes.length);
      else reject(error);
    });
  });
}

function ignore(): void {
  // The write's own callback reports it.
}

function stopReason(stop: AbortSignal | undefined): Error {
  const reason: unknown = stop?.reason;
  return reason instanceof Error ? reason : new CoreError('INTERRUPTED', 'interrupted');
}
