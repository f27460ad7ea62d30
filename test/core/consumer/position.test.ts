import { expect, test } from '@jest/globals';

import { type Position, keptRange, resolvePosition } from '../../../src/core/consumer/position.js';
import {
  NO_WAIT,
  appendSynced,
  batchOf,
  codeOf,
  createPartition,
  environment,
  openWriter,
  readerOf,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

test.each<[Position, number]>([
  [{ kind: 'start' }, 2],
  [{ kind: 'end' }, 6],
  [{ kind: 'offset', offset: 99 }, 99],
  [{ kind: 'fromEnd', count: 1 }, 5],
  [{ kind: 'fromEnd', count: 0 }, 6],
  [{ kind: 'fromEnd', count: 50 }, 2],
  [{ kind: 'time', timestampMs: 0, text: '' }, 2],
  [{ kind: 'time', timestampMs: 1004, text: '' }, 4],
  [{ kind: 'time', timestampMs: 2000, text: '' }, 6],
])('%j means offset %d', async (position, offset) => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  const writer = openWriter(environment(fs), { retentionMs: Infinity });
  await appendSynced(writer, [batchOf(['a', 'b', 'c', 'd', 'e', 'f'], { timestamp: 1000 })]);
  await writer.trim(2, NO_WAIT);
  const reader = readerOf(fs);
  expect(resolvePosition(position, reader, keptRange(reader))).toBe(offset);
});

test('a group is another matter', async () => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  const reader = readerOf(fs);
  const ask = (): number =>
    resolvePosition({ kind: 'group', group: 'g' }, reader, keptRange(reader));
  expect(await codeOf(ask)).toBe('INVALID_ARGUMENT');
});
