import { expect, test } from '@jest/globals';

import type { AcknowledgedBatch } from '../../../src/core/producer/acknowledged-batch.js';
import { SyncQueue } from '../../../src/core/producer/sync-queue.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import {
  NO_WAIT,
  batchOf,
  codeOf,
  createPartition,
  environment,
  openWriter,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const MIB = 1024 * 1024;

test('a sync begins when enough waits, covers what came before it, and acknowledges in order', async () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  createPartition(fs);
  const writer = openWriter(environment(fs));
  const acknowledged: number[] = [];
  const queue = new SyncQueue(
    () => NO_WAIT,
    ({ first }) => acknowledged.push(first),
  );
  const add = async (sizeBytes: number): Promise<void> => {
    await writer.append([batchOf(['v'])], NO_WAIT, ({ baseOffset, lastOffset }) => {
      const batch: AcknowledgedBatch = {
        topic: 't',
        partition: 0,
        first: baseOffset,
        last: lastOffset,
        sizeBytes,
      };
      queue.add(writer, batch, 0);
    });
  };
  await add(MIB);
  await queue.maybeSync(0);
  await queue.idle();
  expect(acknowledged).toEqual([]);
  await add(40 * MIB);
  await queue.maybeSync(0);
  await add(1);
  await queue.idle();
  expect(acknowledged).toEqual([0, 1]);
  await queue.syncAll();
  expect(acknowledged).toEqual([0, 1, 2]);
  // A failure is for ever.
  await add(1);
  fs.failWhen(({ kind }) => (kind === 'syncLater' ? 'IO_ERROR' : undefined));
  expect(await codeOf(() => queue.syncAll())).toBe('SYNC_FAILED');
  fs.failWhen(() => undefined);
  queue.add(
    openWriter(environment(fs)),
    {
      topic: 't',
      partition: 0,
      first: 99,
      last: 99,
      sizeBytes: 1,
    },
    0,
  );
  expect(await codeOf(() => queue.syncAll())).toBe('SYNC_FAILED');
  expect(await codeOf(() => queue.maybeSync(0))).toBe('SYNC_FAILED');
  expect(acknowledged).toEqual([0, 1, 2]);
});
