/**
 * Makes a data directory. Steps, and what a crash after each leaves:
 *
 * 1. The directory (0700, with the missing ones above it), `locks/` and `locks/registry`.
 * 2. Under the registry lock, so that of many creators one does it: the other directories, the
 *    broker's `.lock` and `meta.properties`; all synced.
 *    A crash so far: no spool.json, so there is no data directory; the next creator goes on from here.
 * 3. spool.json, by a durable rename: the data directory exists.
 */
import { dirname, join } from 'node:path';
import { CoreError, isCoreError } from '../errors.js';
import { isTemporaryName, replaceFileDurably } from '../fs/durable.js';
import type { FileSystem } from '../fs/file-system.js';
import type { LockProtocol } from '../fs/lock.js';
import { damagedFile } from '../log/damaged-file.js';
import { findRoot, isKafkaLogDirectory, openDataDirectory } from './data-directory.js';
import type { DataDirectory, DirectoryRoot } from './data-directory.js';
import { DataDirectoryPaths } from './data-directory-paths.js';
import { formatMetaProperties } from './meta-properties.js';
import { randomNonce } from './nonce.js';
import { withRegistryLock } from './registry-lock.js';
import type { RegistryLockOptions } from './registry-lock.js';
import { formatSpoolFile, SPOOL_FILE } from './spool-file.js';
import { sweepTemporaryFiles } from './temporary-files.js';
import { randomUuid } from './uuid.js';

const BROKER = { id: 0, path: 'brokers/0' };
const PRIVATE = 0o700;
/** What an interrupted creation may have left, and what a fresh file system brings along. */
const VACANT = new Set(['topics', 'groups', 'partitions', 'locks', 'brokers', 'lost+found']);

export interface DataDirectoryCreation extends RegistryLockOptions {
  readonly fs: FileSystem;
  /** Absolute. */
  readonly path: string;
  readonly lockProtocol: LockProtocol;
}

/**
 * The data directory at `path`, made if there is none; durable on return. DATA_DIR_UNKNOWN_FORMAT for
 * a directory with foreign content, DATA_DIR_DAMAGED if topics are there but spool.json is not; else
 * the errors of `openDataDirectory` and of the lock.
 */
export async function createDataDirectory(creation: DataDirectoryCreation): Promise<DataDirectory> {
  const { fs, path } = creation;
  const present = findRoot(fs, path);
  if (present !== undefined && hasSpoolFile(fs, present.path)) return openDataDirectory(fs, path);
  if (present !== undefined) checkVacant(fs, present.path);
  const root = present ?? makeRoot(fs, path);
  const paths = new DataDirectoryPaths({ root: root.path, broker: BROKER.path });
  makeDirectories(fs, [paths.locks], root.permissions);
  createEmpty(fs, paths.registryLock, root.permissions & 0o666);
  await withRegistryLock(paths.registryLock, creation, (checkLock) => {
    // Another creator may have been faster.
    if (hasSpoolFile(fs, root.path)) return;
    checkVacant(fs, root.path);
    furnish(fs, { root, paths, checkLock, lockProtocol: creation.lockProtocol });
  });
  return openDataDirectory(fs, path);
}

function hasSpoolFile(fs: FileSystem, root: string): boolean {
  return fs.stat(join(root, SPOOL_FILE)) !== undefined;
}

function checkVacant(fs: FileSystem, root: string): void {
  const names = fs.list(root);
  if (names.includes('topics') && fs.list(join(root, 'topics')).length > 0) {
    throw damagedFile(join(root, SPOOL_FILE), 'it is missing, but there are topics');
  }
  const foreign = names.filter((name) => !VACANT.has(name) && !isTemporaryName(name));
  if (foreign.length === 0) return;
  const what = isKafkaLogDirectory(names)
    ? 'is a log directory of Kafka'
    : 'has other content and is not a data directory';
  throw new CoreError('DATA_DIR_UNKNOWN_FORMAT', `${root} ${what}`, {
    details: { path: root, found: foreign.sort().slice(0, 10) },
    suggestion: 'Give an empty directory, or one that does not exist yet.',
  });
}

/** Makes the directory with all that is missing above it; the names are durable on return. */
function makeRoot(fs: FileSystem, path: string): DirectoryRoot {
  const missing: string[] = [];
  for (let at = path; fs.stat(at) === undefined; at = dirname(at)) missing.unshift(at);
  makeDirectories(fs, missing, PRIVATE);
  for (const made of missing) fs.syncDirectory(dirname(made));
  const root = findRoot(fs, path);
  if (root === undefined) {
    throw new CoreError('FILE_NOT_FOUND', `${path} was removed`, { details: { path } });
  }
  return root;
}

interface Furnishing {
  readonly root: DirectoryRoot;
  readonly paths: DataDirectoryPaths;
  readonly checkLock: () => void;
  readonly lockProtocol: LockProtocol;
}

function furnish(fs: FileSystem, { root, paths, checkLock, lockProtocol }: Furnishing): void {
  const filePermissions = root.permissions & 0o666;
  sweepTemporaryFiles(fs, root.path);
  const brokers = dirname(paths.broker);
  const inRoot = [paths.topics, paths.groups, paths.partitions, paths.groupLocks];
  const inBroker = [paths.log, paths.tmp, paths.trash];
  makeDirectories(fs, [...inRoot, brokers, paths.broker, ...inBroker], root.permissions);
  sweepTemporaryFiles(fs, paths.log);
  createEmpty(fs, paths.brokerLock, filePermissions);
  const clusterId = randomUuid();
  const identity = { nodeId: BROKER.id, clusterId, directoryId: randomUuid() };
  const meta = formatMetaProperties(identity);
  replaceFileDurably(fs, paths.metaProperties, meta, filePermissions, randomNonce());
  for (const path of [paths.broker, brokers, paths.locks, root.path]) fs.syncDirectory(path);
  syncAncestors(fs, root.path);
  checkLock();
  const spool = formatSpoolFile({ clusterId, lockProtocol, brokers: [BROKER] });
  replaceFileDurably(fs, paths.spoolFile, spool, filePermissions, randomNonce());
}

/** A creator that was killed may have made any of them. They may lie where we may not look. */
function syncAncestors(fs: FileSystem, root: string): void {
  for (let at = root; dirname(at) !== at; at = dirname(at)) {
    try {
      fs.syncDirectory(`${at}/..`);
    } catch (error) {
      if (!isCoreError(error, 'PERMISSION_DENIED')) throw error;
    }
  }
}

function makeDirectories(fs: FileSystem, paths: readonly string[], permissions: number): void {
  for (const path of paths) tolerateExisting(() => fs.makeDirectory(path, permissions));
}

function createEmpty(fs: FileSystem, path: string, permissions: number): void {
  tolerateExisting(() => fs.open(path, 'create', permissions).close());
}

function tolerateExisting(create: () => void): void {
  try {
    create();
  } catch (error) {
    if (!isCoreError(error, 'FILE_EXISTS')) throw error;
  }
}
