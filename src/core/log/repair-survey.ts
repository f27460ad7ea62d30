/**
 * Looks at all of a partition and says what a repair would do. Nothing is written. An interrupted change
 * is seen as if it had been finished, for that is the first thing that a repair does.
 */
import { assert } from '../assert.js';
import { isCoreError } from '../errors.js';
import type { FileSystem } from '../fs/file-system.js';
import {
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
  parseSegmentFileName,
  segmentPath,
} from '../segment/file-names.js';
import { type LeftoverPlan, planLeftovers } from '../segment/leftovers.js';
import type { TailContext } from '../segment/tail-verdict.js';
import type { ControlState } from './control-file.js';
import { LEADER_EPOCH_CHECKPOINT, type LeaderEpochEntry } from './leader-epoch-checkpoint.js';
import type { LogView } from './log-view.js';
import { withRange } from './offset-range.js';
import { actionsOf } from './repair-actions.js';
import { findLosses } from './repair-losses.js';
import type { Irreparable, LogRepairPlan, SegmentRewrite } from './repair-plan.js';
import { type Salvage, isDamaged, salvageLog } from './repair-salvage.js';
import { freeOffset, indexedEnd, unfinishedPosition } from './repair-tail.js';
import type { Finding } from './verify-finding.js';
import { INDEX_LIMIT_BYTES } from './verify-index-content.js';
import { readLeaderEpochs } from './verify-leader-epochs.js';

export interface SurveyQuestion {
  readonly view: LogView;
  /** As it is, or as it will be made anew. */
  readonly control: ControlState;
  readonly isControlSound: boolean;
  /** What a verification of the partition found. */
  readonly findings: readonly Finding[];
}

/** Yields bytes that were read. */
export function* surveyLog(question: SurveyQuestion): Generator<number, LogRepairPlan> {
  const survey = new Survey(question);
  yield* survey.readSegments();
  return survey.plan();
}

interface SeenSegment {
  readonly path: string;
  readonly salvage: Salvage;
}

class Survey {
  readonly #view: LogView;
  readonly #fs: FileSystem;
  readonly #control: ControlState;
  readonly #isControlSound: boolean;
  readonly #findings: readonly Finding[];
  readonly #leftovers: LeftoverPlan;
  /** By base offset, rising: where the log is. */
  readonly #paths: ReadonlyMap<number, string>;
  readonly #segments: SeenSegment[] = [];
  readonly #irreparable: Irreparable[] = [];
  #cutPosition: number | undefined;

  constructor({ view, control, isControlSound, findings }: SurveyQuestion) {
    this.#view = view;
    this.#fs = view.fs;
    this.#control = control;
    this.#isControlSound = isControlSound;
    this.#findings = findings;
    const { directory } = view.location;
    const names = view.fs.list(directory);
    this.#leftovers = planLeftovers(names);
    this.#paths = standingLogs(directory, names, this.#leftovers);
  }

