/** kill -9 at random moments. SPOOL_KILLS: how many; SPOOL_SEED: which moments. */
import { describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../support/seeded-random.js';
import { inShell, type Shell } from '../support/shell.js';
import { printedSeed, printFigure, sizeFrom } from '../support/slow-size.js';
import {
  type AcknowledgedRange,
  countBySender,
  expectAcknowledged,
  rangesOf,
  readDense,
} from '../support/stored-records.js';

const KILL_COUNT = sizeFrom('SPOOL_KILLS', 200);
/** How often it is tried whether the next command works at once. */
const KILLS_PER_PROBE = 10;

interface Killed {
  readonly ranges: readonly AcknowledgedRange[];
  readonly sentCount: number;
}

/** Feeds a producer until it is killed: at some moment between its start and half a second of writing. */
async function killOne(shell: Shell, sender: string, random: SeededRandom): Promise<Killed> {
  const linger = random.pick(['0ms', '1ms', '20ms']);
  const padding = 'x'.repeat(random.pick([0, 100, 2000]));
  const burst = random.pick([1, 20, 200]);
  const lifeMs = random.below(500);
  const running = shell.start(`exec spool produce t --report --linger ${linger}`, {
    isInputOpen: true,
  });
  let isKilled = false;
  const kill = (async () => {
    // Two in three are killed in the middle of their work, the others on the way to it.
    if (random.below(3) > 0) await running.until(() => running.out !== '', 30_000);
    await sleep(lifeMs);
    isKilled = true;
    running.kill('SIGKILL');
  })();
  let sentCount = 0;
  while (!isKilled) {
    const lines = Array.from(
      { length: burst },
      (_, i) => `${sender}:${sentCount + i}:${padding}\n`,
    );
    running.send(lines.join(''));
    sentCount += burst;
    await sleep(1 + random.below(4));
  }
  await kill;
  const { signal, out, err } = await running.ended;
  expect({ signal, err }).toEqual({ signal: 'SIGKILL', err: '' });
  return { ranges: rangesOf(out), sentCount };
}

async function timedProbe(shell: Shell, number: number): Promise<number> {
  const beganMs = Date.now();
  const { code, err } = await shell.run(`spool produce t -m probe:${number}`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return Date.now() - beganMs;
}

describe('producers that are killed', () => {
  test(
    `keep what they acknowledged, leave no gap, and hold nobody up (${KILL_COUNT} kills)`,
    inShell(async (shell) => {
      const random = new SeededRandom(printedSeed());
      await shell.run('spool topic create t -c segment.bytes=2MB');
      const usualMs = Math.max(await timedProbe(shell, 0), await timedProbe(shell, 1));
      const killed = new Map<string, Killed>();
      const probesMs: number[] = [];
      for (let i = 0; i < KILL_COUNT; i++) {
        killed.set(`k${i}`, await killOne(shell, `k${i}`, random));
        if (i % KILLS_PER_PROBE === 0) probesMs.push(await timedProbe(shell, probesMs.length + 2));
      }
      const values = await readDense(shell, 't');
      const counts = countBySender(values);
      let acknowledgedCount = 0;
      for (const [sender, { ranges, sentCount }] of killed) {
        acknowledgedCount += expectAcknowledged(values, sender, ranges);
        expect(counts.get(sender) ?? 0).toBeLessThanOrEqual(sentCount);
      }
      expect(counts.get('probe')).toBe(probesMs.length + 2);
      expect(acknowledgedCount).toBeGreaterThan(KILL_COUNT / 4);
      printFigure(
        `${KILL_COUNT} kills: ${acknowledgedCount} of ${values.length} stored records had been ` +
          `acknowledged; next command ${Math.max(...probesMs)} ms at most, usually ${usualMs} ms`,
      );
      expect(Math.max(...probesMs)).toBeLessThan(usualMs + 1000);
      expect(await shell.run('spool verify')).toMatchObject({ code: 0, err: '' });
    }),
  );
});
