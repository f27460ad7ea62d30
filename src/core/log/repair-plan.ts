/** What a repair of one partition would do, and what it costs: made by `planRepair`, shown before it is done. */
import type { LeaderEpochEntry } from './leader-epoch-checkpoint.js';
import type { OffsetRange } from './offset-range.js';
import type { Salvage } from './repair-salvage.js';

export type RepairActionKind =
  | 'write-control-file'
  | 'finish-interrupted-change'
  | 'cut-tail'
  | 'replace-segment'
  | 'begin-segment'
  | 'give-up-offsets'
  | 'rebuild-indexes'
  | 'write-leader-epochs'
  | 'write-partition-metadata';

export interface RepairAction {
  readonly kind: RepairActionKind;
  readonly file: string;
  /** For a person: what is done to the file. */
  readonly text: string;
}

/** Records that cannot be had back from what is on the disk. */
export interface RecordLoss extends OffsetRange {
  /** Nothing follows that tells how many there were: no more than this, and often fewer. */
  readonly isAtEnd: boolean;
  /** Bytes of the log that are taken out and kept aside; 0 where they are missing. */
  readonly damagedBytes: number;
  /** The newest timestamp of the batch before, and the first of the batch behind; null where there is none. */
  readonly afterTimestamp: number | null;
  readonly beforeTimestamp: number | null;
}

export interface Irreparable {
  readonly file: string;
  readonly reason: string;
}

export interface RepairPlan {
  /** In the order in which they are done; none: nothing is wrong, or nothing of it can be repaired. */
  readonly actions: readonly RepairAction[];
  readonly losses: readonly RecordLoss[];
  readonly irreparable: readonly Irreparable[];
}

export interface SegmentRewrite {
  readonly salvage: Salvage;
  /** Where the log is now; while an interrupted change is not finished, not where it belongs. */
  readonly path: string;
}

/** The same with what is needed to do it. */
export interface LogRepairPlan extends RepairPlan {
  readonly hasLeftovers: boolean;
  readonly rewrites: readonly SegmentRewrite[];
  /** An unfinished append at the end of the last segment. */
  readonly cut: { readonly baseOffset: number; readonly position: number } | undefined;
  /** Where the log goes on in a new segment. */
  readonly newBaseOffset: number | undefined;
  /** The last segment, if it is sealed by that. */
  readonly sealedBaseOffset: number | undefined;
  /** Segments whose indexes are wrong, and that are not rewritten. */
  readonly staleIndexes: readonly number[];
  readonly activeBaseOffset: number | undefined;
  readonly leaderEpochs: readonly LeaderEpochEntry[] | undefined;
}
