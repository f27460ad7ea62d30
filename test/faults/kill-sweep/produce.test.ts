/**
 * Producers that are killed at a system call, or have it refused: once, from then on, by a signal (the first
 * that makes the topic, one behind a torn tail, one that rolls and lets go of segments). What was
 * acknowledged is there, offsets are dense, no offset is given twice, the next producer goes on at once.
 * Faults: kill -9 at every system call of produce; ENOSPC, EIO, EMFILE, ENOLCK of each; EINTR on reads; a
 * standard output that cannot be written. SPOOL_SWEEP=all: every call, every error (sweep.ts).
 */
import { expect } from '@jest/globals';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lane } from '../../support/lane.js';
import { rangesOf } from '../../support/stored-records.js';
import { cannotTrace } from './cannot-trace.js';
import type { Scene } from './scene.js';
import { type Struck, sweep } from './sweep.js';

const OLD = ['old-0', 'old-1'];
const NEW = ['new-0', 'new-1'];
const PRODUCE_NEW = ['produce', 't', '-m', 'new-0', '-m', 'new-1', '--report'];

/** Some of it is cut, and some let go of, while it is written. */
const LONG = Array.from({ length: 5 }, (_, number) => `long-${number}:${'x'.repeat(2000)}`);

async function prepareOld(scene: Scene): Promise<void> {
  await scene.succeed('topic', 'create', 't', '-q');
  await scene.succeed('produce', 't', '-m', 'old-0', '-m', 'old-1');
}

async function valuesOf(scene: Scene): Promise<readonly string[]> {
  const [partition] = await scene.stored('t');
  expect(partition?.startOffset).toBe(0);
  return partition?.values ?? [];
}

/** What was acknowledged is there, whole and in its place; the next record follows it at once. */
async function checkAppended({ scene, run, isDone }: Struck): Promise<void> {
  const acknowledged = rangesOf(run.out);
  const values = await valuesOf(scene);
  if (isDone) expect(acknowledged).toMatchObject([{ first: 2, last: 3 }]);
  expect([OLD, [...OLD, ...NEW]]).toContainEqual(values);
  if (acknowledged.length > 0) expect(values).toEqual([...OLD, ...NEW]);
  await scene.succeed('produce', 't', '-m', 'next');
  expect(await valuesOf(scene)).toEqual([...values, 'next']);
  await checkSound(scene);
}

async function checkSound(scene: Scene): Promise<void> {
  expect(await scene.damage()).toEqual([]);
  await scene.prune('t');
  await scene.create('other');
  expect(scene.leftovers()).toEqual([]);
}

lane('a producer that is struck', { programs: ['strace'], check: cannotTrace }, () => {
  sweep('produce', { words: PRODUCE_NEW, prepare: prepareOld, check: checkAppended });

  sweep('the first produce', {
    words: [...PRODUCE_NEW, '--create'],
    check: async ({ scene, run, isDone }) => {
      const acknowledged = rangesOf(run.out);
      const topics = await scene.topics();
      const values = topics.length === 0 ? [] : await valuesOf(scene);
      if (isDone) expect(acknowledged).toMatchObject([{ first: 0, last: 1 }]);
      expect([[], ['t']]).toContainEqual(topics);
      expect([[], NEW]).toContainEqual(values);
      if (acknowledged.length > 0) expect(values).toEqual(NEW);
      await scene.succeed('produce', 't', '--create', '-m', 'next');
      expect(await valuesOf(scene)).toEqual([...values, 'next']);
      await checkSound(scene);
    },
  });

  sweep('produce behind a torn tail', {
    words: PRODUCE_NEW,
    prepare: async (scene) => {
      await prepareOld(scene);
      const log = logOf(scene);
      appendFileSync(log, readFileSync(log).subarray(0, 50));
    },
    check: async (struck) => {
      const { scene } = struck;
      await checkAppended(struck);
      const log = logOf(scene);
      expect(readFileSync(`${log}.torn`)).toEqual(readFileSync(log).subarray(0, 50));
    },
  });

  sweep('produce into new segments', {
    words: ['produce', 't', '--report', ...LONG.flatMap((value) => ['-m', value])],
    prepare: async (scene) => {
      const config = ['-c', 'internal.segment.bytes=4096', '-c', 'retention.bytes=5000'];
      await scene.succeed('topic', 'create', 't', '-q', ...config);
      await scene.succeed('produce', 't', '-m', 'old-0', '-m', 'old-1');
    },
    check: async ({ scene, run, isDone }) => {
      const ranges = rangesOf(run.out);
      const [partition] = await scene.stored('t');
      const { startOffset, values } = partition!;
      const all = [...OLD, ...LONG];
      expect(values).toEqual(all.slice(startOffset, startOffset + values.length));
      // Retention keeps 5,000 bytes: three records of 2,000 at least, whatever was begun.
      expect(values.length).toBeGreaterThanOrEqual(startOffset === 0 ? 2 : 3);
      const endOffset = ranges.at(-1)?.last ?? OLD.length - 1;
      expect(startOffset + values.length).toBeGreaterThan(endOffset);
      if (isDone) expect(endOffset).toBe(all.length - 1);
      await scene.succeed('produce', 't', '-m', 'next');
      const after = await scene.stored('t');
      expect(after[0]!.values.at(-1)).toBe('next');
      expect(after[0]!.startOffset + after[0]!.values.length).toBe(startOffset + values.length + 1);
      await checkSound(scene);
    },
  });
});

function logOf(scene: Scene): string {
  const log = join(scene.partitionFolder('t-0'), '00000000000000000000.log');
  expect(existsSync(log)).toBe(true);
  return log;
}
