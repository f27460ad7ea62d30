/**
 * Appends batches to one partition, among any number of other processes that do the same.
 *
 * An append: take the lock, derive the end of the log, check that lock, path and topic are still
 * ours, write each batch whole (rolling to a new segment where Kafka would), give the lock back. The
 * batches are acknowledged by a later `sync`, outside the lock: one fdatasync covers every append
 * before it, by whomever. What a death leaves behind at each step is told in active-segment.ts and
 * retention.ts; a death between append and sync leaves records that nobody was promised.
 *
 * A failed sync is final (the page cache may claim what the disk never got): the range is written
 * down as failed, the segment is left for a new one, and the records are uncertain.
 */
import { readMaxTimestamp } from '../batch/batch-header.js';
import { RecordBatch } from '../batch/record-batch.js';
import { stampBatch, stampLogAppendTime } from '../batch/stamp.js';
import { CoreError, isCoreError } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import { listBaseOffsets } from '../segment/file-names.js';
import { applyLeftovers, planLeftovers } from '../segment/leftovers.js';
import { createSegment } from '../segment/segment.js';
import {
  type ActiveSegment,
  type TailRepair,
  catchUp,
  openActiveSegment,
} from './active-segment.js';
import type { LogConfig } from './log-config.js';
import type { LogLocation } from './log-location.js';
import { LogLock, type LockWait } from './log-lock.js';
import {
  type RetentionPlan,
  applyRetention,
  planRetention,
  removeSetAside,
  segmentFacts,
} from './retention.js';
import { rollReason } from './roll-policy.js';

export interface LogWriterOptions {
  readonly location: LogLocation;
  readonly leaderEpoch: number;
  /** Read anew for each append: a topic may be altered while a writer lives. */
  config(): LogConfig;
  /** Called before the first append to a partition that nobody has written to. */
  confirmCreated(): void;
  /** Throws if the partition no longer belongs to the topic that it was opened for. */
  checkStillOurs(): void;
}

export interface AppendedBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly sizeBytes: number;
}

interface UnsyncedRange {
  readonly firstOffset: number;
  readonly endOffset: number;
}

