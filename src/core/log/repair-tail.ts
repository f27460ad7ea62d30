/**
 * The end of a log, as a repair has to see it: what of the last segment is an append that never
 * finished, and which offset is certainly still free.
 */
import type { File, FileSystem } from '../fs/file-system.js';
import { scanWhole } from '../segment/segment-scan.js';
import { closeSegment, openSegment } from '../segment/segment.js';
import { type TailContext, judgeTail } from '../segment/tail-verdict.js';
import type { ControlState } from './control-file.js';
import { type Salvage, badTail } from './repair-salvage.js';

/** Where an unfinished append begins at the end of the last segment; undefined if it ends in none. */
export function unfinishedPosition(
  log: File,
  baseOffset: number,
  context: TailContext,
): number | undefined {
  const segment = { baseOffset, log, offsetIndex: undefined, timeIndex: undefined };
  const scan = scanWhole(segment, { indexIntervalBytes: Infinity, checkCrcFrom: 0 });
  const verdict = judgeTail(log, scan, context);
  return verdict.kind === 'unfinished' ? verdict.stop.position : undefined;
}

export interface EndQuestion {
  /** Of the last segment; undefined if the log has none. */
  readonly last: Salvage | undefined;
  readonly control: ControlState;
  readonly recordsPerByteMax: number;
  /** Behind the last entry of either index of the last segment; 0 without one. */
  readonly indexedEnd: number;
}

/** An offset that nobody was given, and none before it can be had: where the log has to go on. */
export function freeOffset({ last, control, recordsPerByteMax, indexedEnd }: EndQuestion): number {
  const goodEnd = last?.endOffset ?? 0;
  const known = Math.max(
    goodEnd,
    control.logStartOffset,
    ...control.lostRanges.map(({ endOffset }) => endOffset),
  );
  const { activeBaseOffset, syncedPosition } = control;
  if (activeBaseOffset > (last?.baseOffset ?? -1)) {
    return Math.max(known, activeBaseOffset + Math.ceil(syncedPosition * recordsPerByteMax));
  }
  if (last === undefined) return known;
  const { claimedCount, unclaimedBytes } = lostAtEnd(last, control);
  if (claimedCount + unclaimedBytes === 0) return known;
  const failedEnds = control.failedRanges.map(({ endOffset }) => endOffset);
  const heldMax = goodEnd + claimedCount + Math.ceil(unclaimedBytes * recordsPerByteMax);
  return Math.max(known, indexedEnd, heldMax, ...failedEnds);
}

/** What stood behind the last good batch. An unfinished append is no part of it. */
function lostAtEnd(
  last: Salvage,
  { activeBaseOffset, syncedPosition }: ControlState,
): { readonly claimedCount: number; readonly unclaimedBytes: number } {
  let claimedCount = 0;
  let unclaimedBytes = 0;
  for (const { offsetCount, position, endPosition } of badTail(last)) {
    if (offsetCount === undefined) unclaimedBytes += endPosition - position;
    else claimedCount += offsetCount;
  }
  // What was on disk once, and is missing, may have held as much as what is there.
  const isActive = activeBaseOffset === last.baseOffset;
  const missingBytes = isActive ? Math.max(0, syncedPosition - last.sizeBytes) : 0;
  return { claimedCount, unclaimedBytes: unclaimedBytes + missingBytes };
}

/** Behind the last entry of the indexes; 0 without one. An entry may be wrong: then it is too large. */
export function indexedEnd(fs: FileSystem, directory: string, baseOffset: number): number {
  const segment = openSegment(fs, directory, baseOffset);
  try {
    const offsets = [segment.offsetIndex?.last()?.offset, segment.timeIndex?.last()?.offset];
    return Math.max(0, ...offsets.map((offset) => (offset === undefined ? 0 : offset + 1)));
  } finally {
    closeSegment(segment);
  }
}
