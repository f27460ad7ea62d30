/**
 * Bytes in, from standard input or from files, as chunks cut anywhere.
 *
 * Regular files and devices are read in chunks of 256 KiB, one ahead of the consumer. Pipes, sockets
 * and terminals go through node's streams: a read that is parked on the thread pool cannot be called
 * back, and keeps the process from ending until input arrives.
 *
 * - A chunk is valid until the next one is asked for.
 * - While no chunk is asked for, at most one more is read.
 * - `stop` ends the wait at once: the iterator throws the stop's reason. It never looks like the end
 *   of the input, so half a line is not taken for a last one.
 */
import { close, fstat, open, read } from 'node:fs';
import type { Stats } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import { ReadStream, isatty } from 'node:tty';
import { promisify } from 'node:util';
import { CoreError } from '../core/errors.js';

export const INPUT_CHUNK_BYTES = 256 * 1024;

const closeAsync = promisify(close);
const fstatAsync = promisify(fstat);
const openAsync = promisify(open);

export interface InputOptions {
  readonly stop?: AbortSignal;
  /** At least 2 bytes; used as two halves instead of memory of our own. Not used for streams. */
  readonly memory?: Buffer;
}

/** Reads FILE, or standard input where it is `-`. Opened when the first chunk is asked for. */
export async function* readInput(
  path: string,
  options: InputOptions = {},
): AsyncGenerator<Buffer, void, undefined> {
  const name = path === '-' ? 'standard input' : path;
  throwIfStopped(options.stop);
  const descriptor = path === '-' ? 0 : await openFile(path);
  let isOurs = path !== '-';
  try {
    const stat = await statOf(descriptor, name);
    if (stat.isFIFO() || stat.isSocket() || isatty(descriptor)) {
      isOurs = false;
      yield* readStream(streamOf(descriptor), name, options.stop);
    } else {
      yield* readDescriptor(descriptor, name, options);
    }
  } finally {
    if (isOurs) await closeAsync(descriptor);
  }
}

async function openFile(path: string): Promise<number> {
  try {
    return await openAsync(path, 'r');
  } catch (error) {
    throw inputError(error, path);
  }
}

async function statOf(descriptor: number, name: string): Promise<Stats> {
  const stat = await fstatAsync(descriptor);
  if (!stat.isDirectory()) return stat;
  throw new CoreError('NOT_A_REGULAR_FILE', `cannot read ${name}: it is a directory`, {
    details: { path: name },
  });
}

/** The stream owns the descriptor from here on, but for standard input. */
function streamOf(descriptor: number): Readable {
  if (descriptor === 0) return process.stdin;
  if (isatty(descriptor)) return new ReadStream(descriptor);
  return new Socket({ fd: descriptor, readable: true, writable: false });
}

async function* readStream(
  stream: Readable,
  name: string,
  stop: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  if (stop !== undefined) addAbortSignal(stop, stream);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    throwIfStopped(stop);
    throw inputError(error, name);
  } finally {
    stream.destroy();
  }
  throwIfStopped(stop);
}

async function* readDescriptor(
  descriptor: number,
  name: string,
  { stop, memory = Buffer.allocUnsafeSlow(2 * INPUT_CHUNK_BYTES) }: InputOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const half = memory.length >> 1;
  let [current, other] = [memory.subarray(0, half), memory.subarray(half, 2 * half)];
  let pending = readChunk(descriptor, current, name);
  try {
    for (;;) {
      const count = await pending;
      throwIfStopped(stop);
      if (count === 0) return;
      const chunk = current.subarray(0, count);
      [current, other] = [other, current];
      pending = readChunk(descriptor, current, name);
      yield chunk;
      throwIfStopped(stop);
    }
  } finally {
    // The caller closes the descriptor next: not while a read is under way on it.
    await pending.catch(ignore);
  }
}

function readChunk(descriptor: number, target: Buffer, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const attempt = (): void => {
      read(descriptor, target, 0, target.length, null, (error, count) => {
        if (error === null) resolve(count);
        else if (error.code === 'EINTR')
          attempt(); // node repeats writes, but not reads
        else reject(inputError(error, name));
      });
    };
    attempt();
  });
}

function ignore(): void {
  // Reported where the chunk was awaited, or no longer of interest.
}

function throwIfStopped(stop: AbortSignal | undefined): void {
  if (stop?.aborted !== true) return;
  const reason: unknown = stop.reason;
  throw reason instanceof Error ? reason : new CoreError('INTERRUPTED', 'interrupted');
}

const REASONS: Readonly<Record<string, readonly [CoreError['code'], string]>> = {
  ENOENT: ['FILE_NOT_FOUND', 'no such file'],
  ENOTDIR: ['FILE_NOT_FOUND', 'no such file'],
  EACCES: ['PERMISSION_DENIED', 'permission denied'],
  EPERM: ['PERMISSION_DENIED', 'permission denied'],
  EISDIR: ['NOT_A_REGULAR_FILE', 'it is a directory'],
  EMFILE: ['TOO_MANY_OPEN_FILES', 'too many open files'],
};

function inputError(error: unknown, name: string): CoreError {
  const errno = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const [code, reason] = REASONS[errno] ?? ['IO_ERROR', errno];
  const details = { path: name, errno };
  return new CoreError(code, `cannot read ${name}: ${reason}`, { details, cause: error });
}
