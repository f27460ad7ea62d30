/**
 * Who holds a lock, as its file says, and what can be known of that process from here. Of no consequence
 * for the lock: it explains a wait to a person.
 */
import { CoreError } from '../errors.js';
import type { OwnerIdentity } from './environment.js';
import { type ProcessState, processState } from './process-identity.js';

export interface LockHolder extends OwnerIdentity {
  /** Of the machine when the lock was taken. */
  readonly bootId: string;
  readonly sinceMs: number;
}

/**
 * Of a lock that is held now, seen under the boot `bootId`. `dead`: what it has started holds on, or (under
 * `lockfile`) its lease is not stale yet. `unseen`: it may run in another container, or on another machine.
 */
export function holderState(holder: LockHolder, bootId: string): ProcessState {
  if (holder.bootId !== bootId) return 'unseen';
  const state = processState(holder);
  // A number that means nobody here may mean somebody elsewhere.
  return state === 'dead' && holder.pidNamespace === undefined ? 'unseen' : state;
}

/** What to do about a stopped process. */
export function stoppedAdvice(pid: number): string {
  return `Process ${pid} is stopped. To let it go on: kill -CONT ${pid}`;
}

export interface BusyLock {
  /** Goes on with "by" somebody: `group load is being changed`. */
  readonly what: string;
  /** undefined: nobody knows. */
  readonly holder: LockHolder | undefined;
  /** Of this machine now. */
  readonly bootId: string;
}

/** `cause`, a BUSY or INTERRUPTED of the lock itself, with word of who holds it (`details.owner`). */
export function heldLockError(cause: CoreError, { what, holder, bootId }: BusyLock): CoreError {
  if (holder === undefined) {
    const message = `${what} by another process`;
    return new CoreError(cause.code, message, {
      details: { ...cause.details, owner: null },
      cause,
    });
  }
  const state = holderState(holder, bootId);
  const { pid, command, sinceMs } = holder;
  const since = timeText(sinceMs);
  return new CoreError(
    cause.code,
    `${what} by ${command} (pid ${pid}${SHOWN[state]}) since ${since}`,
    {
      details: { ...cause.details, owner: { pid, command, since, state } },
      ...(state === 'stopped' ? { suggestion: stoppedAdvice(pid) } : {}),
      cause,
    },
  );
}

/** RFC 3339. A file from elsewhere may say anything. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : date.toISOString();
}

const SHOWN: Readonly<Record<ProcessState, string>> = {
  running: '',
  stopped: ', stopped',
  dead: ', killed',
  unseen: ', not visible from here',
};
