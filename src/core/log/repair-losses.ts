/** Which records are lost, once it is known what of the segments is good. */
import type { OffsetRange } from './offset-range.js';
import { isCovered } from './offset-range.js';
import type { RecordLoss } from './repair-plan.js';
import type { Salvage, SalvagedRun } from './repair-salvage.js';

export interface LossQuestion {
  /** Of all segments that were read, in order. */
  readonly salvages: readonly Salvage[];
  /** Records below it are gone already, and not missed. */
  readonly logStartOffset: number;
  /** Exclusive: where the log will end. */
  readonly endOffset: number;
  /** Known to be missing: given up before, or never synced. */
  readonly knownRanges: readonly OffsetRange[];
  readonly allowGaps: boolean;
}

/** The stretches of offsets that no good batch covers, in order. */
export function findLosses(question: LossQuestion): RecordLoss[] {
  const { salvages, logStartOffset, endOffset, knownRanges, allowGaps } = question;
  if (allowGaps) return [];
  const runs = salvages.flatMap((salvage) => salvage.runs);
  const losses: RecordLoss[] = [];
  let before: SalvagedRun | undefined;
  let due = logStartOffset;
  for (const run of [...runs, undefined]) {
    const range = { firstOffset: due, endOffset: run?.firstOffset ?? endOffset };
    if (range.firstOffset < range.endOffset && !isCovered(range, knownRanges)) {
      losses.push({
        ...range,
        isAtEnd: run === undefined,
        damagedBytes: damagedBytesIn(salvages, {
          firstOffset: before?.endOffset ?? 0,
          endOffset: range.endOffset,
        }),
        afterTimestamp: timestampOf(before?.lastTimestamp),
        beforeTimestamp: timestampOf(run?.firstTimestamp),
      });
    }
    if (run === undefined) break;
    due = Math.max(due, run.endOffset);
    before = run;
  }
  return losses;
}

function damagedBytesIn(salvages: readonly Salvage[], range: OffsetRange): number {
  return salvages
    .flatMap(({ badPlaces }) => badPlaces)
    .filter(({ isGhost }) => !isGhost)
    .filter(({ offset }) => offset >= range.firstOffset && offset < range.endOffset)
    .reduce((sum, { position, endPosition }) => sum + endPosition - position, 0);
}

function timestampOf(timestamp: number | undefined): number | null {
  return timestamp === undefined || timestamp < 0 ? null : timestamp;
}

/** Whether everything that `losses` has is in what was `shown`. */
export function isWithin(losses: readonly RecordLoss[], shown: readonly RecordLoss[]): boolean {
  return losses.every((loss) => isCovered(loss, shown));
}
