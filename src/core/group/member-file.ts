/**
 * The file of a group's member, `groups/<encoded>/members/<member id>`: who it is, for people and for
 * the session timeout. What proves its life is the lock on the file, which ends with the process, or
 * with the command that inherited it.
 *
 * 512 bytes, a state file (see state-file.ts) padded with blanks:
 *
 *     pid, startTime   of the process, and pidNamespace, whose numbers they are; bootId: of the machine then
 *     command          what the process is, in a word or two
 *     sinceMs          when it joined
 *     heartbeatMs      when it last said that it goes on
 *     child            {pid, startTime, pidNamespace} of the command that works on a batch, or null
 *
 * It is written in place by one write of always the same size, which needs no block, so also on a full
 * disk. Nothing of it is synced: after a power cut no lock is held. A reader may meet half of a write;
 * the checksum tells.
 *
 * A member file is made and locked under the group's lock before the state names it. A crash between the
 * two leaves a file that no state names and nobody holds: see `sweepMemberFiles`.
 */
import { join } from 'node:path';
import { assert } from '../assert.js';
import { isCoreError } from '../errors.js';
import { appendWhole, readWholeFile, removeTree } from '../fs/durable.js';
import type { Environment, OwnerIdentity } from '../fs/environment.js';
import type { FileSystem } from '../fs/file-system.js';
import { lockBusy } from '../fs/lock-errors.js';
import type { LockableFile } from '../fs/lock.js';
import { isAlive } from '../fs/process-identity.js';
import { formatStateFile, isObject, parseStateFile } from '../topic/state-file.js';

const FORMAT_VERSION = 1;
const MEMBER_FILE_BYTES = 512;
const BLANK = 0x20;
/** A command's name is ours and short; whatever it is, the file must hold it. */
const COMMAND_LENGTH = 32;
/** A write takes microseconds, so what looks torn twice in a row is not being written. */
const READ_ATTEMPTS = 3;

export type ChildIdentity = Omit<OwnerIdentity, 'command'>;

export interface MemberIdentity extends OwnerIdentity {
  readonly bootId: string;
  readonly sinceMs: number;
  readonly heartbeatMs: number;
  /** The same moment on the clock of `Environment.uptimeMs`. */
  readonly heartbeatUptimeMs: number;
  readonly child: ChildIdentity | null;
}

export class MemberFile {
  readonly path: string;
  readonly #env: Environment;
  readonly #lock: LockableFile;
  #identity: MemberIdentity;

  private constructor(env: Environment, lock: LockableFile, identity: MemberIdentity) {
    this.#env = env;
    this.#lock = lock;
    this.path = lock.file.path;
    this.#identity = identity;
  }

  /** Made and locked; under the group's lock. FILE_EXISTS if a member of that id was there. */
  static create(env: Environment, path: string, permissions: number): MemberFile {
    const identity = newIdentity(env);
    const file = env.fs.open(path, 'create', permissions);
    try {
      try {
        appendWhole(file, formatMemberFile(identity));
      } finally {
        file.close();
      }
      return MemberFile.#lockNew(env, path, identity);
    } catch (error) {
      removeQuietly(env.fs, path);
      throw error;
    }
  }

  static #lockNew(env: Environment, path: string, identity: MemberIdentity): MemberFile {
    const lock = env.locks.open(path);
    try {
      if (!lock.tryLock()) throw lockBusy(path, 0);
      return new MemberFile(env, lock, identity);
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /** Hands the lock on to a child that gets it as an open file; undefined: it cannot be handed on. */
  get descriptor(): number | undefined {
    return this.#lock.inheritable;
  }

  /** False if a lease was lost: then others may take this member for dead. */
  stillHeld(): boolean {
    return this.#lock.stillHeld();
  }

  /** Says that this member goes on. */
  heartbeat(): void {
    this.#change(heartbeatOf(this.#env));
  }

  /** The child that works on a batch; undefined: there is none any more. Counts as a heartbeat. */
  noteChild(child: ChildIdentity | undefined): void {
    this.#change({ child: child ? processOf(child) : null, ...heartbeatOf(this.#env) });
  }

  /** Leaves the file to a child that inherited the lock; else it is debris from here on. Idempotent. */
  close(): void {
    this.#lock.close();
  }

  /** After the state has ceased to name this member. Idempotent. */
  remove(): void {
    this.close();
    removeTree(this.#env.fs, this.path);
  }

  #change(fields: Partial<MemberIdentity>): void {
    this.#identity = { ...this.#identity, ...fields };
    this.#write();
  }

  /** One that is cut short shows as torn until the next one. */
  #write(): void {
    this.#lock.file.writeAt(formatMemberFile(this.#identity), 0, MEMBER_FILE_BYTES, 0);
  }
}

