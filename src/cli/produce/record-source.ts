/** Where the records of `produce` come from: messages on the command line, files, or a pipe. */
import { readInput } from '../stdin.js';

export interface RecordSource {
  /** For error messages; undefined for standard input. */
  readonly name: string | undefined;
  open(stop: AbortSignal): AsyncIterator<Buffer>;
}

/** Each message is one record, so nothing in it is taken for a delimiter. */
export function messageSource(message: Buffer): RecordSource {
  return {
    name: '-m',
    async *open() {
      await Promise.resolve();
      yield message;
    },
  };
}

/** `-` is standard input. */
export function fileSource(path: string): RecordSource {
  return {
    name: path === '-' ? undefined : path,
    open: (stop) => readInput(path, { stop }),
  };
}
