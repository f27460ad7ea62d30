/**
 * A lock whose file says who holds it: `locks/registry` and `locks/groups/<encoded>`, which have nothing
 * else to say. (Partitions have control files, members have member files.)
 *
 * The file is empty until its lock is first taken, and then has 512 bytes: a state file (see
 * state-file.ts) padded with blanks,
 *
 *     pid, startTime, pidNamespace   of the process; bootId: of the machine then
 *     command                        what the process is, in a word or two, never its arguments
 *     sinceMs                        when it took the lock
 *     isHeld                         false once it was given back
 *
 * written in place by one write when the lock is taken and one before it is given back, and never synced.
 * It is for people alone: where it cannot be written (a full disk, the first time), work goes on without.
 * A file of another size is left alone: it is not ours.
 */
import { isCoreError } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import type { File } from '../fs/file-system.js';
import { type LockHolder, heldLockError } from '../fs/lock-holder.js';
import type { LockableFile } from '../fs/lock.js';
import { formatStateFile, parseStateFile } from './state-file.js';

const FORMAT_VERSION = 1;
const RECORD_BYTES = 512;
const BLANK = 0x20;
/** A command's name is ours and short; whatever it is, the record must hold it. */
const COMMAND_LENGTH = 32;

export type LockUser = Pick<Environment, 'owner' | 'bootId' | 'now'>;

export interface OwnedLockOptions {
  readonly user: LockUser;
  /** What the holder does, to go on with "by" somebody: `group load is being changed`. */
  readonly what: string;
}

export class OwnedLock implements LockableFile {
  readonly #lock: LockableFile;
  readonly #options: OwnedLockOptions;
  /** Our claim, while it stands in the file. */
  #claim: LockHolder | undefined;

  constructor(lock: LockableFile, options: OwnedLockOptions) {
    this.#lock = lock;
    this.#options = options;
  }

  get file(): File {
    return this.#lock.file;
  }

  get inheritable(): number | undefined {
    return this.#lock.inheritable;
  }

  tryLock(): boolean {
    if (!this.#lock.tryLock()) return false;
    this.#writeClaim();
    return true;
  }

  /** A BUSY says who holds it (`details.owner`). */
  async lock(wait: Parameters<LockableFile['lock']>[0]): Promise<void> {
    try {
      await this.#lock.lock(wait);
    } catch (error) {
      if (!isCoreError(error, 'BUSY')) throw error;
      const { user, what } = this.#options;
      const holder = readLockHolder(this.file);
      throw heldLockError(error, { what, holder, bootId: user.bootId });
    }
    this.#writeClaim();
  }

  /** Without a word: a shared lock has many holders. */
  tryLockShared(): boolean {
    return this.#lock.tryLockShared();
  }

  stillHeld(): boolean {
    return this.#lock.stillHeld();
  }

  unlock(): void {
    this.#takeBackClaim();
    this.#lock.unlock();
  }

  close(): void {
    this.#takeBackClaim();
    this.#lock.close();
  }

  #writeClaim(): void {
    const { user } = this.#options;
    const command = user.owner.command.slice(0, COMMAND_LENGTH);
    const { bootId } = user;
    this.#claim = this.#write({ ...user.owner, command, bootId, sinceMs: user.now() }, true);
  }

  #takeBackClaim(): void {
    if (this.#claim !== undefined && this.#lock.stillHeld()) this.#write(this.#claim, false);
    this.#claim = undefined;
  }

  /** undefined if it could not be written. */
  #write(holder: LockHolder, isHeld: boolean): LockHolder | undefined {
    try {
      const { file } = this;
      const { sizeBytes } = file.stat();
      if (sizeBytes !== 0 && sizeBytes !== RECORD_BYTES) return undefined;
      file.writeAt(formatRecord({ ...holder, isHeld }), 0, RECORD_BYTES, 0);
      return holder;
    } catch (error) {
      if (!isCoreError(error)) throw error;
      return undefined;
    }
  }
}

/** Who says to hold the lock of this file; undefined if nobody does, or it cannot be made out. */
export function readLockHolder(file: File): LockHolder | undefined {
  const bytes = new Uint8Array(RECORD_BYTES);
  if (file.readAt(bytes, 0, RECORD_BYTES, 0) < RECORD_BYTES) return undefined;
  const endAt = bytes.findLastIndex((byte) => byte !== BLANK) + 1;
  try {
    const fields = parseStateFile(bytes.subarray(0, endAt), {
      path: file.path,
      formatVersion: FORMAT_VERSION,
    });
    return fields['isHeld'] === true ? holderOf(fields as unknown as LockHolder) : undefined;
  } catch (error) {
    // Half of a write, or what is not ours.
    if (isCoreError(error)) return undefined;
    throw error;
  }
}

/** The checksum says that somebody wrote it, not that it was one of us. */
function holderOf(fields: LockHolder): LockHolder | undefined {
  const { pid, startTime, pidNamespace, bootId, command, sinceMs } = fields;
  const isWhole =
    Number.isSafeInteger(pid) &&
    typeof bootId === 'string' &&
    typeof command === 'string' &&
    !Number.isNaN(new Date(sinceMs).getTime());
  if (!isWhole) return undefined;
  const namespace = pidNamespace === undefined ? {} : { pidNamespace };
  return { pid, startTime, ...namespace, bootId, command, sinceMs };
}

function formatRecord(claim: LockHolder & { readonly isHeld: boolean }): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES).fill(BLANK);
  bytes.set(formatStateFile(FORMAT_VERSION, claim));
  return bytes;
}
