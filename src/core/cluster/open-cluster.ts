/** Opens the data directory at a path, or makes one. */
import { existingAncestor } from '../fs/existing-ancestor.js';
import { openLocks, recommendProtocol } from '../fs/choose-locks.js';
import type { Environment } from '../fs/environment.js';
import { NodeFileSystem } from '../fs/node-fs.js';
import { ownIdentity, readBootId, uptimeMs } from '../fs/process-identity.js';
import type { LockProtocol } from '../fs/lock.js';
import { createDataDirectory } from '../topic/create-data-directory.js';
import { type DataDirectory, openDataDirectory } from '../topic/data-directory.js';
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
  const { protocol, warning } = recommendProtocol(existingAncestor(fs, request.path));
  const locks = openLocks(protocol);
  const existed = fs.stat(`${request.path}/spool.json`) !== undefined;
  const directory = await createDataDirectory({
    fs,
    path: request.path,
    lockProtocol: protocol,
    openLock: (path) => locks.open(path),
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
  const env = environmentOf(fs, directory.lockProtocol, request);
  const { lockTimeoutMs, stop, random } = request;
  return new DirectoryCluster(env, directory, { lockTimeoutMs, stop, random });
}

function environmentOf(
  fs: NodeFileSystem,
  protocol: LockProtocol,
  request: ClusterRequest,
): Environment {
  return {
    fs,
    locks: new LazyLocks(protocol, () => openLocks(protocol)),
    now: request.now,
    uptimeMs,
    bootId: readBootId(request.now()),
    owner: ownIdentity(request.command),
  };
}
