/**
 * Appends batches to one partition, among any number of other processes that do the same.
 *
 * An append: take the lock, see that the topic is still ours (what we know must not go into the
 * control file of another), derive the end of the log, check that lock and path are still ours, write
 * each batch whole (rolling to a new segment where Kafka would), give the lock back. The batches are
 * acknowledged by a later `sync`, outside the lock: one fdatasync covers every append before it, by
 * whomever. What a death leaves behind at each step is told in active-segment.ts and retention.ts; a
 * death between append and sync leaves records that nobody was promised.
 *
 * A failed sync is final (the page cache may claim what the disk never got): the range is written
 * down as failed, the segment is left for a new one, and the records are uncertain.
 */
import { assert } from '../assert.js';
import { readMaxTimestamp } from '../batch/batch-header.js';
import { RecordBatch } from '../batch/record-batch.js';
import { stampBatch, stampLogAppendTime } from '../batch/stamp.js';
import { CoreError, isCoreError } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import { listBaseOffsets } from '../segment/file-names.js';
import { removeFiles, sweepLeftovers } from '../segment/leftovers.js';
import { createSegment } from '../segment/segment.js';
import {
  type ActiveSegment,
  type TailRepair,
  catchUp,
  openActiveSegment,
} from './active-segment.js';
import type { RunningState } from './control-file.js';
import type { LogConfig } from './log-config.js';
import type { LogLocation } from './log-location.js';
import { LogLock, type LockWait, type SyncedPlace } from './log-lock.js';
import type { AppendedBatch, LogWriterOptions } from './log-writer-options.js';
import { type OffsetRange, withRange } from './offset-range.js';
import { NO_POLICY, type RetentionPlan, type RetentionPolicy, letGo } from './retention.js';
import { failedPart, forgetFailedFrom, syncFailed, tryAnyway } from './sync-failure.js';

export class LogWriter {
  readonly #env: Environment;
  readonly #options: LogWriterOptions;
  readonly #location: LogLocation;
  readonly #lock: LogLock;
  readonly #batch: RecordBatch;
  #active: ActiveSegment | undefined;
  /** False after a failure: then nothing that this process knows of the log's end is taken for true. */
  #isCertain = true;
  /** A sync failed: what was appended before must never be acknowledged by a later one. */
  #poison: CoreError | undefined;
  #unsynced: OffsetRange | undefined;
  #synced: SyncedPlace | undefined;
  #setAside: string[] = [];
  #repairs: TailRepair[] = [];

  constructor(env: Environment, options: LogWriterOptions) {
    this.#env = env;
    this.#options = options;
    this.#location = options.location;
    this.#lock = new LogLock(env, env.locks.open(options.location.controlPath));
    this.#batch = new RecordBatch(new DataView(new ArrayBuffer(64)), 0);
  }

  /** Bytes that recovery had to cut, since this writer was opened. */
  get repairs(): readonly TailRepair[] {
    return this.#repairs;
  }

  /** True while appended records await `sync`. */
  get hasUnsynced(): boolean {
    return this.#unsynced !== undefined;
  }

