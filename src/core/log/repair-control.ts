/**
 * A control file that is missing, or of which nothing durable can be read, made anew. What only it knew is
 * gone: a trim is undone (the log starts with the first segment again), and ranges that were given up
 * or whose sync failed are found again as what they are, missing offsets. All bytes of the last segment
 * count as on disk and acknowledged, because nobody knows better; they are synced to make it so.
 *
 * The counters begin at the clock: no process that knew the old file can take the new one for it.
 */
import { dirname } from 'node:path';
import { CoreError, isCoreError } from '../errors.js';
import { appendWhole } from '../fs/durable.js';
import type { Environment } from '../fs/environment.js';
import type { File } from '../fs/file-system.js';
import { LOG_SUFFIX, listBaseOffsets, segmentPath } from '../segment/file-names.js';
import {
  CONTROL_FILE_BYTES,
  type ControlState,
  initialControlFile,
  readControl,
  writeKept,
  writeRunning,
} from './control-file.js';
import type { LockWait } from './log-lock.js';
import type { LogLocation } from './log-location.js';

export type ControlCondition =
  | { readonly kind: 'sound'; readonly state: ControlState }
  /** All that counts can be read, but the file is cut short or too long. */
  | { readonly kind: 'wrong-size'; readonly state: ControlState }
  | { readonly kind: 'missing' | 'damaged' }
  | { readonly kind: 'irreparable'; readonly reason: string };

type ControlEnvironment = Pick<Environment, 'fs' | 'now' | 'bootId' | 'owner'>;

export function examineControl(
  { fs }: Pick<Environment, 'fs'>,
  controlPath: string,
): ControlCondition {
  try {
    const file = fs.open(controlPath, 'read');
    try {
      const state = readControl(file);
      const isWhole = file.stat().sizeBytes === CONTROL_FILE_BYTES;
      return { kind: isWhole ? 'sound' : 'wrong-size', state };
    } finally {
      file.close();
    }
  } catch (error) {
    if (!isCoreError(error)) throw error;
    if (error.code === 'FILE_NOT_FOUND') return { kind: 'missing' };
    if (error.code === 'DATA_DIR_DAMAGED' || error.code === 'CORRUPT_MESSAGE') {
      return { kind: 'damaged' };
    }
    return { kind: 'irreparable', reason: error.message };
  }
}

/** The state that a new control file gets; undefined without a segment to tell it from. */
export function stateFromSegments(
  { fs, now, bootId, owner }: ControlEnvironment,
  directory: string,
): ControlState | undefined {
  const baseOffsets = listBaseOffsets(fs, directory);
  const [first] = baseOffsets;
  const last = baseOffsets.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const counter = now();
  return {
    counter,
    keptCounter: counter,
    fence: 0,
    activeBaseOffset: last,
    syncedPosition: fs.stat(segmentPath(directory, last, LOG_SUFFIX))?.sizeBytes ?? 0,
    isHeld: false,
    isAppending: false,
    bootId,
    owner: { ...owner, bootId: '', sinceMs: 0 },
    logStartOffset: first,
    isEstablished: false,
    failedRanges: [],
    lostRanges: [],
  };
}

export interface ControlRepair {
  readonly location: LogLocation;
  /** Names a temporary file; used by no other writer. */
  readonly nonce: string;
  readonly wait: LockWait;
}

/** Durable on return. A file that is sound by now is left alone. */
export async function repairControl(
  env: ControlEnvironment & Pick<Environment, 'locks'>,
  repair: ControlRepair,
): Promise<void> {
  const { controlPath } = repair.location;
  if (examineControl(env, controlPath).kind === 'missing') {
    createControl(env, repair);
    return;
  }
  const lock = env.locks.open(controlPath);
  try {
    await lock.lock(repair.wait);
    const { kind } = examineControl(env, controlPath);
    if (kind === 'wrong-size') {
      lock.file.truncate(CONTROL_FILE_BYTES);
      lock.file.sync();
    } else if (kind === 'damaged') overwriteControl(env, repair, lock.file);
  } finally {
    lock.close();
  }
}

/** Whole, or not there: nobody ever meets a part of it. */
function createControl(env: ControlEnvironment, repair: ControlRepair): void {
  const { controlPath } = repair.location;
  withNewFile(env, repair, (path) => {
    try {
      env.fs.link(path, controlPath);
    } catch (error) {
      // Another repair was quicker.
      if (!isCoreError(error, 'FILE_EXISTS')) throw error;
    }
  });
}

/** In place, because the file is locked. A death half-way leaves it damaged, as it was. */
function overwriteControl(env: ControlEnvironment, repair: ControlRepair, file: File): void {
  withNewFile(env, repair, (path) => {
    const bytes = Buffer.alloc(CONTROL_FILE_BYTES);
    const made = env.fs.open(path, 'read');
    try {
      made.readAt(bytes, 0, CONTROL_FILE_BYTES, 0);
    } finally {
      made.close();
    }
    file.truncate(CONTROL_FILE_BYTES);
    const written = file.writeAt(bytes, 0, CONTROL_FILE_BYTES, 0);
    if (written < CONTROL_FILE_BYTES) {
      throw new CoreError('IO_ERROR', `cannot write ${file.path}: only ${written} bytes written`, {
        details: { path: file.path },
      });
    }
    file.sync();
  });
}

/** Makes the new content in a temporary file, synced, and takes that away again. */
function withNewFile(
  env: ControlEnvironment,
  { location, nonce }: ControlRepair,
  use: (path: string) => void,
): void {
  const { fs } = env;
  const { controlPath, directory, filePermissions } = location;
  const state = stateFromSegments(env, directory);
  if (state === undefined) throw nothingToTellFrom(directory);
  const last = fs.open(segmentPath(directory, state.activeBaseOffset, LOG_SUFFIX), 'append');
  try {
    last.sync();
  } finally {
    last.close();
  }
  const path = `${dirname(controlPath)}/.tmp-${nonce}`;
  try {
    const file = fs.open(path, 'create', filePermissions);
    try {
      appendWhole(file, initialControlFile());
    } finally {
      file.close();
    }
    writeState(fs.open(path, 'update'), state);
    use(path);
  } finally {
    if (fs.stat(path) !== undefined) fs.removeFile(path);
    fs.syncDirectory(dirname(controlPath));
  }
}

function writeState(file: File, state: ControlState): void {
  try {
    writeKept(file, writeRunning(file, state, {}), {});
  } finally {
    file.close();
  }
}

function nothingToTellFrom(directory: string): CoreError {
  return new CoreError(
    'DATA_DIR_DAMAGED',
    `${directory} holds no segment, and has no control file`,
    {
      details: { path: directory },
      suggestion: 'restore the partition from a backup, or delete the topic',
    },
  );
}
