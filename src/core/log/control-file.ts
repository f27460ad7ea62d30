/**
 * The control file of a partition: the target of its lock, and what a writer must remember about the
 * partition that the log itself cannot tell. 2,048 bytes, four slots of 512, always written in place:
 * an update needs no new block, so it succeeds on a full disk. Two pairs, each written in turn:
 *
 * - the *running* state, slots 0 and 1, written at every lock and unlock and never synced;
 * - the *kept* state, slots 2 and 3, both written, one after the other, and each synced before anything
 *   relies on it: a slot that goes bad later takes nothing with it.
 *
 * The valid slot of a pair with the larger counter is its state. A slot, big-endian:
 *
 *     0  8  magic "SPOOLctl"
 *     8  4  crc32c over bytes 12 .. 511
 *    12  4  version of this layout, 1
 *    16  8  counter: grows by one with every write, so "nobody was here" is one comparison
 *   running:
 *    24  8  fence: grows whenever a lock was taken over from a holder that never gave it back
 *    32  8  base offset of the active segment, -1 = look
 *    40  8  syncedPosition: bytes of the active segment that are certainly on disk
 *    56  1  1 while a holder has the lock
 *    57  1  `appending` (replicas; always 0 with one)
 *    60  4  pid of the last holder
 *    64  8  its start time (clock ticks after boot)
 *    72  8  since when it holds or held the lock, ms
 *    80 40  boot id under which the state was last established, ASCII, NUL-padded
 *   120 40  boot id of the holder, likewise
 *   160 32  the holder's command name, UTF-8, NUL-padded; never its arguments
 *   kept:
 *    24  8  logStartOffset: records below it are gone, whatever the segments still hold
 *    32  2  number of failed ranges
 *    34  1  1 once a writer of ours has been here; 0 for a new partition and for an adopted folder
 *    36  2  number of lost ranges
 *    40 16n the failed ranges, then the lost ones: int64 first offset, int64 end offset (exclusive)
 *
 * Only the holder of the lock writes. If the process dies during a write, the other slot of the pair
 * holds the state before it. A power cut may bring back an older running state, or tear both of its
 * slots: then nothing is known, which is what an unknown boot id says, and recovery looks at the
 * whole active segment. The kept state can lose at most a write that was never relied on.
 */
import { crc32c } from '../bytes/crc32c.js';
import { readInt64, writeInt64 } from '../bytes/int64.js';
import { CoreError, isCoreError } from '../errors.js';
import type { OwnerIdentity } from '../fs/environment.js';
import type { File } from '../fs/file-system.js';
import { type OffsetRange, coarsened } from './offset-range.js';

const SLOT_BYTES = 512;
const RUNNING_POSITION = 0;
const KEPT_POSITION = 2 * SLOT_BYTES;
export const CONTROL_FILE_BYTES = 4 * SLOT_BYTES;
const LAYOUT_VERSION = 1;
const MAGIC = Buffer.from('SPOOLctl', 'latin1');

const CRC_AT = 8;
const CRC_FROM = 12;
const VERSION_AT = 12;
const COUNTER_AT = 16;

const FENCE_AT = 24;
const ACTIVE_BASE_AT = 32;
const SYNCED_POSITION_AT = 40;
const HELD_AT = 56;
const APPENDING_AT = 57;
const PID_AT = 60;
const START_TIME_AT = 64;
const SINCE_AT = 72;
const BOOT_ID_AT = 80;
const OWNER_BOOT_ID_AT = 120;
const BOOT_ID_BYTES = 40;
const COMMAND_AT = 160;
const COMMAND_BYTES = 32;

const LOG_START_AT = 24;
const FAILED_COUNT_AT = 32;
const ESTABLISHED_AT = 34;
const LOST_COUNT_AT = 36;
const RANGES_AT = 40;
const RANGE_BYTES = 16;
const RANGES_MAX = Math.floor((SLOT_BYTES - RANGES_AT) / RANGE_BYTES);
/** Of failed ranges and of lost ones, half of the room each; more become coarser. */
export const RANGES_MAX_PER_KIND = Math.floor(RANGES_MAX / 2);

export interface LockOwner extends OwnerIdentity {
  readonly bootId: string;
  readonly sinceMs: number;
}

export interface RunningState {
  readonly fence: number;
  readonly activeBaseOffset: number;
  readonly syncedPosition: number;
  readonly isHeld: boolean;
  readonly isAppending: boolean;
  readonly bootId: string;
  readonly owner: LockOwner;
}

export interface KeptState {
  readonly logStartOffset: number;
  /**
   * A writer has been here. Before that, an unknown running state says nothing about a power cut: the
   * log is new, or it comes from elsewhere.
   */
  readonly isEstablished: boolean;
  /** Their sync failed: in the page cache perhaps, on disk perhaps, never acknowledged. */
  readonly failedRanges: readonly OffsetRange[];
  /** Given up by a repair: what is missing there is known to be missing. */
  readonly lostRanges: readonly OffsetRange[];
}

