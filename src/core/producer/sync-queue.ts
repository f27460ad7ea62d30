/**
 * Appended batches that wait for a sync, and the syncs themselves: one at a time, on the thread pool,
 * covering all that was appended before it began.
 */
import type { LockWait } from '../log/log-lock.js';
import type { LogWriter } from '../log/log-writer.js';
import type { AcknowledgedBatch } from './acknowledged-batch.js';

/** Measured: syncing more often slows a stream down, less often gains nothing. */
const SYNC_BYTES = 32 * 1024 * 1024;
/** A stream that never pauses is synced at least this often. */
const SYNC_AFTER_MS = 250;
/** Appends wait for the sync under way once so much has come after it: memory of the page cache. */
const MAX_UNSYNCED_BYTES = 2 * SYNC_BYTES;

export class SyncQueue {
  readonly #wait: () => LockWait;
  readonly #acknowledge: (batch: AcknowledgedBatch) => void;
  #waiting: AcknowledgedBatch[] = [];
  #writers = new Set<LogWriter>();
  #waitingBytes = 0;
  #waitingSinceMs = 0;
  #underWay: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(wait: () => LockWait, acknowledge: (batch: AcknowledgedBatch) => void) {
    this.#wait = wait;
    this.#acknowledge = acknowledge;
  }

  /** Batches were appended that are not acknowledged yet. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0 || this.#underWay !== undefined;
  }

  add(writer: LogWriter, batch: AcknowledgedBatch, nowMs: number): void {
    if (this.#waiting.length === 0) this.#waitingSinceMs = nowMs;
    this.#waiting.push(batch);
    this.#writers.add(writer);
    this.#waitingBytes += batch.sizeBytes;
  }

  /** Without a sync: for those who asked for none. */
  acknowledgeAll(): void {
    for (const batch of this.#waiting.splice(0)) this.#acknowledge(batch);
    this.#writers.clear();
    this.#waitingBytes = 0;
  }

  /** Begins a sync if enough waits for one, or long enough; fails if an earlier one failed. */
  async maybeSync(nowMs: number): Promise<void> {
    if (this.#waitingBytes >= MAX_UNSYNCED_BYTES) await this.#underWay;
    this.#throwFailure();
    if (this.#underWay !== undefined || this.#waiting.length === 0) return;
    const isDue = nowMs - this.#waitingSinceMs >= SYNC_AFTER_MS;
    if (isDue || this.#waitingBytes >= SYNC_BYTES) this.#begin();
  }

  /** Syncs until nothing waits. */
  async syncAll(): Promise<void> {
    while (this.#underWay !== undefined || this.#waiting.length > 0) {
      this.#throwFailure();
      if (this.#underWay === undefined) this.#begin();
      await this.#underWay;
    }
    this.#throwFailure();
  }

  /** No sync is under way any more; a failure of it is left for others to throw. */
  async idle(): Promise<void> {
    await this.#underWay;
  }

  #begin(): void {
    const batches = this.#waiting.splice(0);
    const writers = [...this.#writers];
    this.#writers = new Set();
    this.#waitingBytes = 0;
    this.#underWay = this.#sync(batches, writers);
  }

  /** Never rejects: a failure is kept, and nothing is acknowledged from then on. */
  async #sync(batches: readonly AcknowledgedBatch[], writers: readonly LogWriter[]): Promise<void> {
    try {
      const outcomes = await Promise.allSettled(writers.map((writer) => writer.sync(this.#wait())));
      const failure = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failure !== undefined) throw failure.reason;
      for (const batch of batches) this.#acknowledge(batch);
    } catch (error) {
      // Set before another sync can begin: a writer that has reported its failure would answer well.
      this.#failure ??= { error };
    } finally {
      this.#underWay = undefined;
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
