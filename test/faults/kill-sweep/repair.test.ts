/**
 * A repair that is killed at a system call or has it refused: what could be read before can be read after,
 * the damaged bytes are kept, and the next repair comes to the same end as if there had been no other.
 * Faults: kill -9 at every system call of verify --repair; errors and EINTR at each. SPOOL_SWEEP=all: every
 * call, every error (sweep.ts).
 */
import { expect } from '@jest/globals';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lane } from '../../support/lane.js';
import { cannotTrace } from './cannot-trace.js';
import type { Scene } from './scene.js';
import { sweep } from './sweep.js';

const REPAIR = ['verify', '--repair', '-y', '-q'];

/** What can be read while the second of three records is damaged, and behind it, whoever repairs. */
const AROUND = new Map([
  [0, 'first'],
  [2, 'third'],
]);

function folderOf(scene: Scene): string {
  return scene.partitionFolder('t-0');
}

lane('a repair that is struck', { programs: ['strace'], check: cannotTrace }, () => {
  sweep('verify --repair', {
    words: REPAIR,
    // It reports what it does on standard error, as the golden run shows.
    isTalkative: true,
    // Where there is damage still, that is the worse news.
    failureCodes: [1, 7],
    prepare: async (scene) => {
      await scene.succeed('topic', 'create', 't', '-q');
      for (const value of ['first', 'second', 'third']) {
        await scene.succeed('produce', 't', '-m', value);
      }
      const path = join(folderOf(scene), '00000000000000000000.log');
      const bytes = readFileSync(path, 'latin1');
      writeFileSync(path, bytes.replace('second', 'secOnd'), 'latin1');
    },
    check: async ({ scene, run, isDone }) => {
      if (run.code === 7) expect(await scene.damage()).not.toEqual([]);
      if (isDone) expect(await scene.damage()).toEqual([]);
      // Again and again it comes to the same.
      for (let again = 0; again < 2; again++) {
        expect((await scene.run(...REPAIR)).code).toBe(0);
        expect(await scene.damage()).toEqual([]);
        expect(await scene.records('t')).toEqual(AROUND);
      }
      const kept = readdirSync(folderOf(scene)).filter((name) => name.includes('.damaged'));
      const keptBytes = kept.map((name) => readFileSync(join(folderOf(scene), name), 'latin1'));
      expect(keptBytes.join()).toContain('secOnd');
      await scene.append('t', 0, 'fourth');
      expect(await scene.records('t')).toEqual(new Map([...AROUND, [3, 'fourth']]));
      await scene.prune('t');
      expect(scene.leftovers()).toEqual([]);
    },
  });
});
