/**
 * Topics that are created, altered, made larger and deleted, by commands that are killed at a system call
 * or have it refused. A topic is whole or not there, its config and its number of partitions the old or the
 * new, others are untouched, and the next change finds the way clear. Faults: kill -9 at every system call
 * of topic create, alter, add-partitions and delete; errors and EINTR at each. SPOOL_SWEEP=all: every call,
 * every error (sweep.ts).
 */
import { expect } from '@jest/globals';
import { lane } from '../../support/lane.js';
import { cannotTrace } from './cannot-trace.js';
import type { Scene } from './scene.js';
import { sweep } from './sweep.js';

/** Of two partitions, with a record in each. */
async function prepareTopic(scene: Scene): Promise<void> {
  await scene.succeed('topic', 'create', 't', '-p', '2', '-q', '-c', 'retention.ms=100000000');
  await scene.succeed('produce', 't', '-p', '0', '-m', 'zero');
  await scene.succeed('produce', 't', '-p', '1', '-m', 'one');
}

const WHOLE = [
  { startOffset: 0, values: ['zero'] },
  { startOffset: 0, values: ['one'] },
];
const EMPTY = { startOffset: 0, values: [] };

/** Whatever was begun is over, now that the program has changed the registry again. */
async function checkSound(scene: Scene): Promise<void> {
  expect(scene.leftovers()).toEqual([]);
  expect(await scene.damage()).toEqual([]);
}

lane('a change of topics that is struck', { programs: ['strace'], check: cannotTrace }, () => {
  sweep('topic create', {
    words: ['topic', 'create', 'new', '-p', '2', '-q'],
    prepare: prepareTopic,
    check: async ({ scene, isDone }) => {
      const topics = await scene.topics();
      expect([['t'], ['new', 't']]).toContainEqual(topics);
      if (isDone) expect(topics).toContain('new');
      if (topics.includes('new')) expect(await scene.stored('new')).toEqual([EMPTY, EMPTY]);
      await scene.succeed('topic', 'create', 'new', '-p', '2', '--if-not-exists', '-q');
      await scene.succeed('topic', 'create', 'last', '-q');
      await scene.append('new', 1, 'first');
      expect(await scene.stored('new')).toEqual([EMPTY, { startOffset: 0, values: ['first'] }]);
      expect(await scene.stored('t')).toEqual(WHOLE);
      await checkSound(scene);
    },
  });

  sweep('the first topic create', {
    words: ['topic', 'create', 'new', '-q'],
    check: async ({ scene, isDone }) => {
      const topics = await scene.topics();
      expect([[], ['new']]).toContainEqual(topics);
      if (isDone) expect(topics).toEqual(['new']);
      await scene.succeed('topic', 'create', 'new', '--if-not-exists', '-q');
      await scene.succeed('topic', 'create', 'last', '-q');
      expect(await scene.stored('new')).toEqual([EMPTY]);
      await checkSound(scene);
    },
  });

  sweep('topic alter', {
    words: ['topic', 'alter', 't', '-c', 'retention.ms=200000000', '-q'],
    prepare: prepareTopic,
    check: async ({ scene, isDone }) => {
      const config = await scene.config('t');
      const [before, after] = ['100000000', '200000000'].map((ms) => ({ 'retention.ms': ms }));
      expect([before, after]).toContainEqual(config);
      if (isDone) expect(config).toEqual(after);
      await scene.succeed('topic', 'alter', 't', '--unset', 'retention.ms', '-q');
      expect(await scene.config('t')).toEqual({});
      expect(await scene.stored('t')).toEqual(WHOLE);
      await checkSound(scene);
    },
  });

  sweep('topic add-partitions', {
    words: ['topic', 'add-partitions', 't', '--to', '3', '-q'],
    prepare: prepareTopic,
    check: async ({ scene, isDone }) => {
      const found = await scene.stored('t');
      expect([WHOLE, [...WHOLE, EMPTY]]).toContainEqual(found);
      if (isDone) expect(found.length).toBe(3);
      await scene.succeed('topic', 'add-partitions', 't', '--to', '4', '-q');
      await scene.append('t', 2, 'two');
      const two = { startOffset: 0, values: ['two'] };
      expect(await scene.stored('t')).toEqual([...WHOLE, two, EMPTY]);
      await checkSound(scene);
    },
  });

  sweep('topic delete', {
    words: ['topic', 'delete', 't', '-y', '-q'],
    prepare: async (scene) => {
      await prepareTopic(scene);
      await scene.succeed('topic', 'create', 'stays', '-q');
      await scene.succeed('produce', 'stays', '-m', 'here');
    },
    check: async ({ scene, isDone }) => {
      const topics = await scene.topics();
      expect([['stays', 't'], ['stays']]).toContainEqual(topics);
      if (isDone) expect(topics).toEqual(['stays']);
      if (topics.includes('t')) {
        expect(await scene.stored('t')).toEqual(WHOLE);
        await scene.succeed('topic', 'delete', 't', '-y', '-q');
      }
      await scene.succeed('topic', 'create', 't', '-p', '2', '-q');
      expect(await scene.stored('t')).toEqual([EMPTY, EMPTY]);
      expect(await scene.stored('stays')).toEqual([{ startOffset: 0, values: ['here'] }]);
      await checkSound(scene);
    },
  });
});
