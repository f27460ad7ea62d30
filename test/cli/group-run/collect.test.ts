import { expect, test } from '@jest/globals';
import { collect } from '../../../src/cli/group-run/collect.js';
import { MemoryPartition } from '../consume/partition.js';

const { signal: stop } = new AbortController();

async function partitionOf(...values: string[]): Promise<MemoryPartition> {
  const partition = new MemoryPartition();
  await partition.append(...values);
  return partition;
}

test('counts what there is, and tells up to where, and what was gone', async () => {
  const partition = await partitionOf('a', 'b', 'c');
  const consumer = partition.consumer();
  await partition.trim(1);
  expect(await collect(consumer, { stop })).toMatchObject({
    count: 2,
    positions: [{ topic: 't', partition: 0, offset: 3, leaderEpoch: 0 }],
    gaps: [{ topic: 't', partition: 0, firstOffset: 0, endOffset: 1 }],
  });
  const none = new MemoryPartition().consumer();
  expect(await collect(none, { stop })).toMatchObject({ count: 0, gaps: [] });
});

test('a follower is done when there are enough', async () => {
  const consumer = (await partitionOf('a', 'b')).consumer({ follow: true, maxRecords: 2 });
  expect(await collect(consumer, { stop, enough: 2, untilMs: Infinity })).toMatchObject({
    count: 2,
  });
});

test('a follower is done when it is time, if there is something', async () => {
  const beganMs = performance.now();
  const consumer = (await partitionOf('a')).consumer({ follow: true });
  expect(await collect(consumer, { stop, untilMs: beganMs + 50 })).toMatchObject({ count: 1 });
  expect(performance.now() - beganMs).toBeGreaterThan(45);
});

test('a pause ends it with what there is, a stop with its reason', async () => {
  const partition = await partitionOf('a');
  const follower = () => partition.consumer({ follow: true });
  const pause = AbortSignal.timeout(20);
  const paused = await collect(follower(), { stop, pause, untilMs: Infinity, enough: 9 });
  expect(paused).toMatchObject({ count: 1 });
  const nothing = new MemoryPartition().consumer({ follow: true });
  expect(await collect(nothing, { stop, pause })).toMatchObject({ count: 0 });
  const stopped = collect(follower(), { stop: AbortSignal.abort(new Error('enough')), enough: 9 });
  await expect(stopped).rejects.toThrow('enough');
});
