/**
 * Repairs one partition under its lock. Like a writer it may die anywhere: each step leaves a log that
 * ordinary commands read and write as before the repair or as after it, and that another repair ends.
 *
 * In this order, because what needs room comes before what changes anything (a full disk stops it in 1),
 * and what promises something before what needs the promise:
 *
 * 1. damaged bytes are kept aside, the good ones written as `.cleaned` segments;
 * 2. an unfinished append is cut off;
 * 3. if the last segment is one that is rewritten, or its end is uncertain: it is synced, and a new segment
 *    begins at an offset that nobody was given, so that all that follows is about sealed segments;
 * 4. the offsets that are lost are written down: from here on readers say so, and go on;
 * 5. the new segments take the place of the old ones (repair-rewrite.ts);
 * 6. the indexes are rebuilt.
 */
import type { Environment } from '../fs/environment.js';
import type { File } from '../fs/file-system.js';
import { DAMAGED_SUFFIX, LOG_SUFFIX, TORN_SUFFIX, segmentPath } from '../segment/file-names.js';
import { removeFiles, sweepLeftovers } from '../segment/leftovers.js';
import { createSegment } from '../segment/segment.js';
import { LEADER_EPOCH_CHECKPOINT, writeLeaderEpochCheckpoint } from './leader-epoch-checkpoint.js';
import type { LogLocation } from './log-location.js';
import { LogLock, type LockWait } from './log-lock.js';
import { withRange } from './offset-range.js';
import { type KeptFile, keepAside } from './repair-aside.js';
import { rebuildActiveIndexes, rebuildSealedIndexes } from './repair-indexes.js';
import type { LogRepairPlan } from './repair-plan.js';
import { swapIn, writeCleaned } from './repair-rewrite.js';
import { tryAnyway } from './sync-failure.js';

export interface LogRepairOptions {
  readonly location: LogLocation;
  readonly indexIntervalBytes: number;
  readonly allowGaps: boolean;
  /** Names a temporary file; used by no other writer. */
  readonly nonce: string;
  /** Throws if the partition no longer belongs to the topic that it was opened for. */
  checkStillOurs(): void;
}

export class LogRepair {
  readonly #env: Environment;
  readonly #options: LogRepairOptions;
  readonly #lock: LogLock;
  #isHalfDone = false;
  readonly #keptAside: string[] = [];

  /** FILE_NOT_FOUND without a control file: see repair-control.ts. */
  constructor(env: Environment, options: LogRepairOptions) {
    this.#env = env;
    this.#options = options;
    this.#lock = new LogLock(env, env.locks.open(options.location.controlPath));
  }

  /** Files that damaged or torn bytes were put into. */
  get keptAside(): readonly string[] {
    return this.#keptAside;
  }

  /** Takes the lock, and finishes or takes back what others left half-done. */
  async begin(wait: LockWait): Promise<void> {
    await this.#lock.acquire(wait);
    this.#check();
    sweepLeftovers(this.#env.fs, this.#options.location.directory);
  }

  /** Carries out a plan that was made under the lock. Yields bytes that were copied. */
  *apply(plan: LogRepairPlan): Generator<number, void> {
    const made = yield* this.#prepare(plan);
    this.#check();
    this.#isHalfDone = true;
    this.#cut(plan);
    this.#beginSegment(plan);
    this.#giveUp(plan);
    const { fs } = this.#env;
    const { directory } = this.#options.location;
    const replaced = plan.rewrites.map(({ salvage }) => salvage.baseOffset);
    swapIn(fs, directory, { replaced, made, check: () => this.#check() });
    yield* this.#rebuildIndexes(plan, made);
    this.#writeLeaderEpochs(plan);
    this.#isHalfDone = false;
  }

  /**
   * Gives the lock back. After a failure half-way it is let go without a word: so the next writer sees
   * that its holder came to grief, and looks for what is left to be finished.
   */
  end(): void {
    if (!this.#isHalfDone) this.#lock.release();
    this.#lock.close();
  }

  #check(): void {
    this.#options.checkStillOurs();
    this.#lock.check();
  }

  /** Step 1. On failure all of it is taken back, so that a full disk is no fuller. */
  *#prepare(plan: LogRepairPlan): Generator<number, number[]> {
    const { fs } = this.#env;
    const { location } = this.#options;
    const kept: KeptFile[] = [];
    const made: number[] = [];
    try {
      for (const file of this.#keepAside(plan)) kept.push(file);
      for (const rewrite of plan.rewrites)
        made.push(...(yield* writeCleaned(fs, location, rewrite)));
    } catch (error) {
      const paths = kept.filter(({ isNew }) => isNew).map(({ path }) => path);
      tryAnyway(() => {
        sweepLeftovers(fs, location.directory);
        removeFiles(fs, paths);
      });
      throw error;
    }
    this.#keptAside.push(...kept.map(({ path }) => path));
    return made;
  }

  *#keepAside({ rewrites, cut }: LogRepairPlan): Generator<KeptFile, void> {
    for (const { salvage, path } of rewrites) {
      const log = this.#env.fs.open(path, 'read');
      try {
        for (const { position, endPosition } of salvage.badPlaces) {
          yield this.#keep(log, {
            baseOffset: salvage.baseOffset,
            suffix: DAMAGED_SUFFIX,
            position,
            endPosition,
          });
        }
      } finally {
        log.close();
      }
    }
    if (cut === undefined) return;
    const log = this.#env.fs.open(this.#logPath(cut.baseOffset), 'read');
    try {
      const endPosition = log.stat().sizeBytes;
      yield this.#keep(log, { ...cut, suffix: TORN_SUFFIX, endPosition });
    } finally {
      log.close();
    }
  }