export interface ControlState extends RunningState, KeptState {
  /** Of the running state. */
  readonly counter: number;
  readonly keptCounter: number;
}

const UNKNOWN_RUNNING: RunningState = {
  fence: 0,
  activeBaseOffset: -1,
  syncedPosition: 0,
  isHeld: false,
  isAppending: false,
  bootId: '',
  owner: { pid: 0, startTime: 0, sinceMs: 0, bootId: '', command: '' },
};

const NOTHING_KEPT: KeptState = {
  logStartOffset: 0,
  isEstablished: false,
  failedRanges: [],
  lostRanges: [],
};

/** The content of a new partition's control file. */
export function initialControlFile(): Uint8Array {
  const bytes = Buffer.alloc(CONTROL_FILE_BYTES);
  for (const counter of [1, 2]) {
    bytes.set(encodeRunning(counter, UNKNOWN_RUNNING), slotPosition(RUNNING_POSITION, counter));
    bytes.set(encodeKept(counter, NOTHING_KEPT), slotPosition(KEPT_POSITION, counter));
  }
  return bytes;
}

/** The newest valid state. DATA_DIR_DAMAGED if neither slot of the kept state is valid. */
export function readControl(file: File): ControlState {
  const bytes = Buffer.alloc(CONTROL_FILE_BYTES);
  file.readAt(bytes, 0, CONTROL_FILE_BYTES, 0);
  const kept = newestSlot(bytes, KEPT_POSITION);
  if (kept === undefined) {
    throw new CoreError('DATA_DIR_DAMAGED', `the control file ${file.path} is damaged`, {
      details: { path: file.path },
      suggestion: 'restore it from a backup; the log files themselves are not affected',
    });
  }
  const running = newestSlot(bytes, RUNNING_POSITION);
  return {
    ...(running === undefined ? UNKNOWN_RUNNING : decodeRunning(running)),
    ...decodeKept(kept),
    counter: running === undefined ? 0 : readInt64(running, COUNTER_AT),
    keptCounter: readInt64(kept, COUNTER_AT),
  };
}

/** Writes the running state that follows `before`. Not synced. */
export function writeRunning(
  file: File,
  before: ControlState,
  changes: Partial<RunningState>,
): ControlState {
  const state = { ...before, ...changes, counter: before.counter + 1 };
  writeSlot(file, encodeRunning(state.counter, state), RUNNING_POSITION, state.counter);
  return state;
}

/** Writes the kept state that follows `before`, twice; durable on return. */
export function writeKept(
  file: File,
  before: ControlState,
  changes: Partial<KeptState>,
): ControlState {
  const state = { ...before, ...changes, keptCounter: before.keptCounter + 1 };
  writeKeptSlot(file, state);
  const copy = { ...state, keptCounter: state.keptCounter + 1 };
  try {
    writeKeptSlot(file, copy);
    return copy;
  } catch (error) {
    // One copy is on disk, and the next change writes the other one.
    if (!isCoreError(error)) throw error;
    return state;
  }
}

function writeKeptSlot(file: File, state: ControlState): void {
  writeSlot(file, encodeKept(state.keptCounter, state), KEPT_POSITION, state.keptCounter);
  file.sync();
}

/** How many of the two copies of the kept state are whole. */
export function keptCopies(file: File): number {
  const bytes = Buffer.alloc(CONTROL_FILE_BYTES);
  file.readAt(bytes, 0, CONTROL_FILE_BYTES, 0);
  return slotsOf(bytes, KEPT_POSITION).length;
}

function writeSlot(file: File, slot: Uint8Array, pairPosition: number, counter: number): void {
  const written = file.writeAt(slot, 0, SLOT_BYTES, slotPosition(pairPosition, counter));
  if (written === SLOT_BYTES) return;
  throw new CoreError('IO_ERROR', `${file.path}: only ${written} of ${SLOT_BYTES} bytes written`, {
    details: { path: file.path },
  });
}

function slotPosition(pairPosition: number, counter: number): number {
  return pairPosition + (counter % 2) * SLOT_BYTES;
}

function newSlot(counter: number): { readonly bytes: Buffer; readonly view: DataView } {
  const bytes = Buffer.alloc(SLOT_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, SLOT_BYTES);
  MAGIC.copy(bytes);
  view.setUint32(VERSION_AT, LAYOUT_VERSION);
  writeInt64(view, COUNTER_AT, counter);
  return { bytes, view };
}

