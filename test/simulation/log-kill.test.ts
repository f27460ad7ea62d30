/**
 * Kills a process after every operation of append, roll and prune, lets another one go on with the
 * same machine still up, and only then cuts the power: what the dead left half-made must not take
 * with it what the living were promised.
 */
import { expect, test } from '@jest/globals';

import type { LogConfig } from '../../src/core/log/log-config.js';
import { FaultFileSystem } from '../support/fault-fs.js';
import {
  NO_WAIT,
  appendSynced,
  batchOf,
  createPartition,
  environment,
  openWriter,
  readValues,
} from '../support/log-fixture.js';
import { MemoryFileSystem } from '../support/memory-fs.js';

const SEEDS = Number(process.env['SPOOL_TEST_SEEDS'] ?? 4);
const CONFIG: Partial<LogConfig> = { segmentBytes: 200, indexIntervalBytes: 1 };

class KillSignal extends Error {}

async function dies(fs: MemoryFileSystem, after: number, acknowledged: string[]): Promise<boolean> {
  // Twice wrapped: a kill before a sync does not lose what the sync would have saved.
  const dying = new FaultFileSystem(new FaultFileSystem(fs));
  dying.failWhen(({ index }) => {
    if (index >= after) throw new KillSignal();
    return undefined;
  });
  try {
    const writer = openWriter(environment(dying), CONFIG);
    for (const text of ['a'.repeat(60), 'b'.repeat(90), 'c'.repeat(60)]) {
      await appendSynced(writer, [batchOf([text])]);
      acknowledged.push(text);
    }
    await writer.trim(1, NO_WAIT);
    acknowledged.shift();
    writer.close();
    return false;
  } catch (error) {
    if (error instanceof KillSignal) return true;
    throw error;
  }
}

test('kill -9 anywhere, another process, and then a power cut lose nothing', async () => {
  let after = 0;
  for (; ; after++) {
    const fs = new MemoryFileSystem();
    createPartition(fs);
    const acknowledged: string[] = [];
    const isDead = await dies(fs, after, acknowledged);
    const living = openWriter(environment(fs), CONFIG);
    for (const text of ['d', 'e'.repeat(80)]) {
      await appendSynced(living, [batchOf([text])]);
      acknowledged.push(text);
      for (let seed = 0; seed < SEEDS; seed++) {
        const disk = fs.crashClone(seed);
        const next = openWriter(environment(disk, { bootId: 'boot-2' }), CONFIG);
        await appendSynced(next, [batchOf(['last'])]);
        const found = readValues(disk).map(({ value }) => value);
        const kept = found.filter((value) => acknowledged.includes(value));
        // The first may have been trimmed away just before the kill.
        const expected = acknowledged.filter(
          (value) => found.includes(value) || !value.startsWith('a'),
        );
        expect([after, seed, kept]).toEqual([after, seed, expected]);
        expect(found.at(-1)).toBe('last');
      }
    }
    if (!isDead) break;
  }
  expect(after).toBeGreaterThan(100);
});