export class LogWriter {
  readonly #env: Environment;
  readonly #options: LogWriterOptions;
  readonly #location: LogLocation;
  readonly #lock: LogLock;
  readonly #batch: RecordBatch;
  #active: ActiveSegment | undefined;
  /** Segments that were rolled away from while a sync of theirs may be under way. */
  #retired: ActiveSegment[] = [];
  #unsynced: UnsyncedRange | undefined;
  #synced: { readonly baseOffset: number; readonly position: number } | undefined;
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
    return this.#withLock(wait, (active) => this.#applyRetention(active, 0));
  }

  /** Makes `offset` the log start offset (Kafka: DeleteRecords). OFFSET_OUT_OF_RANGE past the end. */
  async trim(offset: number, wait: LockWait): Promise<RetentionPlan> {
    return this.#withLock(wait, (active) => {
      const endOffset = active.tail.nextOffset;
      if (offset > endOffset) {
        throw new CoreError(
          'OFFSET_OUT_OF_RANGE',
          `offset ${offset} is past the end, ${endOffset}`,
          {
            details: { offset, logEndOffset: endOffset },
          },
        );
      }
      return this.#applyRetention(active, offset);
    });
  }

  async #withLock<T>(wait: LockWait, work: (active: ActiveSegment) => T): Promise<T> {
    await this.#lock.acquire(wait);
    try {
      this.#derive();
      this.#checkStillOurs();
      return work(this.#activeSegment);
    } finally {
      this.#release();
      removeSetAside(this.#env.fs, this.#setAside.splice(0));
    }
  }

  get #activeSegment(): ActiveSegment {
    if (this.#active === undefined) throw new Error('no active segment');
    return this.#active;
  }

  /** Makes `#active` the true end of the log, whatever others did since. */
  #derive(): void {
    const config = this.#options.config();
    if (this.#lock.isUndisturbed && this.#active !== undefined) return;
    const { fs } = this.#env;
    const { directory } = this.#location;
    if (this.#lock.wasAbandoned || this.#lock.isAfterPowerCut) {
      applyLeftovers(fs, directory, planLeftovers(fs.list(directory)));
    }
    const baseOffset = listBaseOffsets(fs, directory).at(-1);
    const { state } = this.#lock;
    if (state.bootId === '') this.#options.confirmCreated();
    if (baseOffset === undefined) {
      this.#startSegment(state.logStartOffset);
      return;
    }
    const recovery = {
      indexIntervalBytes: config.indexIntervalBytes,
      syncedPosition: state.activeBaseOffset === baseOffset ? state.syncedPosition : 0,
      afterPowerCut: this.#lock.isAfterPowerCut,
    };
    const known = this.#active;
    if (known?.baseOffset === baseOffset && !known.isSealedByDamage) {
      this.#active = catchUp(fs, this.#location, known, recovery);
    } else {
      this.#leave();
      this.#active = openActiveSegment(fs, this.#location, baseOffset, recovery);
    }
    if (this.#active.repair !== undefined) this.#repairs.push(this.#active.repair);
    if (this.#lock.isAfterPowerCut) this.#establishBoot(this.#active);
  }

  /** After a power cut: what was found good is synced before anything is built on it. */
  #establishBoot(active: ActiveSegment): void {
    active.segment.log.sync();
    this.#lock.update({
      bootId: this.#env.bootId,
      activeBaseOffset: active.baseOffset,
      syncedPosition: active.tail.sizeBytes,
    });
  }

  #checkStillOurs(): void {
    this.#lock.check();
    this.#options.checkStillOurs();
    const { segment, tail } = this.#activeSegment;
    const there = this.#env.fs.stat(segment.log.path);
    const open = segment.log.stat();
    if (there?.inode !== open.inode || there.device !== open.device) {
      throw new CoreError('FENCED', `${segment.log.path} was replaced while it was in use`, {
        details: { path: segment.log.path },
      });
    }
    if (open.sizeBytes !== tail.sizeBytes && !this.#activeSegment.isSealedByDamage) {
      throw new CoreError('FENCED', `${segment.log.path} grew while its lock was held`, {
        details: { path: segment.log.path, expected: tail.sizeBytes, found: open.sizeBytes },
      });
    }
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
    const { segment, tail, firstTimestamp, isSealedByDamage } = this.#activeSegment;
    const reason = isSealedByDamage
      ? 'damage'
      : rollReason(
          {
            baseOffset: tail.baseOffset,
            sizeBytes: tail.sizeBytes,
            firstTimestamp,
            offsetEntryCount: segment.offsetIndex.slotCount,
            timeEntryCount: segment.timeIndex.slotCount,
            batchBytes: this.#batch.sizeBytes,
            batchMaxTimestamp,
            batchLastOffset: tail.nextOffset + this.#batch.lastOffsetDelta,
          },
          config,
        );
    if (reason === undefined) return;
    this.#roll();
    this.#applyRetention(this.#activeSegment, 0);
  }

  /** Seals the active segment, durably, and begins the next one at the end of the log. */
  #roll(): void {
    const sealed = this.#activeSegment;
    try {
      sealed.seal();
    } catch (error) {
      throw this.#recordFailedSync(error);
    }
    this.#startSegment(sealed.tail.nextOffset);
  }

  #startSegment(baseOffset: number): void {
    const { fs } = this.#env;
    createSegment(fs, this.#location.directory, baseOffset, this.#location.filePermissions);
    this.#retire();
    this.#active = openActiveSegment(fs, this.#location, baseOffset, {
      indexIntervalBytes: this.#options.config().indexIntervalBytes,
      syncedPosition: 0,
      afterPowerCut: false,
    });
    this.#lock.update({
      bootId: this.#env.bootId,
      activeBaseOffset: baseOffset,
      syncedPosition: 0,
    });
  }

  /** `startOffset`: additionally, nothing below it is kept. */
  #applyRetention(active: ActiveSegment, startOffset: number): RetentionPlan {
    const { fs } = this.#env;
    const facts = segmentFacts(fs, this.#location.directory, active.tail.nextOffset);
    const logStartOffset = Math.max(
      this.#lock.state.logStartOffset,
      facts[0]?.baseOffset ?? 0,
      startOffset,
    );
    const plan = planRetention({
      segments: facts,
      logStartOffset,
      config: this.#options.config(),
      nowMs: this.#env.now(),
    });
    const setAside = applyRetention(fs, this.#location, this.#lock, plan, (baseOffset) =>
      this.#startSegment(baseOffset),
    );
    this.#setAside.push(...setAside);
    return plan;
  }

  /**
   * Makes everything that was appended durable; only after it resolves may it be acknowledged.
   * SYNC_FAILED: the records may or may not survive. UNKNOWN_TOPIC_ID: their topic was deleted.
   */
  async sync(wait: LockWait): Promise<void> {
    const range = this.#unsynced;
    const active = this.#active;
    if (range === undefined || active === undefined) return;
    const { baseOffset } = active;
    const position = active.tail.sizeBytes;
    try {
      await active.segment.log.syncLater();
    } catch (error) {
      await this.#lock.acquire(wait);
      try {
        this.#derive();
        throw this.#recordFailedSync(error);
      } finally {
        this.#release();
      }
    }
    this.#options.checkStillOurs();
    this.#checkAcknowledgeable(range);
    this.#synced = { baseOffset, position };
    const { endOffset } = this.#unsynced ?? range;
    this.#unsynced =
      endOffset > range.endOffset ? { firstOffset: range.endOffset, endOffset } : undefined;
    for (const retired of this.#retired.splice(0)) retired.close();
  }

  /** Somebody else's sync of the same bytes may have failed, and only they were told. */
  #checkAcknowledgeable(range: UnsyncedRange): void {
    const control = this.#lock.peek();
    const failed = control.failedRanges.find(
      ({ firstOffset, endOffset }) =>
        firstOffset < range.endOffset && endOffset > range.firstOffset,
    );
    if (failed !== undefined) throw syncFailed(this.#location, range, undefined);
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
    this.#unsynced = undefined;
    try {
      const failedRanges = [...this.#lock.state.failedRanges, failed];
      this.#lock.keep({ failedRanges });
      if (!isEmpty) this.#startSegment(nextOffset);
    } catch (error) {
      // The same disk has just failed: what it refuses now changes nothing of what is reported.
      if (!isCoreError(error)) throw error;
    }
    return syncFailed(this.#location, failed, cause);
  }

  /** The log was rolled by another process: our unsynced records are in a sealed segment now. */
  #leave(): void {
    if (this.#unsynced !== undefined && this.#active !== undefined) {
      try {
        this.#active.segment.log.sync();
      } catch (error) {
        throw this.#recordFailedSync(error);
      }
    }
    this.#retire();
  }

  /** Closed when no sync of it can be under way any more. */
  #retire(): void {
    if (this.#active !== undefined) this.#retired.push(this.#active);
    this.#active = undefined;
  }

  #release(): void {
    const synced = this.#synced;
    const { activeBaseOffset, syncedPosition } = this.#lock.state;
    const isNews =
      synced !== undefined &&
      (synced.baseOffset > activeBaseOffset ||
        (synced.baseOffset === activeBaseOffset && synced.position > syncedPosition));
    this.#lock.release(
      isNews ? { activeBaseOffset: synced.baseOffset, syncedPosition: synced.position } : {},
    );
  }

  /** Leaves word of how far the log is synced, if the lock is free, and lets go of all files. */
  close(): void {
    try {
      if (this.#synced !== undefined && this.#lock.tryAcquire()) this.#release();
    } finally {
      for (const segment of this.#retired.splice(0)) segment.close();
      this.#active?.close();
      this.#active = undefined;
      this.#lock.close();
    }
  }
}

function syncFailed(
  location: LogLocation,
  range: { readonly firstOffset: number; readonly endOffset: number },
  cause: unknown,
): CoreError {
  const { firstOffset, endOffset } = range;
  return new CoreError(
    'SYNC_FAILED',
    `${location.directory}: the disk refused to sync offsets ${firstOffset} to ${endOffset - 1}`,
    {
      details: { path: location.directory, firstOffset, endOffset },
      suggestion: 'these records may or may not have been stored; check the disk before writing on',
      cause,
    },
  );
}