  #keep(
    log: File,
    bytes: {
      readonly baseOffset: number;
      readonly suffix: string;
      readonly position: number;
      readonly endPosition: number;
    },
  ): KeptFile {
    return keepAside(this.#env.fs, this.#options.location, { ...bytes, log });
  }

  #cut({ cut }: LogRepairPlan): void {
    if (cut === undefined) return;
    const log = this.#env.fs.open(this.#logPath(cut.baseOffset), 'append');
    try {
      log.truncate(cut.position);
      log.sync();
    } finally {
      log.close();
    }
  }

  /** Step 3. What is left behind is on disk before anything follows it, as at every roll. */
  #beginSegment({ newBaseOffset, activeBaseOffset }: LogRepairPlan): void {
    const { fs, bootId } = this.#env;
    if (newBaseOffset === undefined) {
      // A repair before this one may have made it, and died before it said so: readers go by what is said.
      if (activeBaseOffset !== undefined && activeBaseOffset > this.#lock.state.activeBaseOffset) {
        this.#lock.update({ bootId, activeBaseOffset, syncedPosition: 0 });
      }
      return;
    }
    const { directory, filePermissions } = this.#options.location;
    if (activeBaseOffset !== undefined) {
      const log = fs.open(this.#logPath(activeBaseOffset), 'append');
      try {
        log.sync();
      } finally {
        log.close();
      }
    }
    createSegment(fs, directory, newBaseOffset, filePermissions);
    this.#lock.update({ bootId, activeBaseOffset: newBaseOffset, syncedPosition: 0 });
  }

  /** Durable on return, and with it where the active segment is. */
  #giveUp({ losses }: LogRepairPlan): void {
    const { logStartOffset, lostRanges } = this.#lock.state;
    const stillOfUse = lostRanges.filter(({ endOffset }) => endOffset > logStartOffset);
    this.#lock.keep({ lostRanges: losses.reduce(withRange, stillOfUse) });
  }

  *#rebuildIndexes(plan: LogRepairPlan, made: readonly number[]): Generator<number, void> {
    const { fs } = this.#env;
    const { location } = this.#options;
    const { newBaseOffset, activeBaseOffset, sealedBaseOffset, cut } = plan;
    const all = new Set([...made, ...plan.staleIndexes]);
    if (sealedBaseOffset !== undefined) all.add(sealedBaseOffset);
    if (cut !== undefined) all.add(cut.baseOffset);
    for (const baseOffset of [...all].sort((a, b) => a - b)) {
      this.#check();
      const isActive = newBaseOffset === undefined && baseOffset === activeBaseOffset;
      const rebuild = isActive ? rebuildActiveIndexes : rebuildSealedIndexes;
      rebuild(fs, location, baseOffset, this.#options);
      yield fs.stat(this.#logPath(baseOffset))?.sizeBytes ?? 0;
    }
  }

  #writeLeaderEpochs({ leaderEpochs }: LogRepairPlan): void {
    if (leaderEpochs === undefined) return;
    const { location, nonce } = this.#options;
    writeLeaderEpochCheckpoint(this.#env.fs, {
      path: `${location.directory}/${LEADER_EPOCH_CHECKPOINT}`,
      entries: leaderEpochs,
      permissions: location.filePermissions,
      nonce,
    });
  }

  #logPath(baseOffset: number): string {
    return segmentPath(this.#options.location.directory, baseOffset, LOG_SUFFIX);
  }
}
