/** Many processes append to one topic at once. SPOOL_RECORDS: how many each pipe sends; SPOOL_SEED. */
import { describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../support/seeded-random.js';
import { inShell, type Shell } from '../support/shell.js';
import { printedSeed, printFigure, sizeFrom } from '../support/slow-size.js';
import {
  countBySender,
  expectAcknowledged,
  rangesOf,
  readDense,
} from '../support/stored-records.js';

const PIPE_COUNT = 16;
const RECORDS_PER_PIPE = sizeFrom('SPOOL_RECORDS', 2000);
const LOOP_COUNT = 4;
const RECORDS_PER_LOOP = 15;

/** All are up, and have made the topic together, before any of them goes on: then they do compete. */
async function runPipes(shell: Shell, random: SeededRandom): Promise<Map<string, string>> {
  const pipes = Array.from({ length: PIPE_COUNT }, (_, number) => {
    const running = shell.start('exec spool produce t --create --report --linger 0ms', {
      isInputOpen: true,
    });
    running.send(`pipe${number}:0\n`);
    return { sender: `pipe${number}`, running, sentCount: 1 };
  });
  await Promise.all(pipes.map(({ running }) => running.until(() => running.out !== '', 60_000)));
  for (let waiting = [...pipes]; waiting.length > 0;) {
    const pipe = random.pick(waiting);
    const lines = Array.from(
      { length: Math.min(1 + random.below(20), RECORDS_PER_PIPE - pipe.sentCount) },
      () => `${pipe.sender}:${pipe.sentCount++}\n`,
    );
    pipe.running.send(lines.join(''));
    await sleep(random.below(2));
    waiting = pipes.filter(({ sentCount }) => sentCount < RECORDS_PER_PIPE);
  }
  const reports = pipes.map(async ({ sender, running }) => {
    running.endInput();
    const { code, out, err } = await running.ended;
    expect({ sender, code, err }).toEqual({ sender, code: 0, err: '' });
    return [sender, out] as const;
  });
  return new Map(await Promise.all(reports));
}

async function runLoop(shell: Shell, number: number): Promise<void> {
  const one = `spool produce t --create -m loop${number}:$i || exit`;
  const script = `for ((i = 0; i < ${RECORDS_PER_LOOP}; i++)); do ${one}; done`;
  expect(await shell.run(script)).toMatchObject({ code: 0, err: '' });
}

/** How often the topic went from one producer to another. */
function turnsOf(values: readonly string[]): number {
  const senders = values.map((value) => value.slice(0, value.indexOf(':')));
  return senders.filter((sender, at) => at > 0 && sender !== senders[at - 1]).length;
}

describe('many producers at once', () => {
  test(
    'lose nothing, double nothing, keep the order of each, and find one topic made by one of them',
    inShell(async (shell) => {
      const random = new SeededRandom(printedSeed());
      const beganMs = Date.now();
      const loops = Array.from({ length: LOOP_COUNT }, (_, number) => runLoop(shell, number));
      const reports = await runPipes(shell, random);
      await Promise.all(loops);
      const tookMs = Date.now() - beganMs;
      const values = await readDense(shell, 't');
      const counts = countBySender(values);
      for (const [sender, report] of reports) {
        expect(expectAcknowledged(values, sender, rangesOf(report))).toBe(RECORDS_PER_PIPE);
      }
      for (let number = 0; number < LOOP_COUNT; number++) {
        expect(counts.get(`loop${number}`)).toBe(RECORDS_PER_LOOP);
      }
      expect(values).toHaveLength(PIPE_COUNT * RECORDS_PER_PIPE + LOOP_COUNT * RECORDS_PER_LOOP);
      printFigure(`${values.length} records in ${tookMs} ms, ${turnsOf(values)} turns`);
      expect(turnsOf(values)).toBeGreaterThan(PIPE_COUNT * 10);
      expect(await shell.run('spool verify')).toMatchObject({ code: 0, err: '' });
    }),
  );
});
