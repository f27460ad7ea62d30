/**
 * Who has the kernel lock of a file, as /proc/locks tells it: a line with the file's inode for the
 * holder, and one with an arrow for each who waits in the kernel's queue. Looking disturbs nobody.
 */
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../support/seeded-random.js';
import type { SpoolProcess } from './spool-process.js';

export interface LockSight {
  readonly isHeld: boolean;
  readonly waiterCount: number;
}

/** Why there is nothing to be seen here; undefined if there is. */
export function cannotWatchLocks(): string | undefined {
  try {
    readFileSync('/proc/locks');
    return undefined;
  } catch {
    return '/proc/locks cannot be read';
  }
}

export function lookAtLock(path: string): LockSight {
  const mark = `:${statSync(path).ino} `;
  const lines = readFileSync('/proc/locks', 'latin1')
    .split('\n')
    .filter((line) => line.includes(mark) && line.includes('WRITE'));
  const waiterCount = lines.filter((line) => line.includes('->')).length;
  return { isHeld: lines.length > waiterCount, waiterCount };
}

/** Stops a process that writes without pause in the moment in which it has the lock. */
export async function stopWithLock(
  running: SpoolProcess,
  path: string,
  random: SeededRandom,
): Promise<void> {
  for (;;) {
    running.signal('SIGSTOP');
    while (running.isRunning && !isStopped(running.pid)) await sleep(0);
    if (!running.isRunning) throw new Error('it ended before it could be stopped');
    if (lookAtLock(path).isHeld) return;
    running.signal('SIGCONT');
    await sleep(random.below(4));
  }
}

/** All threads of it: one that still runs might let go of the lock. */
function isStopped(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // Behind the name, which may hold anything.
  return status[status.lastIndexOf(')') + 2] === 'T';
}
