/**
 * The files of consumer groups:
 *
 *     groups/<encoded>/state.json    see group-state.ts; its rename into place creates the group
 *     groups/<encoded>/state.prev    the revision before, to go on from if state.json is damaged
 *     groups/<encoded>/members/      one file a member, see member-file.ts
 *     groups/.deleted-<nonce>/       a deleted group, until its files are removed
 *     locks/groups/<encoded>         lock target for every change of the state, see owned-lock.ts; never
 *                                    removed
 *
 * A change is made under the group's lock, in these steps:
 *
 * 1. What killed writers left is removed; the folders are made. A crash: debris, which nobody reads.
 * 2. `state.prev` becomes a second name of the file that is the state now: a link, renamed into place.
 *    A crash: both names lead to the old state.
 * 3. The new state is written beside it, synced, renamed over state.json, and the folder synced. A crash
 *    before the rename: the old state; after it: the new one.
 *
 * So there is no moment with a state.prev and no state.json; where that is met, something else has
 * removed it, which is damage like a wrong checksum. Damage is never read as "no group": positions that
 * start again from nothing would pass for a new group's.
 *
 * A group is deleted by renaming its folder: before that it is whole, after that it is gone, and its name
 * is free. The renamed folder has no other name, so anybody may remove it without a lock.
 */
import { join } from 'node:path';
import { assert } from '../assert.js';
import { CoreError, isCoreError } from '../errors.js';
import { readWholeFile, removeTree, replaceFileDurably } from '../fs/durable.js';
import type { Environment } from '../fs/environment.js';
import type { LockableFile } from '../fs/lock.js';
import { checkNoLink } from '../fs/symbolic-link.js';
import { damagedFile } from '../log/damaged-file.js';
import type { LockWait } from '../log/log-lock.js';
import type { DataDirectory } from '../topic/data-directory.js';
import { randomNonce } from '../topic/nonce.js';
import { sweepTemporaryFiles } from '../topic/temporary-files.js';
import { groupFileName, groupOfFileName, isGroupFileName } from './group-name.js';
import {
  GROUP_STATE_LIMIT_BYTES,
  type GroupState,
  emptyGroup,
  formatGroupState,
  parseGroupState,
} from './group-state.js';

const STATE = 'state.json';
const PREVIOUS = 'state.prev';
const MEMBERS = 'members';
/** No group's folder begins with a dot. */
const DELETED_PREFIX = '.deleted-';
/** As `replaceFileDurably` names its own, so that one sweep finds both. */
const TEMPORARY_PREFIX = '.tmp-';

export interface GroupListing {
  /** All that could be read, sorted by name (code units). */
  readonly states: readonly GroupState[];
  /** Why others could not: one error a group, as `read` throws it. */
  readonly failures: readonly CoreError[];
}

export class GroupStore {
  readonly #env: Environment;
  readonly #directory: DataDirectory;

  constructor(env: Environment, directory: DataDirectory) {
    this.#env = env;
    this.#directory = directory;
  }

  /** All groups, each read once. One that is damaged does not hide the others. */
  list(): GroupListing {
    const states: GroupState[] = [];
    const failures: CoreError[] = [];
    for (const folderName of this.#env.fs.list(this.#directory.paths.groups)) {
      if (!isGroupFileName(folderName)) continue;
      try {
        const state = this.#readFolder(folderName);
        if (state !== undefined) states.push(state);
      } catch (error) {
        if (!isCoreError(error)) throw error;
        failures.push(error);
      }
    }
    states.sort((left, right) => (left.group < right.group ? -1 : 1));
    return { states, failures };
  }

  /**
   * undefined if there is no such group. INVALID_GROUP_ID; DATA_DIR_DAMAGED, which names the revision
   * before where that is whole, and how to take it. Takes no lock and writes nothing.
   */
  read(group: string): GroupState | undefined {
    return this.#readFolder(groupFileName(group));
  }

