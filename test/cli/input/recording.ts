import type { CoreError } from '../../../src/core/errors.js';
import { openRecordFramer, type InputOptions } from '../../../src/cli/input/record-framer.js';
import { STOP_AT_BAD_INPUT, type InputRecord } from '../../../src/cli/input/record-input.js';

/** Every byte as one character, so that records compare and print well. */
export type TextRecord = readonly [key: string | null, value: string | null];

export interface Recording {
  readonly records: TextRecord[];
  readonly full: InputRecord[];
  readonly errors: CoreError[];
  /** What was put aside, joined. */
  readonly bad: Buffer;
}

const DEFAULTS: InputOptions = {
  format: 'lines',
  delimiter: Buffer.from('\n'),
  keySeparator: Buffer.from('\t'),
  keyField: undefined,
  maxRecordBytes: 1000,
  badInput: STOP_AT_BAD_INPUT,
  sourceName: undefined,
};

/** All records of `chunks`. Each chunk is overwritten after its push, as a reused buffer would be. */
export function recordsOf(
  chunks: readonly Uint8Array[],
  options: Partial<InputOptions>,
): Recording {
  const recording = {
    records: [] as TextRecord[],
    full: [] as InputRecord[],
    errors: [] as CoreError[],
  };
  const framer = openRecordFramer(
    { ...DEFAULTS, ...options },
    {
      appendRange(bytes, keyAt, keyLength, valueAt, valueLength) {
        const text = (at: number, length: number): string | null =>
          length === -1 ? null : bytes.toString('latin1', at, at + length);
        recording.records.push([text(keyAt, keyLength), text(valueAt, valueLength)]);
      },
      append(record) {
        recording.full.push(record);
        recording.records.push([textOf(record.key), textOf(record.value)]);
      },
    },
  );
  for (const chunk of chunks) {
    const reused = Buffer.from(chunk);
    framer.push(reused);
    reused.fill(0x21);
  }
  framer.end();
  return { ...recording, bad: Buffer.alloc(0) };
}

/** As recordsOf, but bad input is put aside and the reading goes on. */
export function recordsDespiteBad(
  chunks: readonly Uint8Array[],
  options: Partial<InputOptions>,
): Recording {
  const errors: CoreError[] = [];
  const bad: Buffer[] = [];
  const badInput = {
    refuse: (error: CoreError) => void errors.push(error),
    keep: (raw: Buffer) => void bad.push(Buffer.from(raw)),
  };
  return { ...recordsOf(chunks, { ...options, badInput }), errors, bad: Buffer.concat(bad) };
}

/** `bytes` cut at the given places. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

/** The thrown CoreError. */
export function errorOf(action: () => unknown): CoreError {
  try {
    action();
  } catch (error) {
    return error as CoreError;
  }
  throw new Error('nothing was thrown');
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('latin1');
}
