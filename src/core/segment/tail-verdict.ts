/**
 * What the end of a scan means. The same bytes are harmless in one place and damage in another:
 *
 * - `whole`: every byte belongs to a batch.
 * - `unfinished`: an append that is under way, or that died: never acknowledged. Readers take it as
 *   "not there yet"; a writer keeps the bytes aside, cuts them off and goes on.
 * - `damaged`: records that had been written, and may have been acknowledged, are unreadable. Never
 *   cut. `resumesAt` is the next good batch behind the damage, if there is one, `readableOffset` the
 *   end of the last good one, and `endOffset` the same; undefined where what stands behind that one was
 *   acknowledged too, for then nobody can tell which offsets were given out.
 *
 * A bad place is `unfinished` only at or past the position up to which the segment is known to be on
 * disk, and only if no good batch follows it. A power cut is the exception to the second half: pages
 * that were never synced survive in any order, so past the synced position the first bad batch is
 * the end whatever follows, and none of it had been acknowledged. (Alagappan et al., "Protocol-Aware
 * Recovery for Consensus-Based Storage", FAST '18, on telling the two apart.)
 */
import type { File } from '../fs/file-system.js';
import { BatchScanner, type ScanStop } from './batch-scanner.js';
import { isOldMessage } from './old-message.js';
import { findBehind, findResumption } from './resumption.js';
import type { SegmentScan } from './segment-scan.js';

export type TailVerdict =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unfinished'; readonly stop: ScanStop }
  | {
      readonly kind: 'damaged';
      readonly stop: ScanStop;
      readonly resumesAt: number | undefined;
      readonly readableOffset: number;
      readonly endOffset: number | undefined;
    };

export interface TailContext {
  /** Bytes of the segment that are certainly on disk. */
  readonly syncedPosition: number;
  /** The machine may have lost power since the segment was last written. */
  readonly afterPowerCut: boolean;
  /** Records at this offset were never synced, though others behind them may have been. */
  isFailed?(offset: number): boolean;
}

export function judgeTail(log: File, scan: SegmentScan, context: TailContext): TailVerdict {
  const { stop, tail } = scan;
  if (stop.kind === 'end') return { kind: 'whole' };
  const isBeyondSynced = stop.position >= context.syncedPosition;
  // A torn header, with zeros or garbage in it, can look like one; a segment of that format begins with one.
  const isOldFormat = stop.kind === 'unsupported' && stop.position === 0 && isOldMessage(log, 0);
  const mayBeCut = context.afterPowerCut && context.isFailed?.(tail.nextOffset) !== true;
  if (isBeyondSynced && mayBeCut && !isOldFormat) return { kind: 'unfinished', stop };
  if (stop.kind === 'gap' || stop.kind === 'unsupported') {
    const readableOffset = lastGood(log, stop, tail.nextOffset).endOffset;
    return { kind: 'damaged', stop, resumesAt: undefined, readableOffset, endOffset: undefined };
  }
  const resumesAt = findResumption(log, stop, tail.nextOffset);
  if (isBeyondSynced && resumesAt === undefined) return { kind: 'unfinished', stop };
  const last = lastGood(log, stop, tail.nextOffset);
  // What is known to be on disk, and stands behind the last good batch, was given offsets as well.
  const isKnown = resumesAt !== undefined && last.stopPosition >= context.syncedPosition;
  const endOffset = isKnown ? last.endOffset : undefined;
  return { kind: 'damaged', stop, resumesAt, readableOffset: last.endOffset, endOffset };
}

/**
 * The end of the last good batch behind a stop, passing over further damage (`minOffset` if there is
 * none), and where the segment stops for good: the end of the file, if no damage stands before it.
 */
function lastGood(
  log: File,
  firstStop: ScanStop,
  minOffset: number,
): { readonly endOffset: number; readonly stopPosition: number } {
  let endOffset = minOffset;
  let stop = firstStop;
  for (;;) {
    const found = findBehind(log, { stop, dueOffset: endOffset });
    if (found === undefined) return { endOffset, stopPosition: stop.position };
    const scanner = new BatchScanner(log, {
      startPosition: found.position,
      endPosition: log.stat().sizeBytes,
      checkCrcFrom: 0,
      expectedOffset: found.baseOffset,
    });
    while (scanner.next()) endOffset = Math.max(endOffset, scanner.batch.nextOffset);
    if (scanner.stop === undefined || scanner.stop.kind === 'end') {
      return { endOffset, stopPosition: Infinity };
    }
    stop = scanner.stop;
  }
}
