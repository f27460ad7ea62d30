/** Where a reader that passes over damage goes on. */
import { ATTRIBUTES_AT, CRC_AT, HEADER_BYTES } from '../batch/format.js';
import { crc32c } from '../bytes/crc32c.js';
import type { File } from '../fs/file-system.js';
import { BatchScanner, type ScanStop } from './batch-scanner.js';
import { findGoodBatch, goodBatchesFrom } from './good-batch.js';

const CHUNK_BYTES = 64 * 1024;

export interface Resumption {
  readonly position: number;
  /** Of the batch there. */
  readonly baseOffset: number;
}

export interface ResumptionQuestion {
  readonly stop: ScanStop;
  /** What was to begin at the stop. */
  readonly dueOffset: number;
  /** Where the segment behind this one begins; undefined if there is none. */
  readonly nextBase?: number | undefined;
}

/**
 * The first batch behind the stop that can be believed; undefined if the segment has none. A base
 * offset is not under the checksum: where offsets are missing before a batch, what stands behind it must
 * bear it out. A batch that fits in before it refutes it; the last one of a log is not believed.
 */
export function findBehind(log: File, question: ResumptionQuestion): Resumption | undefined {
  const { stop, dueOffset, nextBase } = question;
  const position = findResumption(log, stop, dueOffset);
  if (position === undefined) return undefined;
  const scanner = new BatchScanner(log, {
    startPosition: position,
    endPosition: log.stat().sizeBytes,
    checkCrcFrom: 0,
  });
  if (!scanner.next()) return undefined;
  const { baseOffset, nextOffset } = scanner.batch;
  if (baseOffset <= dueOffset) return { position, baseOffset };
  const isLast = !scanner.next();
  const behind = isLast ? nextBase : scanner.batch.baseOffset;
  const isUnclear = behind === undefined && stop.kind === 'gap';
  const isRefuted = behind !== undefined && behind >= dueOffset && behind < nextOffset;
  if (!isRefuted) return isUnclear ? undefined : { position, baseOffset };
  return isLast ? undefined : { position: scanner.position, baseOffset: behind };
}

/**
 * The position of the next good batch behind a stop whose offsets are at or past `minOffset`;
 * undefined if none follows, or if what follows cannot be told from a value that looks like one.
 */
export function findResumption(log: File, stop: ScanStop, minOffset: number): number | undefined {
  switch (stop.kind) {
    case 'gap':
      return stop.position;
    case 'invalid':
    case 'unsupported':
      return findGoodBatch(log, stop.position, minOffset);
    case 'bad-crc':
      return (
        findGoodBatch(log, stop.position, minOffset) ??
        findBehindWrongLength(log, stop.position, minOffset)
      );
    case 'incomplete':
      return findBehindWrongLength(log, stop.position, minOffset);
    case 'end':
    case 'zeros':
      return undefined;
  }
}

/**
 * A batch's length is not under its checksum. Where the length leads past the end of the file, or to
 * it, but the checksum is right for the bytes up to a good batch, the length is what is damaged. (That
 * a good batch follows proves nothing by itself: the value of a torn record may hold one.)
 */
function findBehindWrongLength(
  log: File,
  badPosition: number,
  minOffset: number,
): number | undefined {
  const sizeBytes = log.stat().sizeBytes - badPosition;
  if (sizeBytes < 2 * HEADER_BYTES) return undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  log.readAt(header, 0, HEADER_BYTES, badPosition);
  const crc = header.readUInt32BE(CRC_AT);
  // Of the bytes up to `position`: each is read once, however many good batches follow.
  let covered = 0;
  let position = badPosition + ATTRIBUTES_AT;
  for (const found of goodBatchesFrom(log, badPosition + HEADER_BYTES, { minOffset })) {
    covered = extendCrc(log, covered, position, found);
    position = found;
    if (covered === crc) return found;
  }
  return undefined;
}

/** The CRC `before` as it is with the bytes [from, to) of the file behind it. */
function extendCrc(log: File, before: number, from: number, to: number): number {
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, to - from));
  let crc = before;
  for (let position = from; position < to;) {
    const read = log.readAt(chunk, 0, Math.min(chunk.length, to - position), position);
    if (read === 0) return crc;
    crc = crc32c(chunk, 0, read, crc);
    position += read;
  }
  return crc;
}
