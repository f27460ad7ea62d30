/**
 * Prune and trim, killed at a system call or refused it: the start is where it was or where it was to be,
 * nothing inside of what is kept is gone, and the next run finishes what was begun. Faults: kill -9 at
 * every system call of retention prune and topic trim; errors and EINTR at each. SPOOL_SWEEP=all: every
 * call, every error (sweep.ts).
 */
import { expect } from '@jest/globals';
import { lane } from '../../support/lane.js';
import { cannotTrace } from './cannot-trace.js';
import type { Scene } from './scene.js';
import { sweep } from './sweep.js';

/** Each fills a segment of its own. */
const VALUES = Array.from({ length: 6 }, (_, number) => `${number}:${'x'.repeat(2000)}`);

async function prepareSegments(scene: Scene): Promise<void> {
  await scene.succeed('topic', 'create', 't', '-q', '-c', 'internal.segment.bytes=2100');
  await scene.succeed('produce', 't', ...VALUES.flatMap((value) => ['-m', value]));
}

/** A start that was there before or was asked for, all records from there on, and the next one behind. */
async function checkKept(scene: Scene, topic: string, starts: readonly number[]): Promise<number> {
  const [partition] = await scene.stored(topic);
  const { startOffset, values } = partition!;
  expect(starts).toContain(startOffset);
  expect(values).toEqual(VALUES.slice(startOffset));
  return startOffset;
}

async function checkSound(scene: Scene, topics: readonly string[]): Promise<void> {
  expect(scene.leftovers()).toEqual([]);
  expect(await scene.damage()).toEqual([]);
  for (const topic of topics) {
    const [before] = await scene.stored(topic);
    await scene.append(topic, 0, 'next');
    const [after] = await scene.stored(topic);
    expect(after).toEqual({ ...before, values: [...before!.values, 'next'] });
  }
}

lane('a removal that is struck', { programs: ['strace'], check: cannotTrace }, () => {
  sweep('retention prune', {
    words: ['retention', 'prune', '-q'],
    prepare: async (scene) => {
      await prepareSegments(scene);
      await scene.succeed('topic', 'alter', 't', '-q', '-c', 'retention.bytes=6000');
      // The active segment goes, too.
      await scene.succeed('topic', 'create', 'u', '-q', '-c', 'retention.ms=1000');
      await scene.succeed('produce', 'u', '--timestamp', '2020-01-01', '-m', VALUES[0]!);
    },
    check: async ({ scene, isDone }) => {
      const t = await checkKept(scene, 't', [0, 3]);
      const [u] = await scene.stored('u');
      expect([
        { startOffset: 0, values: VALUES.slice(0, 1) },
        { startOffset: 1, values: [] },
      ]).toContainEqual(u);
      if (isDone) expect([t, u!.startOffset]).toEqual([3, 1]);
      await scene.succeed('retention', 'prune', '-q');
      await checkKept(scene, 't', [3]);
      expect(await scene.stored('u')).toEqual([{ startOffset: 1, values: [] }]);
      await checkSound(scene, ['t', 'u']);
    },
  });

  sweep('topic trim', {
    words: ['topic', 'trim', 't', '--before', '3', '-y', '-q'],
    prepare: prepareSegments,
    check: async ({ scene, isDone }) => {
      await checkKept(scene, 't', isDone ? [3] : [0, 3]);
      await scene.succeed('topic', 'trim', 't', '--before', '4', '-y', '-q');
      await checkKept(scene, 't', [4]);
      await scene.prune('t');
      await checkKept(scene, 't', [4]);
      await checkSound(scene, ['t']);
    },
  });
});
