/**
 * When a new segment begins (Kafka: LogSegment.shouldRoll). Asked before each batch; time-based
 * rolling goes by the records' timestamps, so an idle segment is never rolled by it.
 */
import { OFFSET_INDEX_ENTRY_BYTES } from '../segment/offset-index.js';
import { TIME_INDEX_ENTRY_BYTES } from '../segment/time-index.js';
import type { LogConfig } from './log-config.js';

const MAX_INT32 = 2 ** 31 - 1;

export interface RollQuestion {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  /** The first batch's largest timestamp; undefined in an empty segment, -1 if it has none. */
  readonly firstTimestamp: number | undefined;
  readonly offsetEntryCount: number;
  readonly timeEntryCount: number;
  readonly batchBytes: number;
  readonly batchMaxTimestamp: number;
  readonly batchLastOffset: number;
}

export type RollReason = 'size' | 'time' | 'index-full' | 'offset-overflow';

export function rollReason(question: RollQuestion, config: LogConfig): RollReason | undefined {
  const { sizeBytes, firstTimestamp, batchMaxTimestamp } = question;
  if (question.batchLastOffset - question.baseOffset > MAX_INT32) return 'offset-overflow';
  if (sizeBytes === 0) return undefined;
  const segmentBytes = Math.min(config.segmentBytes, MAX_INT32);
  if (sizeBytes > segmentBytes - question.batchBytes) return 'size';
  if (firstTimestamp !== undefined && firstTimestamp >= 0 && batchMaxTimestamp >= 0) {
    const limitMs = config.segmentMs - jitterMs(question.baseOffset, config.segmentJitterMs);
    if (batchMaxTimestamp - firstTimestamp > limitMs) return 'time';
  }
  const maxOffsetEntries = Math.floor(config.segmentIndexBytes / OFFSET_INDEX_ENTRY_BYTES);
  const maxTimeEntries = Math.floor(config.segmentIndexBytes / TIME_INDEX_ENTRY_BYTES);
  // One time entry is kept free for the one that is written when the segment is sealed.
  const isFull =
    question.offsetEntryCount >= maxOffsetEntries || question.timeEntryCount >= maxTimeEntries - 1;
  return isFull ? 'index-full' : undefined;
}

/**
 * Kafka draws the jitter when it opens a segment; many short processes append to ours, so it is
 * drawn from the base offset and every one of them finds the same.
 */
function jitterMs(baseOffset: number, maxJitterMs: number): number {
  if (maxJitterMs <= 0) return 0;
  const hash = Math.imul((baseOffset % 0x1_0000_0000) ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  return Math.floor((hash / 0x1_0000_0000) * maxJitterMs);
}
