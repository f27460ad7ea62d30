/** Batches that were given out and whose success is not known, in sentences. */
import type { BatchRange } from '../core/index.js';
import type { PendingDocument } from './group-document.js';
import { localMoment } from './group-time.js';

/** `orders:0:12-14 orders:1:7`, both ends included, as SPOOL_BATCH_RANGES has it. */
export function rangesText(ranges: readonly BatchRange[]): string {
  return ranges
    .filter(({ firstOffset, endOffset }) => endOffset > firstOffset)
    .map(({ topic, partition, firstOffset, endOffset }) => {
      const last = endOffset - 1;
      return `${topic}:${partition}:${firstOffset === last ? last : `${firstOffset}-${last}`}`;
    })
    .join(' ');
}

/** `batch 7f3a, attempt 2 (orders:0:12-14)` */
export function batchText({ id, attempt, ranges }: PendingDocument): string {
  return `batch ${id}, attempt ${attempt} (${rangesText(ranges)})`;
}

/** `worker`: who works on it, in words; undefined: nobody does. */
export function pendingText(batch: PendingDocument, worker: string | undefined): string {
  const state = worker === undefined ? 'the next run repeats it' : `${worker} is working on it`;
  return `${batchText(batch)}, since ${localMoment(batch.since)}: ${state}`;
}

export function givenUpText(group: string, batch: PendingDocument): string {
  return `${group}: ${batchText(batch)} was given up: it will not be repeated`;
}