function encodeRunning(counter: number, state: RunningState): Uint8Array {
  const { bytes, view } = newSlot(counter);
  writeInt64(view, FENCE_AT, state.fence);
  writeInt64(view, ACTIVE_BASE_AT, state.activeBaseOffset);
  writeInt64(view, SYNCED_POSITION_AT, state.syncedPosition);
  view.setUint8(HELD_AT, state.isHeld ? 1 : 0);
  view.setUint8(APPENDING_AT, state.isAppending ? 1 : 0);
  view.setUint32(PID_AT, state.owner.pid);
  writeInt64(view, START_TIME_AT, state.owner.startTime);
  writeInt64(view, SINCE_AT, state.owner.sinceMs);
  bytes.write(state.bootId, BOOT_ID_AT, BOOT_ID_BYTES, 'latin1');
  bytes.write(state.owner.bootId, OWNER_BOOT_ID_AT, BOOT_ID_BYTES, 'latin1');
  bytes.write(state.owner.command, COMMAND_AT, COMMAND_BYTES, 'utf8');
  view.setUint32(CRC_AT, crc32c(bytes, CRC_FROM, SLOT_BYTES));
  return bytes;
}

function decodeRunning(view: DataView): RunningState {
  return {
    fence: readInt64(view, FENCE_AT),
    activeBaseOffset: readInt64(view, ACTIVE_BASE_AT),
    syncedPosition: readInt64(view, SYNCED_POSITION_AT),
    isHeld: view.getUint8(HELD_AT) === 1,
    isAppending: view.getUint8(APPENDING_AT) === 1,
    bootId: textAt(view, BOOT_ID_AT, BOOT_ID_BYTES),
    owner: {
      pid: view.getUint32(PID_AT),
      startTime: readInt64(view, START_TIME_AT),
      sinceMs: readInt64(view, SINCE_AT),
      bootId: textAt(view, OWNER_BOOT_ID_AT, BOOT_ID_BYTES),
      command: textAt(view, COMMAND_AT, COMMAND_BYTES),
    },
  };
}

function encodeKept(counter: number, state: KeptState): Uint8Array {
  const { bytes, view } = newSlot(counter);
  writeInt64(view, LOG_START_AT, state.logStartOffset);
  const failed = coarsened(state.failedRanges, RANGES_MAX_PER_KIND);
  const lost = coarsened(state.lostRanges, RANGES_MAX_PER_KIND);
  view.setUint16(FAILED_COUNT_AT, failed.length);
  view.setUint8(ESTABLISHED_AT, state.isEstablished ? 1 : 0);
  view.setUint16(LOST_COUNT_AT, lost.length);
  for (const [index, { firstOffset, endOffset }] of [...failed, ...lost].entries()) {
    writeInt64(view, RANGES_AT + index * RANGE_BYTES, firstOffset);
    writeInt64(view, RANGES_AT + index * RANGE_BYTES + 8, endOffset);
  }
  view.setUint32(CRC_AT, crc32c(bytes, CRC_FROM, SLOT_BYTES));
  return bytes;
}

function decodeKept(view: DataView): KeptState {
  const failedCount = view.getUint16(FAILED_COUNT_AT);
  const count = Math.min(failedCount + view.getUint16(LOST_COUNT_AT), RANGES_MAX);
  const ranges = Array.from({ length: count }, (_, index): OffsetRange => {
    const at = RANGES_AT + index * RANGE_BYTES;
    return { firstOffset: readInt64(view, at), endOffset: readInt64(view, at + 8) };
  });
  return {
    logStartOffset: readInt64(view, LOG_START_AT),
    isEstablished: view.getUint8(ESTABLISHED_AT) === 1,
    failedRanges: ranges.slice(0, failedCount),
    lostRanges: ranges.slice(failedCount),
  };
}

/** The valid slot of a pair with the larger counter. */
function newestSlot(bytes: Buffer, pairPosition: number): DataView | undefined {
  const slots = slotsOf(bytes, pairPosition);
  return slots.sort((a, b) => readInt64(b, COUNTER_AT) - readInt64(a, COUNTER_AT))[0];
}

/** The valid ones of a pair. */
function slotsOf(bytes: Buffer, pairPosition: number): DataView[] {
  return [pairPosition, pairPosition + SLOT_BYTES]
    .map((position) => bytes.subarray(position, position + SLOT_BYTES))
    .filter(isValidSlot)
    .map((slot) => new DataView(slot.buffer, slot.byteOffset, SLOT_BYTES));
}

function isValidSlot(slot: Buffer): boolean {
  if (!slot.subarray(0, MAGIC.length).equals(MAGIC)) return false;
  if (slot.readUInt32BE(CRC_AT) !== crc32c(slot, CRC_FROM, SLOT_BYTES)) return false;
  const version = slot.readUInt32BE(VERSION_AT);
  if (version === LAYOUT_VERSION) return true;
  throw new CoreError(
    'DATA_DIR_UNKNOWN_FORMAT',
    `a control file has layout ${version}; this program knows ${LAYOUT_VERSION}`,
    { details: { version } },
  );
}

function textAt(view: DataView, at: number, length: number): string {
  const field = Buffer.from(view.buffer, view.byteOffset + at, length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

/** The machine may have lost power since a writer of ours was last here. */
export function isAfterPowerCut(state: ControlState, bootId: string): boolean {
  return state.isEstablished && state.bootId !== bootId;
}
