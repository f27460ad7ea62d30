/**
 * The file `leader-epoch-checkpoint` of a partition folder: which leader epoch began at which offset.
 *
 *     0            version
 *     2            number of entries
 *     0 0          epoch, first offset of that epoch
 *     3 41
 *
 * ASCII lines that end with a newline, as Kafka's CheckpointFile writes them. An empty file has no
 * entries. Epochs rise from entry to entry, offsets never fall. Replaced as a whole: a crash leaves
 * the old entries or the new ones.
 */
import type { FileSystem } from '../fs/file-system.js';
import { readWholeFile, replaceFileDurably } from '../fs/durable.js';
import { damagedFile } from './damaged-file.js';

export const LEADER_EPOCH_CHECKPOINT = 'leader-epoch-checkpoint';

/** 40 bytes an entry at most: room for 25,000 elections. */
const LIMIT_BYTES = 1024 * 1024;
const VERSION = '0';
const COUNT = /^(?:0|[1-9]\d*)$/;
const ENTRY = /^(0|[1-9]\d*) (0|[1-9]\d*)$/;
const EPOCH_MAX = 2147483647;

export interface LeaderEpochEntry {
  readonly epoch: number;
  readonly startOffset: number;
}

export function formatLeaderEpochCheckpoint(entries: readonly LeaderEpochEntry[]): Uint8Array {
  const lines = entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`);
  return Buffer.from([VERSION, String(entries.length), ...lines, ''].join('\n'), 'latin1');
}

/** DATA_DIR_DAMAGED, naming `path`, for anything but a whole checkpoint or an empty file. */
export function parseLeaderEpochCheckpoint(bytes: Uint8Array, path: string): LeaderEpochEntry[] {
  if (bytes.length === 0) return [];
  // Kafka writes the line ends of its platform.
  const lines = Buffer.from(bytes).toString('latin1').split(/\r?\n/);
  if (lines.pop() !== '') throw damagedFile(path, 'its last line is cut short');
  const [version, count, ...entryLines] = lines;
  if (version !== VERSION) throw damagedFile(path, 'its version is not 0');
  if (count === undefined || !COUNT.test(count) || Number(count) !== entryLines.length) {
    throw damagedFile(path, `it has ${entryLines.length} entries and does not say so`);
  }
  const entries = entryLines.map((line) => parseEntry(line, path));
  entries.forEach((entry, at) => {
    const previous = entries[at - 1];
    if (previous === undefined) return;
    if (entry.epoch <= previous.epoch || entry.startOffset < previous.startOffset) {
      throw damagedFile(path, `epoch ${entry.epoch} does not follow epoch ${previous.epoch}`);
    }
  });
  return entries;
}

function parseEntry(line: string, path: string): LeaderEpochEntry {
  const match = ENTRY.exec(line);
  const entry = { epoch: Number(match?.[1]), startOffset: Number(match?.[2]) };
  if (!(entry.epoch <= EPOCH_MAX) || !Number.isSafeInteger(entry.startOffset)) {
    throw damagedFile(path, `${JSON.stringify(line.slice(0, 60))} is not an epoch and an offset`);
  }
  return entry;
}

/** Entries in rising order. FILE_NOT_FOUND if the file is absent, DATA_DIR_DAMAGED if it is broken. */
export function readLeaderEpochCheckpoint(fs: FileSystem, path: string): LeaderEpochEntry[] {
  return parseLeaderEpochCheckpoint(readWholeFile(fs, path, LIMIT_BYTES), path);
}

export interface LeaderEpochWrite {
  readonly path: string;
  readonly entries: readonly LeaderEpochEntry[];
  readonly permissions: number;
  /** Names the temporary file; used by no other writer. */
  readonly nonce: string;
}

/** Durable on return. */
export function writeLeaderEpochCheckpoint(fs: FileSystem, write: LeaderEpochWrite): void {
  const bytes = formatLeaderEpochCheckpoint(write.entries);
  replaceFileDurably(fs, write.path, bytes, write.permissions, write.nonce);
}
