/**
 * Groups that are moved by commands that are killed at a system call or have it refused: the position is
 * the old or the new one, it never passes what was not read, and a batch is repeated whole or not at all.
 * Faults: kill -9 at every system call of consume -g, with and without --exec, and of group commit, seek,
 * undo and delete; errors and EINTR at each. SPOOL_SWEEP=all: every call, every error (sweep.ts).
 */
import { expect } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lane } from '../../support/lane.js';
import { cannotTrace } from './cannot-trace.js';
import type { Scene } from './scene.js';
import { sweep } from './sweep.js';

const ALL = 'a\nb\nc\n';

async function prepareRecords(scene: Scene): Promise<void> {
  await scene.succeed('topic', 'create', 't', '-q');
  await scene.succeed('produce', 't', '-m', 'a', '-m', 'b', '-m', 'c');
}

/** It stands at 2, and stood at 1 before. */
async function prepareGroup(scene: Scene): Promise<void> {
  await prepareRecords(scene);
  await scene.succeed('group', 'commit', 'g', 't=1', '-y', '-q');
  await scene.succeed('group', 'commit', 'g', 't=2', '-y', '-q');
}

/** undefined: there is no such group. */
async function positionOf(scene: Scene): Promise<number | undefined> {
  const group = await scene.group('g');
  expect(group?.partitions.length ?? 1).toBe(1);
  return group?.partitions[0]?.committedOffset;
}

/** After the next change of the group nothing half-done is left of it. */
async function checkSound(scene: Scene): Promise<void> {
  await scene.succeed('group', 'commit', 'g', 't=1', '-y', '-q');
  expect(await positionOf(scene)).toBe(1);
  expect((await scene.group('g'))!.members).toEqual([]);
  expect(scene.leftovers()).toEqual([]);
  expect(await scene.damage()).toEqual([]);
  expect((await scene.stored('t'))[0]!.values.length).toBe(3);
}

lane('a change of a group that is struck', { programs: ['strace'], check: cannotTrace }, () => {
  sweep('consume -g', {
    words: ['consume', 't', '-g', 'g'],
    prepare: prepareRecords,
    check: async ({ scene, run, isDone }) => {
      const position = await positionOf(scene);
      expect([undefined, 0, 3]).toContain(position);
      if (isDone) expect(position).toBe(3);
      // What was not accepted was not read.
      if (position === 3) expect(run.out).toBe(ALL);
      expect(await scene.succeed('consume', 't', '-g', 'g')).toBe(position === 3 ? '' : ALL);
      expect(await positionOf(scene)).toBe(3);
      await checkSound(scene);
    },
  });

  const EXEC = ['consume', 't', '-g', 'g', '--exec', 'cat >> "$HOME/seen"'];
  sweep('consume --exec', {
    words: EXEC,
    hasChild: true,
    prepare: prepareRecords,
    check: async ({ scene, isDone }) => {
      const position = await positionOf(scene);
      expect([undefined, 0, 3]).toContain(position);
      if (isDone) expect(position).toBe(3);
      const seen = readSeen(scene);
      if (position === 3) expect(seen).toBe(ALL);
      expect([0, 1]).toContain((await scene.group('g'))?.pending.length ?? 0);
      writeFileSync(join(scene.folder, 'seen'), '');
      await scene.succeed(...EXEC);
      expect(readSeen(scene)).toBe(position === 3 ? '' : ALL);
      expect(await positionOf(scene)).toBe(3);
      expect((await scene.group('g'))!.pending).toEqual([]);
      await checkSound(scene);
    },
  });

  const moves: readonly (readonly [string, readonly string[], number])[] = [
    ['group commit', ['commit', 'g', 't=3', '-y'], 3],
    ['group seek', ['seek', 'g', '--to', 'start', '-y'], 0],
    ['group undo', ['undo', 'g', '-y'], 1],
  ];
  for (const [name, words, after] of moves) {
    sweep(name, {
      words: ['group', ...words, '-q'],
      prepare: prepareGroup,
      check: async ({ scene, isDone }) => {
        const position = await positionOf(scene);
        expect([2, after]).toContain(position);
        if (isDone) expect(position).toBe(after);
        await checkSound(scene);
      },
    });
  }

  sweep('group delete', {
    words: ['group', 'delete', 'g', '-y', '-q'],
    prepare: prepareGroup,
    check: async ({ scene, isDone }) => {
      const position = await positionOf(scene);
      expect([2, undefined]).toContain(position);
      if (isDone) expect(position).toBeUndefined();
      if (position === 2) await scene.succeed('group', 'delete', 'g', '-y', '-q');
      expect(await positionOf(scene)).toBeUndefined();
      await checkSound(scene);
    },
  });
});

function readSeen(scene: Scene): string {
  const path = join(scene.folder, 'seen');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