  *readSegments(): Generator<number, void> {
    const baseOffsets = [...this.#paths.keys()];
    for (const [index, baseOffset] of baseOffsets.entries()) {
      const nextBase = baseOffsets[index + 1];
      const path = this.#paths.get(baseOffset);
      assert(path !== undefined, 'the segment was listed');
      const salvage = yield* this.#readSegment(path, baseOffset, nextBase);
      if (salvage.refusal !== undefined) {
        this.#irreparable.push({ file: path, reason: salvage.refusal });
      }
      this.#segments.push({ path, salvage });
    }
  }

  *#readSegment(
    path: string,
    baseOffset: number,
    nextBase: number | undefined,
  ): Generator<number, Salvage> {
    try {
      const log = this.#fs.open(path, 'read');
      try {
        const { allowGaps } = this.#view;
        const question = { baseOffset, nextBase, allowGaps };
        if (nextBase !== undefined) return this.#refuse(yield* salvageLog(log, question));
        const cutPosition = unfinishedPosition(log, baseOffset, this.#contextOf(baseOffset));
        const salvage = yield* salvageLog(log, { ...question, endPosition: cutPosition });
        if (cutPosition === undefined) return this.#refuse(salvage);
        // With damage before it the whole segment is written anew, and the torn bytes are left out.
        if (isDamaged(salvage)) return this.#refuse(yield* salvageLog(log, question));
        this.#cutPosition = cutPosition;
        return salvage;
      } finally {
        log.close();
      }
    } catch (error) {
      if (!isCoreError(error, 'IO_ERROR') && !isCoreError(error, 'NOT_A_REGULAR_FILE')) throw error;
      return refused(baseOffset, nextBase, error.message);
    }
  }

  #contextOf(baseOffset: number): TailContext {
    if (this.#isControlSound) return this.#view.tailContext(baseOffset);
    const { activeBaseOffset, syncedPosition } = this.#control;
    const isActive = activeBaseOffset === baseOffset;
    return { syncedPosition: isActive ? syncedPosition : 0, afterPowerCut: false };
  }

  /** What is damaged here and cannot be rewritten without losing something that no checksum tells. */
  #refuse(salvage: Salvage): Salvage {
    if (salvage.refusal !== undefined || !isDamaged(salvage)) return salvage;
    if (this.#view.allowGaps) {
      return { ...salvage, refusal: 'a compacted topic: nothing tells what is missing there' };
    }
    const { directory } = this.#view.location;
    const aborted = this.#fs.stat(segmentPath(directory, salvage.baseOffset, TXN_INDEX_SUFFIX));
    if (aborted === undefined || aborted.sizeBytes === 0) return salvage;
    return {
      ...salvage,
      refusal: 'it has aborted transactions, which only a Kafka broker can sort',
    };
  }

  plan(): LogRepairPlan {
    const rewrites = this.#rewrites;
    const last = this.#segments.at(-1)?.salvage;
    const isLastRewritten = rewrites.some(({ salvage }) => salvage === last);
    const endOffset = last?.refusal === undefined ? this.#endOffset(last) : last.endOffset;
    const goesOn = last === undefined || isLastRewritten || endOffset > last.endOffset;
    const newBaseOffset = goesOn && last?.refusal === undefined ? endOffset : undefined;
    const isSealed = newBaseOffset !== undefined && !isLastRewritten && last !== undefined;
    const cut = this.#cutPosition;
    const activeBaseOffset = last?.baseOffset;
    const plan = {
      rewrites,
      newBaseOffset,
      sealedBaseOffset: isSealed ? last.baseOffset : undefined,
      cut:
        cut === undefined || activeBaseOffset === undefined
          ? undefined
          : { baseOffset: activeBaseOffset, position: cut },
      staleIndexes: this.#staleIndexes(rewrites),
      activeBaseOffset,
      hasLeftovers: this.#leftovers.remove.length + this.#leftovers.rename.length > 0,
      leaderEpochs: this.#leaderEpochs(),
      losses: findLosses({
        salvages: this.#segments.map(({ salvage }, index) => this.#asTrusted(salvage, index)),
        logStartOffset: this.#startOffset,
        endOffset,
        knownRanges: this.#control.failedRanges.reduce(withRange, [...this.#control.lostRanges]),
        allowGaps: this.#view.allowGaps,
      }),
      irreparable: this.#irreparable,
    };
    return { ...plan, actions: actionsOf(plan, this.#view.location.directory) };
  }

  get #rewrites(): SegmentRewrite[] {
    return this.#segments.filter(
      ({ salvage }) => salvage.refusal === undefined && isDamaged(salvage),
    );
  }

