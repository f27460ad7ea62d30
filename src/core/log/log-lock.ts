/**
 * The lock of a partition, and with it the right to write its control file.
 *
 * Taking it writes a claim (who, since when) over the state as it was found; giving it back writes
 * the state as it was left. A claim that was never given back means the holder died: the next one
 * raises the fence, so that a holder of a stale lease (`lockfile`) can see that it was passed over.
 */
import { assert } from '../assert.js';
import { CoreError, isCoreError } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import { heldLockError } from '../fs/lock-holder.js';
import type { LockableFile } from '../fs/lock.js';
import {
  type ControlState,
  type KeptState,
  type LockOwner,
  type RunningState,
  isAfterPowerCut,
  readControl,
  writeKept,
  writeRunning,
} from './control-file.js';

export interface LockWait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** How much of which segment is certainly on disk. */
export interface SyncedPlace {
  readonly baseOffset: number;
  readonly position: number;
}

export class LogLock {
  readonly #env: Environment;
  readonly #lockable: LockableFile;
  #state: ControlState | undefined;
  /** The counter that our last release wrote: unchanged, nobody has held the lock since. */
  #releasedCounter = -1;
  #isUndisturbed = false;
  #wasAbandoned = false;
  /** Settles when the last caller in line has given the lock back. */
  #lastTurn: Promise<void> = Promise.resolve();
  #endTurn: (() => void) | undefined;

  constructor(env: Environment, lockable: LockableFile) {
    this.#env = env;
    this.#lockable = lockable;
  }

  /** The state as this holder knows it; only while the lock is held. */
  get state(): ControlState {
    assert(this.#state !== undefined, 'the partition is locked');
    return this.#state;
  }

  /** Nobody held the lock between our last release and this acquisition. */
  get isUndisturbed(): boolean {
    return this.#isUndisturbed;
  }

  /** The holder before us died with the lock in its hands. */
  get wasAbandoned(): boolean {
    return this.#wasAbandoned;
  }

  /** The partition was last written under another boot: what was not synced may be gone. */
  get isAfterPowerCut(): boolean {
    return isAfterPowerCut(this.state, this.#env.bootId);
  }

  /** Rejects with BUSY (`details.owner`: who holds it) after `timeoutMs`. */
  async acquire(wait: LockWait): Promise<void> {
    const endTurn = await this.#takeTurn();
    try {
      await this.#lock(wait);
      this.#claim();
    } catch (error) {
      endTurn();
      throw error;
    }
    this.#endTurn = endTurn;
  }

  /**
   * An append and a failed sync of one process may want the lock at once. The file's lock tells
   * processes apart, not them: they line up here.
   */
  async #takeTurn(): Promise<() => void> {
    const before = this.#lastTurn;
    let endTurn: () => void = () => undefined;
    this.#lastTurn = new Promise((resolve) => (endTurn = resolve));
    await before;
    return endTurn;
  }

  async #lock(wait: LockWait): Promise<void> {
    try {
      await this.#lockable.lock(wait);
    } catch (error) {
      throw isCoreError(error, 'BUSY') ? this.#busy(error) : error;
    }
  }

  /** Takes the lock only if it is free this moment. No `acquire` may be under way. */
  tryAcquire(): boolean {
    if (!this.#lockable.tryLock()) return false;
    this.#claim();
    return true;
  }

  #claim(): void {
    try {
      const found = readControl(this.#lockable.file);
      this.#isUndisturbed = found.counter === this.#releasedCounter;
      this.#wasAbandoned = found.isHeld;
      // What the dead kept may not be on disk yet, and is about to be built on.
      if (found.isHeld) this.#lockable.file.sync();
      this.#state = writeRunning(this.#lockable.file, found, {
        isHeld: true,
        fence: found.isHeld ? found.fence + 1 : found.fence,
        owner: this.#owner(),
      });
    } catch (error) {
      this.#lockable.unlock();
      throw error;
    }
  }

  #owner(): LockOwner {
    return { ...this.#env.owner, bootId: this.#env.bootId, sinceMs: this.#env.now() };
  }

  /** FENCED if the lock is not ours any more: a lease that went stale and was taken over. */
  check(): void {
    const held = this.state;
    if (this.#lockable.stillHeld()) {
      const found = readControl(this.#lockable.file);
      if (found.counter === held.counter && found.fence === held.fence) return;
    }
    throw new CoreError('FENCED', 'the partition was taken over by another process meanwhile', {
      details: { path: this.#lockable.file.path },
      suggestion: 'this process was stopped or stalled for too long; run the command again',
    });
  }

  /** Changes the running state. */
  update(changes: Partial<RunningState>): void {
    this.#state = writeRunning(this.#lockable.file, this.state, changes);
  }

  /** Changes the kept state; durable on return. */
  keep(changes: Partial<KeptState>): void {
    this.#state = writeKept(this.#lockable.file, this.state, changes);
  }

  /** Gives the lock back, with word of what is on disk. With a lost lease nothing is written. */
  release(synced?: SyncedPlace): void {
    try {
      if (this.#state !== undefined && this.#lockable.stillHeld()) {
        this.update({ ...newsOf(synced, this.#state), isHeld: false });
        this.#releasedCounter = this.state.counter;
      }
    } finally {
      this.#state = undefined;
      this.#lockable.unlock();
      this.#endTurn?.();
      this.#endTurn = undefined;
    }
  }

  /** The state as it is on disk, without the lock. */
  peek(): ControlState {
    return readControl(this.#lockable.file);
  }

  close(): void {
    this.#lockable.close();
  }

  #busy(cause: CoreError): CoreError {
    const { isHeld, owner } = this.peek();
    return heldLockError(cause, {
      what: `${this.#lockable.file.path} is locked`,
      holder: isHeld ? owner : undefined,
      bootId: this.#env.bootId,
    });
  }
}

function newsOf(synced: SyncedPlace | undefined, known: RunningState): Partial<RunningState> {
  if (synced === undefined || synced.baseOffset < known.activeBaseOffset) return {};
  const { baseOffset: activeBaseOffset, position: syncedPosition } = synced;
  const isSame = activeBaseOffset === known.activeBaseOffset;
  return isSame && syncedPosition <= known.syncedPosition
    ? {}
    : { activeBaseOffset, syncedPosition };
}
