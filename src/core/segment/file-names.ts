/**
 * The names of a segment's files, as Kafka has them (LogFileUtils, LocalLog): the base offset in 20
 * decimal digits, a suffix that says what the file holds, and while it comes or goes a second one:
 * `.deleted` (being removed), `.cleaned` (half-made by compaction), `.swap` (made whole, about to
 * replace what stands under the plain name).
 */
import type { FileSystem } from '../fs/file-system.js';

const BASE_OFFSET_DIGITS = 20;

export const LOG_SUFFIX = '.log';
export const OFFSET_INDEX_SUFFIX = '.index';
export const TIME_INDEX_SUFFIX = '.timeindex';
export const TXN_INDEX_SUFFIX = '.txnindex';
export const PRODUCER_SNAPSHOT_SUFFIX = '.snapshot';
export const DELETED_SUFFIX = '.deleted';
export const CLEANED_SUFFIX = '.cleaned';
export const SWAP_SUFFIX = '.swap';
/** The bytes that recovery cut off a `.log`, kept aside. Ours, not Kafka's; Kafka ignores it. */
export const TORN_SUFFIX = '.log.torn';
/** The same for bytes that a repair took out of a `.log`. */
export const DAMAGED_SUFFIX = '.log.damaged';

/** The `.log` comes first: it is the segment, the rest is derived from it. */
export const SEGMENT_SUFFIXES = [
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
  PRODUCER_SNAPSHOT_SUFFIX,
  TORN_SUFFIX,
] as const;

export function segmentFileName(baseOffset: number, suffix: string): string {
  return String(baseOffset).padStart(BASE_OFFSET_DIGITS, '0') + suffix;
}

export function segmentPath(directory: string, baseOffset: number, suffix: string): string {
  return `${directory}/${segmentFileName(baseOffset, suffix)}`;
}

/** The base offset that a file name begins with and the rest of it, or undefined. */
export function parseSegmentFileName(
  name: string,
): { readonly baseOffset: number; readonly suffix: string } | undefined {
  const match = /^(\d{20})(\..+)$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const baseOffset = Number(match[1]);
  return Number.isSafeInteger(baseOffset) ? { baseOffset, suffix: match[2] } : undefined;
}

/** Bytes that were taken out of a `.log` and are kept beside it: the first of their kind, or a later one. */
export function isKeptAside(suffix: string): boolean {
  return /^\.log\.(?:torn|damaged)(?:\.[1-9]\d*)?$/.test(suffix);
}

/** Base offsets, ascending, of the segments among `names`: each `.log` file is one. */
export function baseOffsetsOf(names: readonly string[]): number[] {
  const baseOffsets: number[] = [];
  for (const name of names) {
    const parsed = parseSegmentFileName(name);
    if (parsed?.suffix === LOG_SUFFIX) baseOffsets.push(parsed.baseOffset);
  }
  return baseOffsets.sort((a, b) => a - b);
}

export function listBaseOffsets(fs: FileSystem, directory: string): number[] {
  return baseOffsetsOf(fs.list(directory));
}
