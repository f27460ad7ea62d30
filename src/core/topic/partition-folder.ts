/**
 * Folders and control files of new partitions. A folder is made in `brokers/0/tmp/create-<nonce>/` and
 * renamed into `log/` when it is complete:
 *
 *     00000000000000000000.log .index .timeindex    empty
 *     leader-epoch-checkpoint                       epoch 0 began at offset 0
 *     partition.metadata                            the topic id
 *
 * This is what a broker makes, and what it accepts. No writer uses a folder before the topic's file
 * names it, so a folder or control file that no topic file names is debris of an interrupted creation:
 * it holds no records, and the next creation of the name clears it away. A folder that does hold
 * records but belongs to no topic was put there by someone else and is never touched.
 */
import { join } from 'node:path';
import { CoreError } from '../errors.js';
import { appendWhole, removeTree } from '../fs/durable.js';
import type { FileSystem } from '../fs/file-system.js';
import { initialControlFile } from '../log/control-file.js';
import {
  formatLeaderEpochCheckpoint,
  LEADER_EPOCH_CHECKPOINT,
} from '../log/leader-epoch-checkpoint.js';
import type { DataDirectory } from './data-directory.js';
import { randomNonce } from './nonce.js';
import { formatPartitionMetadata, PARTITION_METADATA } from './partition-metadata.js';
import { formatTopicPartition, parseTopicPartition } from './topic-partition.js';
import type { TopicPartition } from './topic-partition.js';

const BUILD_PREFIX = 'create-';
const FIRST_SEGMENT = '00000000000000000000';
const EMPTY_FILES = ['.log', '.index', '.timeindex'].map((suffix) => FIRST_SEGMENT + suffix);

export interface NewPartitions {
  readonly topic: string;
  readonly topicId: string;
  /** The first new partition. */
  readonly from: number;
  /** One after the last. */
  readonly to: number;
}

/**
 * All of them durably in place on return. The way must be clear: see `clearDebris`. Thousands of them take
 * longer than a lease of the registry lasts, and no timer gets its turn meanwhile: `checkLock` keeps it.
 */
export function createPartitions(
  fs: FileSystem,
  directory: DataDirectory,
  { topic, topicId, from, to }: NewPartitions,
  checkLock: () => void,
): void {
  const { paths, filePermissions, directoryPermissions } = directory;
  const build = join(paths.tmp, BUILD_PREFIX + randomNonce());
  const partitions = Array.from({ length: to - from }, (_, at): TopicPartition => ({
    topic,
    partition: from + at,
  }));
  const files = filesOfNewFolder(topicId);
  const control = initialControlFile();
  fs.makeDirectory(build, directoryPermissions);
  for (const partition of partitions) {
    checkLock();
    const folder = join(build, formatTopicPartition(partition));
    fs.makeDirectory(folder, directoryPermissions);
    for (const [name, bytes] of files) writeNew(fs, join(folder, name), bytes, filePermissions);
    fs.syncDirectory(folder);
    writeNew(fs, paths.controlFile(partition), control, filePermissions);
  }
  fs.syncDirectory(paths.partitions);
  for (const partition of partitions) {
    fs.rename(join(build, formatTopicPartition(partition)), paths.partition(partition));
  }
  // Both ends of the renames.
  fs.syncDirectory(build);
  fs.syncDirectory(paths.log);
  fs.removeDirectory(build);
}

function filesOfNewFolder(topicId: string): ReadonlyMap<string, Uint8Array> {
  const checkpoint = formatLeaderEpochCheckpoint([{ epoch: 0, startOffset: 0 }]);
  return new Map([
    ...EMPTY_FILES.map((name) => [name, new Uint8Array(0)] as const),
    [LEADER_EPOCH_CHECKPOINT, checkpoint],
    [PARTITION_METADATA, formatPartitionMetadata(topicId)],
  ]);
}

/** The bytes are synced; the name is not. An empty file has nothing to sync but its name. */
function writeNew(fs: FileSystem, path: string, bytes: Uint8Array, permissions: number): void {
  const file = fs.open(path, 'create', permissions);
  try {
    if (bytes.length === 0) return;
    appendWhole(file, bytes);
    file.sync();
  } finally {
    file.close();
  }
}

/**
 * Clears away what interrupted creations left of partitions `from` and above: folders go to the trash,
 * control files go. DATA_DIR_DAMAGED, before anything is moved, if a folder holds records.
 */
export function clearDebris(
  fs: FileSystem,
  { paths }: DataDirectory,
  { topic, from }: { readonly topic: string; readonly from: number },
): void {
  const isDebris = (name: string): boolean => {
    const found = parseTopicPartition(name);
    return found?.topic === topic && found.partition >= from;
  };
  const folders = fs.list(paths.log).filter(isDebris);
  for (const folder of folders) checkEmpty(fs, join(paths.log, folder));
  for (const folder of folders) {
    fs.rename(join(paths.log, folder), join(paths.trash, randomNonce()));
  }
  for (const name of fs.list(paths.partitions).filter(isDebris)) {
    fs.removeFile(join(paths.partitions, name));
  }
}

/** Half-made folders of killed creators. Only under the registry lock. */
export function sweepBuilds(fs: FileSystem, { paths }: DataDirectory): void {
  for (const name of fs.list(paths.tmp)) {
    if (name.startsWith(BUILD_PREFIX)) removeTree(fs, join(paths.tmp, name));
  }
}

function checkEmpty(fs: FileSystem, folder: string): void {
  const isFolder = fs.stat(folder)?.kind === 'directory';
  const isEmpty = (name: string): boolean =>
    !name.endsWith('.log') || fs.stat(join(folder, name))?.sizeBytes === 0;
  if (isFolder && fs.list(folder).every(isEmpty)) return;
  throw new CoreError(
    'DATA_DIR_DAMAGED',
    isFolder ? `${folder} holds records of no topic` : `${folder} is in the way`,
    { details: { path: folder }, suggestion: 'Move it out of the data directory first.' },
  );
}