  /** Where a group's files are, whether it exists or not. INVALID_GROUP_ID. */
  folder(group: string): string {
    return join(this.#directory.paths.groups, groupFileName(group));
  }

  /** Where its members' files are. */
  membersFolder(group: string): string {
    return join(this.folder(group), MEMBERS);
  }

  /**
   * Makes them where they are missing, for a member's file that must be there before the state names it:
   * inside of a `change`. They are durable, and a group, with that change.
   */
  makeFolders(group: string): void {
    for (const path of [this.folder(group), this.membersFolder(group)]) {
      checkNoLink(this.#env.fs, path);
      if (this.#isThere(path)) continue;
      this.#env.fs.makeDirectory(path, this.#directory.directoryPermissions);
    }
  }

  /**
   * Replaces the state by what `change` makes of it, under the group's lock, and returns it; durable on
   * return. A new group begins with revision 0. What `change` throws leaves all as it was; the same
   * state back writes nothing. FENCED if the lock is lost; BUSY and INTERRUPTED, naming the group, if it
   * is not had.
   */
  async change(
    group: string,
    wait: LockWait,
    change: (state: GroupState) => GroupState,
  ): Promise<GroupState> {
    return this.#withLock(group, wait, (lock) => {
      const found = this.read(group);
      const before = found ?? emptyGroup(group);
      const after = change(before);
      if (after === before) return before;
      assert(after.group === group, 'a group keeps its name');
      const state = { ...after, revision: before.revision + 1 };
      this.#write(state, { isNew: found === undefined, lock });
      if (!lock.stillHeld()) {
        throw lostLock(group, 'Whether the change stands is not certain: look at the group.');
      }
      return state;
    });
  }

  /**
   * Removes all of the group, and returns it as it was; undefined if there is none. Durable on return.
   * What `check` throws leaves it as it is. BUSY, INTERRUPTED, FENCED as in `change`.
   */
  async delete(
    group: string,
    wait: LockWait,
    check: (state: GroupState) => void,
  ): Promise<GroupState | undefined> {
    if (this.read(group) === undefined) return undefined;
    return this.#withLock(group, wait, (lock) => {
      const { fs } = this.#env;
      const { groups } = this.#directory.paths;
      const state = this.read(group);
      if (state === undefined) return undefined;
      check(state);
      this.#checkLock(group, lock);
      fs.rename(this.folder(group), join(groups, DELETED_PREFIX + randomNonce()));
      fs.syncDirectory(groups);
      this.#sweepDeleted();
      return state;
    });
  }

  /** Once more where the state is missing beside its predecessor: it may be made at this moment. */
  #readFolder(folderName: string): GroupState | undefined {
    const folder = join(this.#directory.paths.groups, folderName);
    checkNoLink(this.#env.fs, folder);
    const path = join(folder, STATE);
    const found = this.#readState(path, folderName);
    if (found !== undefined || !this.#isThere(previousOf(path))) return found;
    return this.#readState(path, folderName) ?? this.#failAsMissing(path, folderName);
  }

  #readState(path: string, folderName: string): GroupState | undefined {
    try {
      return this.#parse(path, folderName);
    } catch (error) {
      if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
      if (isCoreError(error, 'DATA_DIR_DAMAGED')) throw this.#damaged(path, folderName, error);
      throw error;
    }
  }

  /** FILE_NOT_FOUND, DATA_DIR_DAMAGED, DATA_DIR_UNKNOWN_FORMAT. */
  #parse(path: string, folderName: string): GroupState {
    const state = parseGroupState(readWholeFile(this.#env.fs, path, GROUP_STATE_LIMIT_BYTES), path);
    if (groupFileName(state.group) === folderName) return state;
    throw damagedFile(path, `it is the state of group ${state.group}`);
  }

  #failAsMissing(path: string, folderName: string): never {
    throw this.#damaged(path, folderName, damagedFile(path, 'it is missing'));
  }

  #damaged(path: string, folderName: string, cause: CoreError): CoreError {
    const previous = this.#readPrevious(path, folderName);
    const group = groupOfFileName(folderName) ?? previous?.group ?? null;
    const suggestion =
      previous === undefined
        ? `Restore it from a backup, or give up the group's positions: rm -r ${join(path, '..')}`
        : `The revision before it (${previous.revision}) is whole. To go on from there: cp ${previousOf(path)} ${path}`;
    return new CoreError('DATA_DIR_DAMAGED', cause.message, {
      details: {
        ...cause.details,
        group,
        previous: previous === undefined ? null : previousOf(path),
        previousRevision: previous?.revision ?? null,
      },
      suggestion,
      cause,
    });
  }

  /** undefined if it is not there, or no better. */
  #readPrevious(path: string, folderName: string): GroupState | undefined {
    try {
      return this.#parse(previousOf(path), folderName);
    } catch (error) {
      if (isCoreError(error)) return undefined;
      throw error;
    }
  }

  #write(state: GroupState, { isNew, lock }: { isNew: boolean; lock: LockableFile }): void {
    const { fs } = this.#env;
    const { filePermissions } = this.#directory;
    const bytes = formatGroupState(state);
    assert(bytes.length <= GROUP_STATE_LIMIT_BYTES, 'a state that could not be read again');
    const path = join(this.folder(state.group), STATE);
    this.makeFolders(state.group);
    if (isNew) this.#confirmFolder();
    sweepTemporaryFiles(fs, this.folder(state.group));
    if (!isNew) this.#keepPrevious(path);
    this.#checkLock(state.group, lock);
    replaceFileDurably(fs, path, bytes, filePermissions, randomNonce());
  }

  /** In any case: the folder may be a killed creator's, who did not come to this. */
  #confirmFolder(): void {
    this.#env.fs.syncDirectory(this.#directory.paths.groups);
    this.#sweepDeleted();
  }

  /** Becomes durable with the replacement of the state that follows. */
  #keepPrevious(path: string): void {
    const { fs } = this.#env;
    const previous = previousOf(path);
    // Killed between this and the replacement. (A rename of a file onto itself would do nothing.)
    if (fs.stat(previous)?.inode === fs.stat(path)?.inode) return;
    const link = join(path, '..', TEMPORARY_PREFIX + randomNonce());
    try {
      fs.link(path, link);
    } catch (error) {
      // A file system without links: EPERM or ENOTSUP, as each pleases.
      if (!isCoreError(error, 'PERMISSION_DENIED') && !isCoreError(error, 'IO_ERROR')) throw error;
      const bytes = readWholeFile(fs, path, GROUP_STATE_LIMIT_BYTES);
      replaceFileDurably(fs, previous, bytes, this.#directory.filePermissions, randomNonce());
      return;
    }
    fs.rename(link, previous);
  }

  /** Where it fails, the next creation or deletion tries again. */
  #sweepDeleted(): void {
    const { fs } = this.#env;
    const { groups } = this.#directory.paths;
    try {
      for (const name of fs.list(groups)) {
        if (name.startsWith(DELETED_PREFIX)) removeTree(fs, join(groups, name));
      }
    } catch (error) {
      if (!isCoreError(error)) throw error;
    }
  }

  async #withLock<T>(group: string, wait: LockWait, work: (lock: LockableFile) => T): Promise<T> {
    const lock = this.#openLock(group);
    try {
      await lockGroup(group, lock, wait);
      return work(lock);
    } finally {
      lock.close();
    }
  }

  /** The target is made when it is first needed. What is in it need not survive a power cut. */
  #openLock(group: string): LockableFile {
    const { fs, locks } = this.#env;
    const path = join(this.#directory.paths.groupLocks, groupFileName(group));
    const what = `group ${group} is being changed`;
    try {
      return locks.open(path, what);
    } catch (error) {
      if (!isCoreError(error, 'FILE_NOT_FOUND')) throw error;
    }
    try {
      fs.open(path, 'create', this.#directory.filePermissions).close();
    } catch (error) {
      if (!isCoreError(error, 'FILE_EXISTS')) throw error;
    }
    return locks.open(path, what);
  }

  #checkLock(group: string, lock: LockableFile): void {
    if (!lock.stillHeld()) throw lostLock(group, 'Nothing was changed: run the command again.');
  }

  #isThere(path: string): boolean {
    return this.#env.fs.stat(path) !== undefined;
  }
}

function previousOf(path: string): string {
  return join(path, '..', PREVIOUS);
}

async function lockGroup(group: string, lock: LockableFile, wait: LockWait): Promise<void> {
  try {
    await lock.lock(wait);
  } catch (error) {
    if (!isCoreError(error, 'BUSY') && !isCoreError(error, 'INTERRUPTED')) throw error;
    const { suggestion } = error;
    const message =
      error.code === 'BUSY'
        ? busyMessage(group, error)
        : `interrupted while waiting for group ${group}`;
    throw new CoreError(error.code, message, {
      details: { ...error.details, group },
      ...(suggestion === undefined ? {} : { suggestion }),
      cause: error,
    });
  }
}

/** The lock itself knows who holds it, or nobody does. */
function busyMessage(group: string, { message, details }: CoreError): string {
  return 'owner' in details ? message : `group ${group} is being changed by another process`;
}

function lostLock(group: string, suggestion: string): CoreError {
  return new CoreError('FENCED', `the lock of group ${group} was lost to another process`, {
    details: { group },
    suggestion,
  });
}
