/**
 * Deleting a topic, in steps that any later writer can finish:
 *
 * 1. `topics/<topic>.json` is renamed to `topics/.deleted-<topic id>`, and `topics/` synced. A crash
 *    before: the topic is whole. From here on it is gone for every reader and writer.
 * 2. Its folders are renamed into `trash/`, its control files removed, all synced. A crash before or
 *    during: the renamed file still says what is left to do, and `finishDeletions` does it.
 * 3. The renamed file is removed. A crash before: step 2 finds nothing to do.
 * 4. Without any lock, the trash is emptied. A crash before: the next writer empties it.
 *
 * No step needs a new block, so a topic can be deleted from a full disk. A writer that still holds a
 * file of the topic open notices before it acknowledges: its path leads elsewhere.
 */
import { join } from 'node:path';
import { isCoreError } from '../errors.js';
import { readWholeFile, removeTree } from '../fs/durable.js';
import type { FileSystem } from '../fs/file-system.js';
import type { DataDirectory } from './data-directory.js';
import { topicOfFileName } from './data-directory-paths.js';
import { parseTopicFile, TOPIC_FILE_LIMIT_BYTES } from './topic-file.js';
import type { Topic } from './topic-file.js';

const DELETED_PREFIX = '.deleted-';

/** Steps 1 to 3. Under the registry lock. */
export function deleteTopicFiles(fs: FileSystem, directory: DataDirectory, topic: Topic): void {
  const { paths } = directory;
  const deleted = join(paths.topics, DELETED_PREFIX + topic.topicId);
  fs.rename(paths.topicFile(topic.topic), deleted);
  fs.syncDirectory(paths.topics);
  finishDeletion(fs, directory, { topic, deleted });
}

/** Steps 2 and 3 of all deletions that were interrupted. Under the registry lock. */
export function finishDeletions(fs: FileSystem, directory: DataDirectory): void {
  const { topics } = directory.paths;
  for (const name of fs.list(topics)) {
    // A topic may be called `.deleted-x`; its file ends in `.json`.
    if (!name.startsWith(DELETED_PREFIX) || topicOfFileName(name) !== undefined) continue;
    const deleted = join(topics, name);
    const topic = parseTopicFile(readWholeFile(fs, deleted, TOPIC_FILE_LIMIT_BYTES), deleted);
    // The writer that was killed may not have come to this sync; without it, a power cut could undo
    // the rename after the folders have moved.
    fs.syncDirectory(topics);
    finishDeletion(fs, directory, { topic, deleted });
  }
}

interface Deletion {
  readonly topic: Topic;
  /** What step 1 renamed the topic's file to. */
  readonly deleted: string;
}

function finishDeletion(fs: FileSystem, { paths }: DataDirectory, deletion: Deletion): void {
  const { topic, topicId, partitions } = deletion.topic;
  for (let partition = 0; partition < partitions.length; partition++) {
    const trash = join(paths.trash, `${topicId}.${partition}`);
    tolerateMissing(() => fs.rename(paths.partition({ topic, partition }), trash));
    tolerateMissing(() => fs.removeFile(paths.controlFile({ topic, partition })));
  }
  fs.syncDirectory(paths.trash);
  fs.syncDirectory(paths.log);
  fs.syncDirectory(paths.partitions);
  fs.removeFile(deletion.deleted);
  fs.syncDirectory(paths.topics);
}

/** Step 4. Needs no lock: what is in the trash has no other name, and others may help to remove it. */
export function emptyTrash(fs: FileSystem, { paths }: DataDirectory): void {
  for (const name of fs.list(paths.trash)) removeTree(fs, join(paths.trash, name));
}

function tolerateMissing(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!isCoreError(error, 'FILE_NOT_FOUND')) throw error;
  }
}