  /** Of a segment that is left as it is nothing is given up, whatever it looks like. */
  #asTrusted(salvage: Salvage, index: number): Salvage {
    if (salvage.refusal === undefined) return salvage;
    const { baseOffset } = salvage;
    const nextBase = this.#segments[index + 1]?.salvage.baseOffset;
    const endOffset = nextBase ?? salvage.endOffset;
    const noTime = { firstTimestamp: -1, lastTimestamp: -1 };
    const run = { firstOffset: baseOffset, endOffset, extents: [], ...noTime };
    return { ...salvage, badPlaces: [], runs: [run] };
  }

  /** What is below it is not missed. A folder that came from a broker begins where its epochs do. */
  get #startOffset(): number {
    const first = this.#segments[0]?.salvage.baseOffset ?? 0;
    if (!this.#isControlSound) return first;
    const { entries } = readLeaderEpochs(this.#fs, this.#view.location.directory);
    return Math.max(this.#control.logStartOffset, entries?.[0]?.startOffset ?? 0);
  }

  #endOffset(last: Salvage | undefined): number {
    const densities = this.#segments.map(({ salvage }) => salvage.recordsPerByteMax);
    return freeOffset({
      last,
      control: this.#control,
      recordsPerByteMax: Math.max(...densities, 1 / 7),
      indexedEnd:
        last === undefined
          ? 0
          : indexedEnd(this.#fs, this.#view.location.directory, last.baseOffset),
    });
  }

  #staleIndexes(rewrites: readonly SegmentRewrite[]): number[] {
    const stale = new Set<number>();
    for (const { file, position } of this.#findings) {
      const parsed = parseSegmentFileName(file.slice(file.lastIndexOf('/') + 1));
      if (parsed === undefined || position === INDEX_LIMIT_BYTES) continue;
      const isIndex = [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX].includes(parsed.suffix);
      if (isIndex && this.#paths.has(parsed.baseOffset)) stale.add(parsed.baseOffset);
    }
    // What an interrupted change brings in has none yet, and no verification has seen it.
    for (const baseOffset of this.#paths.keys()) {
      if (!this.#hasIndexes(baseOffset)) stale.add(baseOffset);
    }
    for (const { salvage } of rewrites) stale.delete(salvage.baseOffset);
    for (const { salvage } of this.#segments) {
      if (salvage.refusal !== undefined) stale.delete(salvage.baseOffset);
    }
    return [...stale].sort((a, b) => a - b);
  }

  #hasIndexes(baseOffset: number): boolean {
    const { directory } = this.#view.location;
    return [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX].every(
      (suffix) => this.#fs.stat(segmentPath(directory, baseOffset, suffix)) !== undefined,
    );
  }

  #leaderEpochs(): readonly LeaderEpochEntry[] | undefined {
    const isWrong = this.#findings.some(
      ({ kind, file }) => kind === 'damage' && file.endsWith(`/${LEADER_EPOCH_CHECKPOINT}`),
    );
    if (!isWrong) return undefined;
    const entries: LeaderEpochEntry[] = [];
    for (const entry of this.#segments.flatMap(({ salvage }) => salvage.leaderEpochs)) {
      if (entry.epoch > (entries.at(-1)?.epoch ?? -1)) entries.push(entry);
    }
    if (entries.length > 0) return entries;
    return [{ epoch: 0, startOffset: this.#segments[0]?.salvage.baseOffset ?? 0 }];
  }
}

/** By base offset, rising: the logs as they stand once `leftovers` are finished. */
function standingLogs(
  directory: string,
  names: readonly string[],
  { rename }: LeftoverPlan,
): ReadonlyMap<number, string> {
  const swapped = rename
    .map(({ from }) => from)
    .filter((name) => name.endsWith(LOG_SUFFIX + SWAP_SUFFIX));
  const paths = new Map<number, string>();
  for (const name of [...names, ...swapped]) {
    const parsed = parseSegmentFileName(name);
    if (parsed === undefined) continue;
    const isLog = parsed.suffix === LOG_SUFFIX || swapped.includes(name);
    if (isLog) paths.set(parsed.baseOffset, `${directory}/${name}`);
  }
  return new Map([...paths].sort(([a], [b]) => a - b));
}

function refused(baseOffset: number, nextBase: number | undefined, refusal: string): Salvage {
  return {
    baseOffset,
    sizeBytes: 0,
    runs: [],
    badPlaces: [],
    mended: [],
    endOffset: nextBase ?? baseOffset,
    recordsPerByteMax: 0,
    leaderEpochs: [],
    refusal,
  };
}