/** What the file says; undefined if there is none or it cannot be made out. */
export function readMemberFile(fs: FileSystem, path: string): MemberIdentity | undefined {
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    try {
      return parseMemberFile(readWholeFile(fs, path, MEMBER_FILE_BYTES), path);
    } catch (error) {
      if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
      const isTorn = isCoreError(error, 'DATA_DIR_DAMAGED');
      if (!isTorn && !isCoreError(error, 'DATA_DIR_UNKNOWN_FORMAT')) throw error;
    }
  }
  return undefined;
}

/**
 * Whether the process of this member, or the command that it has started, is there. Where a lock cannot
 * be handed on, what speaks for the command is its process.
 */
export function isMemberAlive(env: Environment, path: string): boolean {
  if (env.locks.isLocked(path)) return true;
  const identity = readMemberFile(env.fs, path);
  if (identity === undefined || identity.child === null) return false;
  return identity.bootId === env.bootId && isAlive(identity.child);
}

/**
 * Removes the files that nobody holds and whose names are not in `named`: of killed members that the
 * state has ceased to name, or never did. Under the group's lock.
 */
export function sweepMemberFiles(
  env: Environment,
  folder: string,
  named: ReadonlySet<string>,
): void {
  for (const name of env.fs.list(folder)) {
    // Beside the file of a killed member may be what was its lease (lockfile-lease.ts).
    const memberId = name.replace(/\.lock$/, '');
    if (named.has(memberId) || isMemberAlive(env, join(folder, memberId))) continue;
    removeTree(env.fs, join(folder, name));
  }
}

function heartbeatOf(env: Environment): Pick<MemberIdentity, `heartbeat${'' | 'Uptime'}Ms`> {
  return { heartbeatMs: env.now(), heartbeatUptimeMs: env.uptimeMs() };
}

function newIdentity(env: Environment): MemberIdentity {
  const sinceMs = env.now();
  return {
    ...processOf(env.owner),
    bootId: env.bootId,
    command: env.owner.command.slice(0, COMMAND_LENGTH),
    sinceMs,
    ...heartbeatOf(env),
    child: null,
  };
}

function formatMemberFile(identity: MemberIdentity): Uint8Array {
  const bytes = formatStateFile(FORMAT_VERSION, identity);
  assert(bytes.length <= MEMBER_FILE_BYTES, 'a member file that does not hold its member');
  const padded = new Uint8Array(MEMBER_FILE_BYTES).fill(BLANK);
  padded.set(bytes);
  return padded;
}

/** DATA_DIR_DAMAGED, DATA_DIR_UNKNOWN_FORMAT. The checksum vouches for the fields. */
function parseMemberFile(bytes: Uint8Array, path: string): MemberIdentity {
  const endAt = bytes.findLastIndex((byte) => byte !== BLANK) + 1;
  const fields = parseStateFile(bytes.subarray(0, endAt), { path, formatVersion: FORMAT_VERSION });
  const identity = fields as unknown as MemberIdentity;
  const { bootId, command, sinceMs, heartbeatMs, heartbeatUptimeMs } = identity;
  const child = isObject(identity.child) ? processOf(identity.child) : null;
  return {
    ...processOf(identity),
    bootId,
    command,
    sinceMs,
    heartbeatMs,
    heartbeatUptimeMs,
    child,
  };
}

function processOf({ pid, startTime, pidNamespace }: ChildIdentity): ChildIdentity {
  return { pid, startTime, ...(pidNamespace === undefined ? {} : { pidNamespace }) };
}

/** Tidying up after an error that is about to be thrown. */
function removeQuietly(fs: FileSystem, path: string): void {
  try {
    removeTree(fs, path);
  } catch {
    // Debris: the next sweep finds it.
  }
}
