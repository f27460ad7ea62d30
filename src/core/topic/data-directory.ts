/**
 * The data directory:
 *
 *     spool.json              see spool-file.ts
 *     topics/<topic>.json     see topic-file.ts
 *     groups/                 consumer groups
 *     partitions/<topic>-<p>  control files: targets of the partition locks
 *     locks/registry          target of the lock for all changes of topics and brokers
 *     locks/groups/           targets of the group locks
 *     brokers/0/log/          a Kafka log directory: meta.properties, .lock, partition folders
 *     brokers/0/tmp/ trash/   folders in the making; deleted folders
 *
 * Opening reads spool.json and writes nothing. Permissions follow the directory's own: 0700 gives
 * files of 0600; 2770 directories of 2770 and files of 0660, shared by its group.
 */
import { join } from 'node:path';
import { CoreError, isCoreError } from '../errors.js';
import { readWholeFile } from '../fs/durable.js';
import type { FileSystem } from '../fs/file-system.js';
import type { LockProtocol } from '../fs/lock.js';
import { checkNoLink } from '../fs/symbolic-link.js';
import { DataDirectoryPaths } from './data-directory-paths.js';
import { META_PROPERTIES } from './meta-properties.js';
import { parseSpoolFile, SPOOL_FILE, SPOOL_FILE_LIMIT_BYTES } from './spool-file.js';
import type { BrokerPlace } from './spool-file.js';

/** Whoever may list a directory may also enter it; of files only reading and writing is passed on. */
const FILE_PERMISSIONS = 0o666;
const WRITABLE_BY_ALL = 0o002;

export interface DataDirectory {
  readonly path: string;
  readonly clusterId: string;
  readonly lockProtocol: LockProtocol;
  readonly brokers: readonly BrokerPlace[];
  readonly paths: DataDirectoryPaths;
  readonly filePermissions: number;
  readonly directoryPermissions: number;
  /** User id of whoever made it. */
  readonly ownerId: number;
}

/**
 * Reads what the directory says of itself. DATA_DIR_NOT_FOUND if there is none (also for a Kafka log
 * directory, which is named as such), DATA_DIR_UNKNOWN_FORMAT, DATA_DIR_DAMAGED, PERMISSION_DENIED if
 * everyone may write into it, NOT_A_REGULAR_FILE if a directory in it is a symbolic link.
 */
export function openDataDirectory(fs: FileSystem, path: string): DataDirectory {
  const root = findRoot(fs, path);
  if (root === undefined) throw notFound(path, `there is no data directory at ${path}`);
  const bytes = readSpoolFile(fs, root);
  if (bytes === undefined) throw explainMissing(fs, root.path);
  const { clusterId, lockProtocol, brokers } = parseSpoolFile(bytes, join(root.path, SPOOL_FILE));
  // parseSpoolFile gives at least one.
  const paths = new DataDirectoryPaths({ root: root.path, broker: brokers[0]?.path ?? '' });
  for (const each of paths.directories) checkNoLink(fs, each);
  return {
    path: root.path,
    clusterId,
    lockProtocol,
    brokers,
    paths,
    filePermissions: root.permissions & FILE_PERMISSIONS,
    directoryPermissions: root.permissions,
    ownerId: root.ownerId,
  };
}

export interface DirectoryRoot {
  readonly path: string;
  readonly permissions: number;
  readonly ownerId: number;
}

/** The directory itself, behind a link if need be; undefined if nothing is there. */
export function findRoot(fs: FileSystem, path: string): DirectoryRoot | undefined {
  let root = path;
  let stat = fs.stat(path);
  if (stat?.kind === 'symlink') {
    // The link may lead to another disk; what lies beyond it is opened by its name as a directory.
    root = `${path}/.`;
    stat = fs.stat(root);
    if (stat === undefined) throw notFound(path, `${path} is a link that leads nowhere`);
  }
  if (stat === undefined) return undefined;
  if (stat.kind !== 'directory') throw notFound(path, `${path} is not a directory`);
  if ((stat.permissions & WRITABLE_BY_ALL) !== 0) {
    throw new CoreError('PERMISSION_DENIED', `everyone may write into ${path}`, {
      details: { path, permissions: stat.permissions.toString(8) },
      suggestion: `Take that right away: chmod o-w ${path}`,
    });
  }
  return { path: root, permissions: stat.permissions, ownerId: stat.ownerId };
}

function readSpoolFile(fs: FileSystem, root: DirectoryRoot): Uint8Array | undefined {
  try {
    return readWholeFile(fs, join(root.path, SPOOL_FILE), SPOOL_FILE_LIMIT_BYTES);
  } catch (error) {
    if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Files that only a Kafka broker leaves in its log directory. */
export function isKafkaLogDirectory(names: readonly string[]): boolean {
  return names.some(
    (name) =>
      name === META_PROPERTIES || name === '.kafka_cleanshutdown' || name.endsWith('-checkpoint'),
  );
}

function explainMissing(fs: FileSystem, path: string): CoreError {
  if (!isKafkaLogDirectory(fs.list(path))) {
    return notFound(path, `${path} is not a data directory: it has no ${SPOOL_FILE}`);
  }
  // <data directory>/brokers/0/log
  const around = join(path, '..', '..', '..');
  if (fs.stat(join(around, SPOOL_FILE)) !== undefined) {
    return notFound(path, `${path} is a broker's part of a data directory`, `Use ${around}`);
  }
  return notFound(
    path,
    `${path} is a log directory of Kafka, not a data directory`,
    'Give another directory; partition folders can be copied into its topics.',
  );
}

function notFound(path: string, message: string, suggestion?: string): CoreError {
  return new CoreError('DATA_DIR_NOT_FOUND', message, {
    details: { path },
    suggestion: suggestion ?? 'Create a topic to make one: spool topic create NAME',
  });
}
