/**
 * The batches of a `.log`, and with `deep` their records, in the order of the file and one at a time.
 * A batch with a wrong checksum is shown as what it says it is; a header that cannot be is the end,
 * for nothing tells where the next batch begins.
 */
import { parseControlRecordType, parseCoordinatorEpoch } from '../batch/control-record.js';
import { HEADER_UP_TO_MAGIC_BYTES } from '../batch/format.js';
import { RecordCursor } from '../batch/record-cursor.js';
import type { LogRecord } from '../batch/record.js';
import { type CoreError, isCoreError } from '../errors.js';
import type { File } from '../fs/file-system.js';
import { BatchScanner } from './batch-scanner.js';
import {
  type DumpEntry,
  type DumpedBatch,
  type DumpedControl,
  type DumpedRecord,
  describeBatch,
} from './dump-entry.js';

export interface LogDumpOptions {
  readonly deep: boolean;
  /** What the file is called without its folder. */
  readonly fileName: string;
}

export function* dumpLog(file: File, options: LogDumpOptions): Generator<DumpEntry, void> {
  const sizeBytes = file.stat().sizeBytes;
  const scanner = new BatchScanner(file, {
    startPosition: 0,
    endPosition: sizeBytes,
    checkCrcFrom: Infinity,
  });
  const records = new RecordDump(file.path);
  while (scanner.next()) {
    const { batch, position } = scanner;
    const dumped = describeBatch(batch, position);
    yield dumped;
    if (options.deep) yield* records.of(scanner.bytes, scanner.at, dumped);
    yield { kind: 'batch-end' };
    if (!dumped.isValid) {
      yield { kind: 'damage', file: file.path, position, reason: 'the checksum is wrong' };
    }
  }
  yield* records.gap();
  const { stop } = scanner;
  if (stop === undefined || stop.kind === 'end') return;
  const { position, reason } = stop;
  // Too little to tell what it would have become, as Kafka sees it too.
  const isTooShort = sizeBytes - position < HEADER_UP_TO_MAGIC_BYTES;
  if (stop.kind === 'incomplete' || (stop.kind === 'zeros' && isTooShort)) {
    const { fileName } = options;
    yield { kind: 'incomplete', position, sizeBytes: sizeBytes - position, fileName };
  } else yield { kind: 'damage', file: file.path, position, reason };
}

class RecordDump {
  readonly #file: string;
  readonly #cursor = new RecordCursor();
  #lastOffset: number | undefined;
  #gapCount = 0;
  #firstGap: { readonly position: number; readonly text: string } | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  *of(bytes: Buffer, at: number, batch: DumpedBatch): Generator<DumpEntry, void> {
    const { position } = batch;
    try {
      this.#cursor.open(bytes, at);
      while (this.#cursor.next()) {
        this.#follow(this.#cursor.offset, position);
        const { sequence } = this.#cursor;
        yield recordOf(this.#cursor.viewRecord(), sequence, batch);
      }
    } catch (error) {
      if (!isUndecodable(error)) throw error;
      const reason = `the records cannot be decoded: ${error.message}`;
      yield { kind: 'damage', file: this.#file, position, reason };
    }
  }

  /** Missing offsets are normal after compaction and behind transactions: one line for all of them. */
  *gap(): Generator<DumpEntry, void> {
    if (this.#firstGap === undefined) return;
    const { position, text } = this.#firstGap;
    const more = this.#gapCount === 1 ? '' : ` and ${this.#gapCount - 1} more`;
    const reason = `non-consecutive offsets: ${text}${more}`;
    yield { kind: 'note', file: this.#file, position, reason };
  }

  #follow(offset: number, position: number): void {
    const last = this.#lastOffset;
    if (last !== undefined && offset !== last + 1) {
      this.#gapCount++;
      this.#firstGap ??= { position, text: `${last} is followed by ${offset}` };
    }
    this.#lastOffset = offset;
  }
}

function recordOf(record: LogRecord, sequence: number, batch: DumpedBatch): DumpedRecord {
  const { offset, timestamp, key, value, headers } = record;
  return {
    kind: 'record',
    offset,
    timestampType: batch.timestampType,
    timestamp,
    sequence,
    keySize: key?.length ?? -1,
    valueSize: value?.length ?? -1,
    key,
    value,
    headers,
    control: batch.isControl ? controlOf(record) : undefined,
  };
}

function controlOf({ key, value }: LogRecord): DumpedControl {
  const type = parseControlRecordType(key);
  const isMarker = type === 'abort' || type === 'commit';
  const typeId = Buffer.from(key ?? []).readInt16BE(2);
  return { type, typeId, coordinatorEpoch: isMarker ? parseCoordinatorEpoch(value) : undefined };
}

function isUndecodable(error: unknown): error is CoreError {
  return (
    isCoreError(error, 'CORRUPT_MESSAGE') || isCoreError(error, 'UNSUPPORTED_COMPRESSION_TYPE')
  );
}
