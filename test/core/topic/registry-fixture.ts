/** A data directory in memory and its registry, for the tests of this folder. */
import { CONTROL_FILE_BYTES } from '../../../src/core/log/control-file.js';
import { createDataDirectory } from '../../../src/core/topic/create-data-directory.js';
import { openDataDirectory } from '../../../src/core/topic/data-directory.js';
import type { DataDirectory } from '../../../src/core/topic/data-directory.js';
import { parsePartitionMetadata } from '../../../src/core/topic/partition-metadata.js';
import { TopicRegistry } from '../../../src/core/topic/topic-registry.js';
import type { NewTopic } from '../../../src/core/topic/topic-registry.js';
import { readWholeFile } from '../../../src/core/fs/durable.js';
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';

export const ROOT = '/home/spool';

export function creationIn(fs: FileSystem, locks = new MemoryLocks(fs)) {
  return {
    fs,
    path: ROOT,
    lockProtocol: 'kernel',
    openLock: (path: string) => locks.open(path),
    lockTimeoutMs: 1000,
  } as const;
}

/** What a process that starts now sees. */
export function openRegistry(fs: FileSystem, locks = new MemoryLocks(fs)): TopicRegistry {
  const directory = openDataDirectory(fs, ROOT);
  const openLock = (path: string) => locks.open(path);
  return new TopicRegistry({ fs, directory, now: () => 1234, openLock, lockTimeoutMs: 1000 });
}

export async function newFileSystem(capacityBytes = Infinity): Promise<MemoryFileSystem> {
  const fs = new MemoryFileSystem({ capacityBytes });
  await createDataDirectory(creationIn(fs));
  return fs;
}

export function topicOf(name: string, fields: Partial<NewTopic> = {}): NewTopic {
  return { name, partitions: 1, replicationFactor: 1, config: {}, isInternal: false, ...fields };
}

/** All that is wrong with a topic's folders and control files; empty if it is whole. */
export function faultsOf(fs: FileSystem, directory: DataDirectory, name: string): string[] {
  const { topicId, partitions } = openRegistry(fs).readTopic(name);
  const faults: string[] = [];
  const expectFile = (path: string, expected: (bytes: Uint8Array) => boolean): void => {
    const stat = fs.stat(path);
    if (stat === undefined) faults.push(`${path} is missing`);
    else if (!expected(readWholeFile(fs, path, 4096))) faults.push(`${path} has other content`);
  };
  for (let partition = 0; partition < partitions.length; partition++) {
    const folder = directory.paths.partition({ topic: name, partition });
    for (const suffix of ['log', 'index', 'timeindex']) {
      expectFile(`${folder}/00000000000000000000.${suffix}`, (bytes) => bytes.length === 0);
    }
    const metadata = `${folder}/partition.metadata`;
    expectFile(metadata, (bytes) => parsePartitionMetadata(bytes, metadata) === topicId);
    expectFile(
      `${folder}/leader-epoch-checkpoint`,
      (bytes) => Buffer.from(bytes).toString() === '0\n1\n0 0\n',
    );
    const control = directory.paths.controlFile({ topic: name, partition });
    expectFile(control, (bytes) => bytes.length === CONTROL_FILE_BYTES);
  }
  return faults;
}

/** Names below log, partitions, topics, tmp and trash that no topic accounts for. */
export function debrisIn(fs: FileSystem, { paths }: DataDirectory): string[] {
  const registry = openRegistry(fs);
  const names = registry
    .listTopics()
    .flatMap((topic) => registry.readTopic(topic).partitions.map((_, at) => `${topic}-${at}`));
  const known = new Set([...names, ...registry.listTopics().map((topic) => `${topic}.json`)]);
  known.add('.lock').add('meta.properties');
  return [paths.log, paths.partitions, paths.topics, paths.tmp, paths.trash].flatMap((path) =>
    fs
      .list(path)
      .filter((name) => !known.has(name))
      .map((name) => `${path}/${name}`),
  );
}

/**
 * Runs `act` once for every change it makes, cut off there, and hands over what the disk holds after
 * a power cut: nothing unsynced, everything, or a random part of it. Returns the number of changes.
 */
export async function crashEverywhere(
  prepare: () => Promise<MemoryFileSystem>,
  act: (fs: MemoryFileSystem) => Promise<unknown>,
  check: (disk: MemoryFileSystem, point: { isDone: boolean; name: string }) => Promise<void>,
): Promise<number> {
  const whole = await prepare();
  const before = whole.operationCount;
  await act(whole);
  const changes = whole.operationCount - before;
  for (let at = 0; at <= changes; at++) {
    const fs = await prepare();
    fs.crashAfter(at);
    const isDone = await act(fs).then(
      () => true,
      () => false,
    );
    for (const seed of [0, 1, 2, 3]) {
      const name = `crash after ${at} of ${changes}, seed ${seed}, at ${fs.trace.at(-1) ?? ''}`;
      await check(fs.crashClone(seed), { isDone, name });
    }
  }
  return changes;
}
