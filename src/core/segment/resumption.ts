/** Where a reader that passes over damage goes on. */
import type { File } from '../fs/file-system.js';
import { BatchScanner, type ScanStop } from './batch-scanner.js';
import { findResumption } from './tail-verdict.js';

export interface Resumption {
  readonly position: number;
  /** Of the batch there. */
  readonly baseOffset: number;
}

export interface ResumptionQuestion {
  readonly stop: ScanStop;
  /** The offset that was due at the stop. */
  readonly expectedOffset: number;
  /** No good batch behind the stop begins below it. */
  readonly minOffset: number;
}

/**
 * The first batch behind the stop that can be believed; undefined if the segment has none. A base
 * offset is not under the checksum: a batch that begins too late is refuted by one behind it that fits
 * in before.
 */
export function findBehind(log: File, question: ResumptionQuestion): Resumption | undefined {
  const { stop, expectedOffset, minOffset } = question;
  const position = findResumption(log, stop, minOffset);
  if (position === undefined) return undefined;
  const scanner = new BatchScanner(log, {
    startPosition: position,
    endPosition: log.stat().sizeBytes,
    checkCrcFrom: 0,
  });
  if (!scanner.next()) return undefined;
  const { baseOffset } = scanner.batch;
  if (baseOffset > expectedOffset && scanner.next()) {
    const behind = scanner.batch.baseOffset;
    const isRefuted = behind >= expectedOffset && behind <= baseOffset;
    if (isRefuted) return { position: scanner.position, baseOffset: behind };
  }
  return { position, baseOffset };
}
