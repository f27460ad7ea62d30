/** SIGSTOP and SIGCONT at random moments. SPOOL_STOP_MS: for how long in all; SPOOL_SEED: which moments. */
import { describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../support/seeded-random.js';
import { inShell } from '../support/shell.js';
import { printedSeed, printFigure, sizeFrom } from '../support/slow-size.js';
import {
  countBySender,
  expectAcknowledged,
  rangesOf,
  readDense,
} from '../support/stored-records.js';

const WHILE_MS = sizeFrom('SPOOL_STOP_MS', 30_000);
const SENDERS = ['a', 'b', 'c'];
/** Longer than a lock that is judged by its age is taken for abandoned (10 s). */
const LONG_STOP_MS = 12_000;

describe('producers that are stopped for a while', () => {
  test(
    'overwrite nothing when they go on, and neither do the others',
    inShell(async (shell) => {
      const random = new SeededRandom(printedSeed());
      await shell.run('spool topic create t -c segment.bytes=2MB');
      const producers = SENDERS.map((sender) => {
        const running = shell.start('exec spool produce t --report --linger 0ms', {
          isInputOpen: true,
        });
        return { sender, running, sentCount: 0 };
      });
      for (const { running, sender } of producers) running.send(`${sender}:0:\n`);
      for (const { running } of producers) await running.until(() => running.out !== '');
      const endMs = Date.now() + WHILE_MS;
      const feeding = producers.map(async (producer) => {
        const { running, sender } = producer;
        for (producer.sentCount = 1; Date.now() < endMs; producer.sentCount++) {
          running.send(`${sender}:${producer.sentCount}:${'x'.repeat(200)}\n`);
          await sleep(1);
        }
      });
      let stopCount = 0;
      while (Date.now() < endMs) {
        const { running } = random.pick(producers);
        running.kill('SIGSTOP');
        await sleep(stopCount === 0 ? LONG_STOP_MS : random.below(300));
        running.kill('SIGCONT');
        await sleep(random.below(50));
        stopCount++;
      }
      await Promise.all(feeding);
      for (const { running } of producers) running.endInput();
      const ends = await Promise.all(producers.map(({ running }) => running.ended));
      expect(ends.map(({ code, err }) => ({ code, err }))).toEqual(
        SENDERS.map(() => ({ code: 0, err: '' })),
      );
      const values = await readDense(shell, 't');
      const counts = countBySender(values);
      for (const [at, { sender, sentCount }] of producers.entries()) {
        expect(counts.get(sender)).toBe(sentCount);
        expect(expectAcknowledged(values, sender, rangesOf(ends[at]!.out))).toBe(sentCount);
      }
      printFigure(`${stopCount} stops: ${values.length} records, all acknowledged and there`);
      expect(await shell.run('spool verify')).toMatchObject({ code: 0, err: '' });
    }),
  );
});
