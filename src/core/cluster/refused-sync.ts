/**
 * Before a position is written down, what it stands on is synced. If the disk refuses, that is written
 * down in the log: the next sync of the same bytes would succeed and prove nothing. That takes the
 * partition's lock, so never while a group's is held.
 */
import { type CoreError, isCoreError } from '../errors.js';
import type { LockWait } from '../log/log-lock.js';
import type { OffsetRange } from '../log/offset-range.js';
import { tryAnyway } from '../log/sync-failure.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import type { GroupLogs } from './group-logs.js';

export interface SyncSources {
  readonly logs: GroupLogs;
  wait(): LockWait;
}

/** Makes all records below these offsets durable. SYNC_FAILED, written down. No lock may be held. */
export async function syncPositions(
  positions: readonly (TopicPartition & { readonly offset: number })[],
  sources: SyncSources,
): Promise<void> {
  await writingDownRefusal(sources, () => {
    for (const { offset, ...place } of positions) sources.logs.syncBefore(place, offset);
    return Promise.resolve();
  });
}

/** Does `work`, which calls `syncBefore` of the same logs under a lock of its own. */
export async function writingDownRefusal<T>(
  sources: SyncSources,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refused = sources.logs.takeRefused();
    if (refused === undefined || !isCoreError(error, 'SYNC_FAILED')) throw error;
    await writeDown(refused, error, sources);
    // It was refused before: now that a new segment stands behind it, no offset is given out twice.
    if (error.cause === undefined) return work();
    throw error;
  }
}

async function writeDown(
  { place, range }: { readonly place: TopicPartition; readonly range: OffsetRange },
  error: CoreError,
  sources: SyncSources,
): Promise<void> {
  const writer = sources.logs.topic(place.topic).openWriter(place.partition);
  try {
    await writer.recordFailedSync(range, error.cause, sources.wait());
  } finally {
    tryAnyway(() => {
      writer.close();
    });
  }
}
