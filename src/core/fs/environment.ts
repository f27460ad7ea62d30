/** What the core knows of the world outside, in one object that is handed down once. */
import type { FileSystem } from './file-system.js';
import type { LockProvider } from './lock.js';

export interface OwnerIdentity {
  readonly pid: number;
  /** Kernel start time of the process (field 22 of /proc/PID/stat), 0 where it is unknown. */
  readonly startTime: number;
  /** In which the pid is its number: another container has another. Absent where it is unknown. */
  readonly pidNamespace?: number;
  /** What the process is, in a word or two ("produce"), never its arguments. */
  readonly command: string;
}

export interface Environment {
  readonly fs: FileSystem;
  readonly locks: LockProvider;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds on a clock that is never set, and that all processes of this boot share. */
  uptimeMs(): number;
  /** Changes with every boot of the machine: what was not synced before it changed may be gone. */
  readonly bootId: string;
  readonly owner: OwnerIdentity;
}
