/**
 * Who holds which lock of a data directory right now. Nothing is written and no lock is kept, so it works
 * on a read-only mount.
 *
 * That a lock is held is the kernel's word (or the lease's); by whom, the word of the file that it is on,
 * which is written right after the lock was taken. A file that still names a holder whose lock is free
 * speaks of a process that was killed, or was copied from elsewhere: that is no lock.
 */
import { CoreError, isCoreError } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import type { File } from '../fs/file-system.js';
import { type LockHolder, holderState } from '../fs/lock-holder.js';
import type { ProcessState } from '../fs/process-identity.js';
import { type FileLock, locksOf } from '../fs/proc-locks.js';
import { readControl } from '../log/control-file.js';
import type { DataDirectory } from '../topic/data-directory.js';
import { readLockHolder } from '../topic/owned-lock.js';
import { compareTopicPartitions, parseTopicPartition } from '../topic/topic-partition.js';
import type { Cluster } from './cluster.js';
import { DirectoryCluster } from './directory-cluster.js';

/** What a lock is on. `log`: the log directory, which a Kafka broker has alone and our writers share. */
export type LockTarget =
  | { readonly kind: 'registry' | 'log' }
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'member'; readonly group: string; readonly memberId: string };

export interface HeldLock {
  readonly target: LockTarget;
  /** How many share it; undefined: one has it alone. */
  readonly sharers: number | undefined;
  /** undefined: the lock is held, and nobody says by whom. */
  readonly holder:
    | (Pick<LockHolder, 'pid' | 'command'> & {
        /** undefined: unknown. */
        readonly sinceMs: number | undefined;
        readonly state: ProcessState;
      })
    | undefined;
  /** The command that a member has started, and that holds the lock with it. */
  readonly childPid: number | undefined;
}

export interface LockListing {
  /** Registry, log directory, partitions, groups with their members; each kind by name. */
  readonly locks: readonly HeldLock[];
  /** Files that could not be looked at: one error each. */
  readonly failures: readonly CoreError[];
}

/** A claim follows its lock within microseconds; so long it is waited for. */
const CLAIM_PAUSE_MS = 2;

/** INVALID_ARGUMENT for a cluster that is no directory of this machine. */
export async function listLocks(cluster: Cluster): Promise<LockListing> {
  if (!(cluster instanceof DirectoryCluster)) {
    throw new CoreError('INVALID_ARGUMENT', 'only locks of this machine can be looked at');
  }
  const list = new LockList(cluster.env, cluster.directory);
  await list.look();
  return list;
}

/** What a file says of its lock. */
type HolderReader = () => {
  readonly holder: LockHolder | undefined;
  readonly childPid?: number | undefined;
};

class LockList implements LockListing {
  readonly locks: HeldLock[] = [];
  readonly failures: CoreError[] = [];
  readonly #env: Environment;
  readonly #directory: DataDirectory;

  constructor(env: Environment, directory: DataDirectory) {
    this.#env = env;
    this.#directory = directory;
  }

  async look(): Promise<void> {
    const { paths } = this.#directory;
    const { registryLock } = paths;
    await this.#lookAt({ kind: 'registry' }, registryLock, () => ({
      holder: this.#read(registryLock, readLockHolder),
    }));
    this.#try(() => {
      this.#lookAtLogDirectory();
    });
    const places = (this.#try(() => this.#env.fs.list(paths.partitions)) ?? [])
      .map(parseTopicPartition)
      .filter((place) => place !== undefined)
      .sort(compareTopicPartitions);
    for (const place of places) {
      const path = paths.controlFile(place);
      await this.#lookAt({ kind: 'partition', ...place }, path, () => ({
        holder: this.#read(path, readControlHolder),
      }));
    }
    await this.#lookAtGroups();
  }

  async #lookAtGroups(): Promise<void> {
    // All that knows of groups is loaded as one.
    const { groupLockFiles } = await import('./directory-groups.js');
    const found = this.#try(() => groupLockFiles(this.#env, this.#directory));
    this.failures.push(...(found?.failures ?? []));
    for (const { group, memberId, path, readHolder } of found?.files ?? []) {
      const target =
        memberId === undefined
          ? { kind: 'group' as const, group }
          : { kind: 'member' as const, group, memberId };
      await this.#lookAt(target, path, readHolder);
    }
  }

  async #lookAt(target: LockTarget, path: string, read: HolderReader): Promise<void> {
    const { locks, bootId } = this.#env;
    const isHeld = (): boolean => this.#try(() => locks.isLocked(path)) === true;
    if (!isHeld()) return;
    let found = this.#try(read);
    if (found?.holder === undefined) {
      await new Promise((resolve) => setTimeout(resolve, CLAIM_PAUSE_MS));
      found = this.#try(read);
      // Given back meanwhile, as a rule.
      if (found?.holder === undefined && !isHeld()) return;
    }
    const { holder, childPid } = found ?? {};
    const shown = holder && shownHolder(holder, bootId);
    this.locks.push({ target, sharers: undefined, holder: shown, childPid });
  }

  #read(path: string, read: (file: File) => LockHolder | undefined): LockHolder | undefined {
    const file = this.#env.fs.open(path, 'read');
    try {
      return read(file);
    } finally {
      file.close();
    }
  }

  /** A Kafka broker locks as a process, so the kernel has its number; of ours it only counts the locks. */
  #lookAtLogDirectory(): void {
    const { fs, locks, bootId } = this.#env;
    const { brokerLock } = this.#directory.paths;
    const stat = fs.stat(brokerLock);
    if (stat === undefined) return;
    const target = { kind: 'log' } as const;
    const found = locksOf(stat);
    if (locks.isLocked(brokerLock)) {
      const holder = brokerOf(found, bootId);
      this.locks.push({ target, sharers: undefined, holder, childPid: undefined });
      return;
    }
    const sharers = found.filter(({ isExclusive }) => !isExclusive).length;
    if (sharers === 0) return;
    this.locks.push({ target, sharers, holder: undefined, childPid: undefined });
  }

  /** What one file says must not hide the others. What is gone has no lock. */
  #try<T>(look: () => T): T | undefined {
    try {
      return look();
    } catch (error) {
      if (!isCoreError(error)) throw error;
      if (error.code !== 'FILE_NOT_FOUND') this.failures.push(error);
      return undefined;
    }
  }
}

function shownHolder(holder: LockHolder, bootId: string): NonNullable<HeldLock['holder']> {
  const { pid, command, sinceMs } = holder;
  // A control file may have come from somewhere else.
  const isMoment = sinceMs > 0 && !Number.isNaN(new Date(sinceMs).getTime());
  const state = holderState(holder, bootId);
  return { pid, command, sinceMs: isMoment ? sinceMs : undefined, state };
}

function readControlHolder(file: File): LockHolder | undefined {
  const { isHeld, owner } = readControl(file);
  return isHeld ? owner : undefined;
}

function brokerOf(locks: readonly FileLock[], bootId: string): HeldLock['holder'] {
  const pid = locks.find(({ isExclusive }) => isExclusive)?.pid;
  if (pid === undefined) return undefined;
  return shownHolder({ pid, startTime: 0, command: 'Kafka broker', bootId, sinceMs: 0 }, bootId);
}