  /**
   * Appends finished batches in order; stamps their offsets (and times, under LogAppendTime) in
   * place. `onAppended` is called for each as soon as it is in the log, so that a failure half-way
   * leaves no doubt about what went before it. Durable only after `sync`.
   */
  async append(
    batches: readonly Buffer[],
    wait: LockWait,
    onAppended: (appended: AppendedBatch) => void,
  ): Promise<void> {
    await this.#withLock(wait, () => {
      for (const bytes of batches) onAppended(this.#appendOne(bytes));
    });
  }

  /** Applies the topic's retention now (`spool retention prune`); the plan says what went. */
  async prune(wait: LockWait): Promise<RetentionPlan> {
    return this.#withLock(wait, (active) => {
      sweepLeftovers(this.#env.fs, this.#location.directory);
      return this.#applyRetention(active, this.#options.config());
    });
  }

  /** Makes `offset` the log start offset (Kafka: DeleteRecords). OFFSET_OUT_OF_RANGE past the end. */
  async trim(offset: number, wait: LockWait): Promise<RetentionPlan> {
    return this.#withLock(wait, (active) => {
      const endOffset = active.tail.nextOffset;
      if (offset > endOffset) {
        throw new CoreError('OFFSET_OUT_OF_RANGE', `${offset} is past the end, ${endOffset}`, {
          details: { offset, logEndOffset: endOffset },
        });
      }
      // Only what was asked for goes, whatever the policy would let go of.
      return this.#applyRetention(active, NO_POLICY, offset);
    });
  }

  async #withLock<T>(wait: LockWait, work: (active: ActiveSegment) => T): Promise<T> {
    this.#checkSound();
    await this.#acquire(wait);
    try {
      this.#derive();
      this.#lock.check();
      this.#activeSegment.checkUntouched(this.#env.fs);
      return work(this.#activeSegment);
    } catch (error) {
      this.#isCertain = false;
      // A folder that is not there, or not ours: of a topic that was deleted meanwhile?
      if (isCoreError(error, 'FILE_NOT_FOUND') || isCoreError(error, 'FENCED')) this.#checkTopic();
      throw error;
    } finally {
      this.#lock.release(this.#synced);
      removeFiles(this.#env.fs, this.#setAside.splice(0));
    }
  }

  async #acquire(wait: LockWait): Promise<void> {
    try {
      await this.#lock.acquire(wait);
    } catch (error) {
      if (isCoreError(error, 'FILE_NOT_FOUND')) this.#checkTopic();
      throw error;
    }
  }

  /** UNKNOWN_TOPIC_ID once it was deleted. What we know must not be written into its successor. */
  #checkTopic(): void {
    try {
      this.#options.checkStillOurs();
    } catch (error) {
      this.#synced = undefined;
      throw error;
    }
  }

  get #activeSegment(): ActiveSegment {
    assert(this.#active !== undefined, 'the end of the log was derived');
    return this.#active;
  }

  /** Makes `#active` the true end of the log, whatever others did since. */
  #derive(): void {
    this.#checkTopic();
    if (this.#lock.isUndisturbed && this.#isCertain && this.#active?.end.kind === 'open') return;
    const config = this.#options.config();
    const { fs } = this.#env;
    const { directory } = this.#location;
    if (this.#lock.wasAbandoned || this.#lock.isAfterPowerCut) sweepLeftovers(fs, directory);
    const baseOffset = listBaseOffsets(fs, directory).at(-1);
    const { state } = this.#lock;
    if (!state.isEstablished) this.#options.confirmCreated();
    if (baseOffset === undefined) {
      this.#establish(this.#startSegment(state.logStartOffset));
      return;
    }
    const recovery = {
      indexIntervalBytes: config.indexIntervalBytes,
      syncedPosition: state.activeBaseOffset === baseOffset ? state.syncedPosition : 0,
      afterPowerCut: this.#lock.isAfterPowerCut,
      failedRanges: state.failedRanges,
    };
    const known = this.#active;
    if (known?.baseOffset === baseOffset && known.end.kind === 'open') {
      this.#active = catchUp(fs, this.#location, known, recovery);
    } else {
      this.#leave(baseOffset);
      this.#active = openActiveSegment(fs, this.#location, baseOffset, recovery);
    }
    // Whoever made it may have died before its name was on disk, and it is about to be built on.
    if (this.#active.tail.isEmpty) fs.syncDirectory(directory);
    this.#isCertain = true;
    const { end } = this.#active;
    if (end.kind === 'open' && end.repair !== undefined) this.#repairs.push(end.repair);
    forgetFailedFrom(this.#active.tail.nextOffset, this.#lock);
    const isNews = this.#lock.isAfterPowerCut || !state.isEstablished;
    if (end.kind !== 'uncut' && isNews) this.#establish(this.#active);
    // Whoever rolled may have died, or been refused, before saying so.
    else if (baseOffset > state.activeBaseOffset) this.#lock.update(nothingSynced(baseOffset));
    // Trimmed records that a power cut took: what comes now must not stand below the start.
    if (end.kind === 'open' && this.#active.tail.nextOffset < state.logStartOffset) {
      this.#establish(this.#startSegment(state.logStartOffset));
    }
  }

  /** After a power cut, or for the first time: what was found good is synced and built on. */
  #establish(active: ActiveSegment): void {
    active.segment.log.sync();
    this.#lock.update({
      bootId: this.#env.bootId,
      activeBaseOffset: active.baseOffset,
      syncedPosition: active.tail.sizeBytes,
    });
    if (!this.#lock.state.isEstablished) this.#lock.keep({ isEstablished: true });
  }

  #appendOne(bytes: Buffer): AppendedBatch {
    const config = this.#options.config();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#batch.moveTo(0, view);
    if (config.messageTimestampType === 'LogAppendTime') {
      const newest = Math.max(this.#env.now(), this.#activeSegment.tail.maxTimestamp);
      stampLogAppendTime(bytes, 0, newest);
    }
    this.#rollIfDue(readMaxTimestamp(view, 0), config);
    const active = this.#activeSegment;
    const baseOffset = active.tail.nextOffset;
    stampBatch(bytes, 0, baseOffset, this.#options.leaderEpoch);
    active.append(bytes, this.#batch, config.indexIntervalBytes);
    const endOffset = active.tail.nextOffset;
    this.#unsynced = { firstOffset: this.#unsynced?.firstOffset ?? baseOffset, endOffset };
    return { baseOffset, lastOffset: endOffset - 1, sizeBytes: this.#batch.sizeBytes };
  }

  #rollIfDue(batchMaxTimestamp: number, config: LogConfig): void {
    const reason = this.#activeSegment.rollReason(this.#batch, batchMaxTimestamp, config);
    if (reason === undefined) return;
    this.#roll();
    this.#applyRetention(this.#activeSegment, config);
  }

  /** Seals the active segment, durably, and begins the next one at the end of the log. */
  #roll(): void {
    const sealed = this.#activeSegment;
    sealed.finishTimeIndex();
    try {
      sealed.seal();
    } catch (error) {
      // Of one that has failed before, the failure is written down.
      if (!sealed.isFailed) throw this.#recordFailedSync(error);
    }
    this.#startSegment(sealed.tail.nextOffset);
  }

  #startSegment(baseOffset: number): ActiveSegment {
    const { fs } = this.#env;
    createSegment(fs, this.#location.directory, baseOffset, this.#location.filePermissions);
    this.#retire();
    const active = openActiveSegment(fs, this.#location, baseOffset, {
      indexIntervalBytes: this.#options.config().indexIntervalBytes,
      syncedPosition: 0,
      afterPowerCut: false,
      failedRanges: [],
    });
    this.#active = active;
    this.#lock.update({ bootId: this.#env.bootId, ...nothingSynced(baseOffset) });
    return active;
  }

  /** Nothing below `startOffset` is kept, whatever the policy. */
  #applyRetention(active: ActiveSegment, policy: RetentionPolicy, startOffset = 0): RetentionPlan {
    const { plan, setAside } = letGo(this.#env.fs, this.#location, this.#lock, {
      endOffset: active.tail.nextOffset,
      policy,
      startOffset,
      nowMs: this.#env.now(),
      startSegment: (baseOffset) => this.#startSegment(baseOffset),
    });
    this.#setAside.push(...setAside);
    return plan;
  }

  /**
   * Makes everything that was appended durable; only after it resolves may it be acknowledged.
   * SYNC_FAILED: the records may or may not survive. UNKNOWN_TOPIC_ID: their topic was deleted.
   */
  async sync(wait: LockWait): Promise<void> {
    this.#checkSound();
    const range = this.#unsynced;
    if (range === undefined) return;
    // Without an active segment all was sealed, and the next could not be opened.
    const active = this.#active;
    const synced = active && { baseOffset: active.baseOffset, position: active.tail.sizeBytes };
    try {
      await active?.segment.log.syncLater();
    } catch (error) {
      throw await this.recordFailedSync(range, error, wait);
    }
    this.#checkTopic();
    // Of two syncs of one file under way only one may have been told of the failure.
    this.#checkSound();
    this.#checkAcknowledgeable(range);
    this.#synced = synced ?? this.#synced;
    const { endOffset } = this.#unsynced ?? range;
    this.#unsynced =
      endOffset > range.endOffset ? { firstOffset: range.endOffset, endOffset } : undefined;
  }

  /** Somebody else's sync of the same bytes may have failed, and only they were told. */
  #checkAcknowledgeable(range: OffsetRange): void {
    const failed = failedPart(range, this.#lock.peek().failedRanges);
    if (failed !== undefined) throw syncFailed(this.#location.directory, failed);
  }

  /**
   * Writes down what the disk refused to sync, by whomever, and moves on to a new segment. Resolves with
   * the error to report; whatever else goes wrong meanwhile, it is that the sync failed.
   */
  async recordFailedSync(range: OffsetRange, cause: unknown, wait: LockWait): Promise<CoreError> {
    this.#unsynced ??= range;
    try {
      await this.#acquire(wait);
      try {
        this.#derive();
        return this.#recordFailedSync(cause);
      } finally {
        this.#lock.release(this.#synced);
      }
    } catch (error) {
      if (!isCoreError(error)) throw error;
      return this.#poisonBy(range, cause);
    }
  }

  /**
   * Under the lock. Writes down, durably, that all from our first unsynced record to the end of the
   * log is uncertain, and moves on to a new segment, so that nobody builds on those bytes.
   */
  #recordFailedSync(cause: unknown): CoreError {
    const { nextOffset, isEmpty } = this.#activeSegment.tail;
    const failed = {
      firstOffset: this.#unsynced?.firstOffset ?? nextOffset,
      endOffset: nextOffset,
    };
    this.#writeDown(failed);
    if (!isEmpty) tryAnyway(() => this.#startSegment(nextOffset));
    return this.#poisonBy(failed, cause);
  }

  #checkSound(): void {
    if (this.#poison !== undefined) throw this.#poison;
  }

  #poisonBy(failed: OffsetRange, cause: unknown): CoreError {
    this.#poison ??= syncFailed(this.#location.directory, failed, cause);
    return this.#poison;
  }

  #writeDown(failed: OffsetRange): void {
    const failedRanges = withRange(this.#lock.state.failedRanges, failed);
    tryAnyway(() => this.#lock.keep({ failedRanges }));
  }

  /** The log was rolled by another process, at `nextBase`: our unsynced records are sealed by now. */
  #leave(nextBase: number): void {
    const range = this.#unsynced;
    if (range !== undefined && this.#active !== undefined) {
      try {
        this.#active.segment.log.sync();
      } catch (error) {
        const endOffset = Math.max(nextBase, range.endOffset);
        const failed = { firstOffset: range.firstOffset, endOffset };
        this.#writeDown(failed);
        throw this.#poisonBy(failed, error);
      }
    }
    this.#retire();
  }

  /** A sync of it that is under way is waited for by the file itself. */
  #retire(): void {
    this.#active?.close();
    this.#active = undefined;
  }

  /** Leaves word of how far the log is synced, if the lock is free, and lets go of all files. */
  close(): void {
    try {
      // Nobody needs the word: without it the next one has more to check.
      if (this.#synced !== undefined) tryAnyway(() => this.#leaveWord());
    } finally {
      this.#retire();
      this.#lock.close();
    }
  }

  #leaveWord(): void {
    if (!this.#lock.tryAcquire()) return;
    try {
      this.#checkTopic();
    } finally {
      this.#lock.release(this.#synced);
    }
  }
}

function nothingSynced(activeBaseOffset: number): Partial<RunningState> {
  return { activeBaseOffset, syncedPosition: 0 };
}
