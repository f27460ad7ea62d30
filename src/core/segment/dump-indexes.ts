/**
 * The entries of the two indexes, compared with the log beside them where there is one. As Kafka's tool
 * does, a listing ends at the first entry behind the first that names the base offset: padding.
 */
import { isSafeInt64, readInt64 } from '../bytes/int64.js';
import type { File } from '../fs/file-system.js';
import { BatchScanner } from './batch-scanner.js';
import type { DumpEntry } from './dump-entry.js';
import { OFFSET_INDEX_ENTRY_BYTES, type OffsetIndex } from './offset-index.js';
import { TIME_INDEX_ENTRY_BYTES } from './time-index.js';

const PROBE_BYTES = 4 * 1024;
const CHUNK_ENTRIES = 8 * 1024;
const POSITION_AT = 4;
const OFFSET_AT = 8;

export interface IndexDumpOptions {
  readonly baseOffset: number;
  /** The `.log` of the same segment. */
  readonly log: File | undefined;
}

export function* dumpOffsetIndex(
  file: File,
  { baseOffset, log }: IndexDumpOptions,
): Generator<DumpEntry, void> {
  if (file.stat().sizeBytes < OFFSET_INDEX_ENTRY_BYTES) yield { kind: 'empty', file: file.path };
  let last = -1;
  for (const { view, at, entryAt, slot } of entriesOf(file, OFFSET_INDEX_ENTRY_BYTES)) {
    const offset = baseOffset + view.getInt32(at);
    const position = view.getInt32(at + POSITION_AT);
    if (offset === baseOffset && slot > 0) return;
    const isPadding = offset === baseOffset && position === 0;
    const found = log === undefined || isPadding ? undefined : lastOffsetAt(log, position);
    yield { kind: 'offset-entry', offset, position };
    const reason =
      offset <= last
        ? `offset ${offset} does not come behind ${last}`
        : found !== undefined && found !== offset
          ? `index offset ${offset}, log offset ${found}`
          : undefined;
    if (reason !== undefined) yield { kind: 'damage', file: file.path, position: entryAt, reason };
    last = offset;
  }
  yield* stray(file, OFFSET_INDEX_ENTRY_BYTES);
}

export function* dumpTimeIndex(
  file: File,
  {
    baseOffset,
    log,
    offsetIndex,
  }: IndexDumpOptions & { readonly offsetIndex: OffsetIndex | undefined },
): Generator<DumpEntry, void> {
  let last = -1;
  for (const { view, at, entryAt, slot } of entriesOf(file, TIME_INDEX_ENTRY_BYTES)) {
    const offset = baseOffset + view.getInt32(at + OFFSET_AT);
    if (offset === baseOffset && slot > 0) return;
    if (!isSafeInt64(view, at)) {
      const reason = `impossible timestamp of the entry for offset ${offset}`;
      yield { kind: 'damage', file: file.path, position: entryAt, reason };
      continue;
    }
    const timestamp = readInt64(view, at);
    const isPadding = offset === baseOffset && timestamp === 0;
    yield { kind: 'time-entry', timestamp, offset };
    const from = offsetIndex?.lookup(offset)?.position ?? 0;
    const reason =
      timestamp <= last
        ? `timestamp ${timestamp} does not come behind ${last}`
        : log === undefined || isPadding
          ? undefined
          : timeMismatch(log, from, { timestamp, offset });
    if (reason !== undefined) yield { kind: 'damage', file: file.path, position: entryAt, reason };
    last = timestamp;
  }
  yield* stray(file, TIME_INDEX_ENTRY_BYTES);
}

interface IndexEntryPlace {
  readonly view: DataView;
  /** In the view. */
  readonly at: number;
  /** In the file. */
  readonly entryAt: number;
  readonly slot: number;
}

/** In chunks: a broker's index may have any size. */
function* entriesOf(file: File, entryBytes: number): Generator<IndexEntryPlace, void> {
  const chunk = new Uint8Array(CHUNK_ENTRIES * entryBytes);
  const view = new DataView(chunk.buffer);
  for (let position = 0; ; position += chunk.length) {
    const read = file.readAt(chunk, 0, chunk.length, position);
    for (let at = 0; at + entryBytes <= read; at += entryBytes) {
      const entryAt = position + at;
      yield { view, at, entryAt, slot: entryAt / entryBytes };
    }
    if (read < chunk.length) return;
  }
}

function* stray(file: File, entryBytes: number): Generator<DumpEntry, void> {
  const { sizeBytes } = file.stat();
  const strayBytes = sizeBytes % entryBytes;
  if (strayBytes === 0) return;
  const reason = `ends in ${strayBytes} bytes of an entry`;
  yield { kind: 'note', file: file.path, position: sizeBytes - strayBytes, reason };
}

/** The last offset of the batch that begins there; -1 if none does. */
function lastOffsetAt(log: File, position: number): number {
  const scanner = scanFrom(log, position);
  return scanner?.next() === true ? scanner.batch.lastOffset : -1;
}

/** What is wrong with a time entry, looked for from a position before its batch. */
function timeMismatch(
  log: File,
  fromPosition: number,
  entry: { readonly timestamp: number; readonly offset: number },
): string | undefined {
  const scanner = scanFrom(log, fromPosition);
  while (scanner?.next() === true) {
    const { lastOffset, maxTimestamp } = scanner.batch;
    if (lastOffset < entry.offset) continue;
    if (lastOffset > entry.offset) {
      return `indexed offset ${entry.offset}, found log offset ${lastOffset}`;
    }
    if (maxTimestamp === entry.timestamp) return undefined;
    return `index timestamp ${entry.timestamp}, log timestamp ${maxTimestamp}`;
  }
  return `indexed offset ${entry.offset}, found log offset -1`;
}

function scanFrom(log: File, position: number): BatchScanner | undefined {
  const endPosition = log.stat().sizeBytes;
  if (position < 0 || position >= endPosition) return undefined;
  return new BatchScanner(log, {
    startPosition: position,
    endPosition,
    checkCrcFrom: Infinity,
    chunkBytes: PROBE_BYTES,
  });
}
