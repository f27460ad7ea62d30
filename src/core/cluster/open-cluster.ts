/** Opens the data directory at a path, or makes one. */
import { existingAncestor } from '../fs/existing-ancestor.js';
import { checkProtocol, openLocks, recommendProtocol } from '../fs/choose-locks.js';
import { NodeFileSystem } from '../fs/node-fs.js';
import type { LockProvider } from '../fs/lock.js';
import { effectiveUserId, ownIdentity, readBootId, uptimeMs } from '../fs/process-identity.js';
import { createDataDirectory } from '../topic/create-data-directory.js';
import { type DataDirectory, findRoot, openDataDirectory } from '../topic/data-directory.js';
import { type LockUser, OwnedLock } from '../topic/owned-lock.js';
import { TOPICS_BEING_CHANGED } from '../topic/registry-lock.js';
import { checkMayWrite } from '../topic/write-permission.js';
import { DirectoryCluster } from './directory-cluster.js';
import { LazyLocks } from './lazy-locks.js';

export interface ClusterRequest {
  /** Absolute path of the data directory. */
  readonly path: string;
  /** The command's name, for others who wait for its locks. */
  readonly command: string;
  readonly lockTimeoutMs: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly stop: AbortSignal;
}

/** DATA_DIR_NOT_FOUND if there is none. Nothing is written. */
export function openDirectoryCluster(request: ClusterRequest): DirectoryCluster {
  const fs = new NodeFileSystem();
  return clusterOf(fs, openDataDirectory(fs, request.path), request);
}

/** The same, and where there is no data directory yet it is made; `warn` hears what is weaker. */
export async function createDirectoryCluster(
  request: ClusterRequest,
  warn: (text: string) => void,
): Promise<DirectoryCluster> {
  const fs = new NodeFileSystem();
  const root = findRoot(fs, request.path);
  if (root !== undefined) checkMayWrite(root, effectiveUserId());
  const { protocol, warning } = recommendProtocol(existingAncestor(fs, request.path));
  const locks = openLocks(protocol);
  const user = userOf(request);
  const existed = fs.stat(`${request.path}/spool.json`) !== undefined;
  const directory = await createDataDirectory({
    fs,
    path: request.path,
    lockProtocol: protocol,
    openLock: (path) => new OwnedLock(locks.open(path), { user, what: TOPICS_BEING_CHANGED }),
    lockTimeoutMs: request.lockTimeoutMs,
    signal: request.stop,
  });
  if (!existed && warning !== undefined) warn(warning);
  return clusterOf(fs, directory, request);
}

function clusterOf(
  fs: NodeFileSystem,
  directory: DataDirectory,
  request: ClusterRequest,
): DirectoryCluster {
  const user = userOf(request);
  const env = { fs, uptimeMs, ...user, locks: locksOf(directory, user) };
  const { lockTimeoutMs, stop, random } = request;
  return new DirectoryCluster(env, directory, { lockTimeoutMs, stop, random });
}

/** Refuses to open a lock, which every change begins with, where this process must not write. */
function locksOf(directory: DataDirectory, user: LockUser): LockProvider {
  const { lockProtocol, path, ownerId, directoryPermissions: permissions } = directory;
  return new LazyLocks(lockProtocol, {
    user,
    load: () => openLocks(lockProtocol),
    beforeOpen: () => {
      checkMayWrite({ path, permissions, ownerId }, effectiveUserId());
      checkProtocol(lockProtocol, path);
    },
  });
}

function userOf({ now, command }: ClusterRequest): LockUser {
  return { now, bootId: readBootId(now()), owner: ownIdentity(command) };
}
