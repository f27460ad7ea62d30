/**
 * The hourly job: its command fails or is killed, spool is killed, two runs come at once.
 * SPOOL_BATCH_RUNS: how often it is run; SPOOL_SEED: what becomes of each run.
 */
import { describe, expect, test } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  BatchJob,
  type Fate,
  FATES,
  type JobRun,
  checkBatches,
  workedRecords,
} from '../support/batch-job.js';
import { GroupLedger, describeGroup } from '../support/group-ledger.js';
import { SeededRandom } from '../support/seeded-random.js';
import { type Ended, type RunningScript, type Shell, inShell } from '../support/shell.js';
import { printedSeed, printFigure, sizeFrom } from '../support/slow-size.js';

const RUN_COUNT = sizeFrom('SPOOL_BATCH_RUNS', 300);
const RECORD_COUNT = 10_000;
const PARTITION_COUNT = 3;

/** Neighbours in time lie in different partitions, so a batch has some of each. */
async function fillTopic(shell: Shell): Promise<void> {
  mkdirSync(join(shell.folder, 'jobs'));
  const lines = Array.from({ length: RECORD_COUNT }, (_, number) =>
    JSON.stringify({ key: `k${number}`, value: `v${number}`, timestamp: 1.7e12 + number }),
  );
  const { code, err } = await shell.run(
    `spool topic create t -p ${PARTITION_COUNT} -q && spool produce t -F json`,
    { input: `${lines.join('\n')}\n` },
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
}

function hourlyRun(fate: Fate, flags: string): string {
  const command = BatchJob.commandOf(fate);
  return `exec spool consume t -g g -n 100 -F '{partition} {offset}' ${flags} --exec '${command}'`;
}

/** When spool is killed, seen from its command. */
const KILLINGS = ['at any time', 'while the command works', 'when the command has ended'] as const;

type Killing = 'never' | (typeof KILLINGS)[number];

async function killSometime(
  running: RunningScript,
  killing: Killing,
  random: SeededRandom,
): Promise<void> {
  switch (killing) {
    case 'never':
      return;
    case 'at any time':
      await sleep(random.below(500));
      break;
    case 'while the command works':
      await untilSaid(running, 'started');
      await sleep(random.below(150));
      break;
    case 'when the command has ended':
      await untilSaid(running, 'ended');
      // Some milliseconds, in which the group is moved.
      for (let turns = random.below(400); turns > 0; turns--) await nextTurn();
      break;
  }
  running.kill('SIGKILL');
}

/** Or until it has ended: there may be nothing left to do, or others hold it up. */
async function untilSaid(running: RunningScript, word: string): Promise<void> {
  while (running.isRunning && !running.out.includes(word)) await sleep(1);
}

/** The outcome of one run, checked as far as it can be alone. */
function outcomeOf({ code, signal, err }: Ended): string {
  const outcome = signal ?? String(code);
  expect(['0', '6', '75', 'SIGKILL']).toContain(outcome);
  if (outcome === '0') expect(err).toBe('');
  if (outcome === '6') expect(err).toMatch(/^error: the command .*, batch \w+, attempt \d+$/m);
  // Its holder, or the batch that is not to be divided.
  if (outcome === '75') expect(err).toMatch(/pid \d+|has batch \w+ .* to repeat first/);
  return outcome;
}

class HourlyJob {
  readonly #shell: Shell;
  readonly #random: SeededRandom;
  readonly #job: BatchJob;
  readonly #ledger = new GroupLedger();
  readonly #ends: Promise<Ended>[] = [];

  constructor(shell: Shell, random: SeededRandom) {
    this.#shell = shell;
    this.#random = random;
    this.#job = new BatchJob(shell);
  }

  get runCount(): number {
    return this.#ends.length;
  }

  /** One run, or two at once, and a look at the group. */
  async runSome(): Promise<void> {
    const random = this.#random;
    const count = random.below(4) === 0 ? 2 : 1;
    // Two that each take the half of what is free, or one that finds the other in its way.
    const share = random.chance() ? '--members 2' : '';
    const runs = Array.from({ length: count }, () => {
      const ifBusy = random.pick(['', '', `--if-busy wait=10s`, '--if-busy skip']);
      const fate = random.pick<Fate>([...FATES, 'works', 'works', 'works']);
      const killing = random.below(5) < 2 ? random.pick(KILLINGS) : 'never';
      return this.#runOne(hourlyRun(fate, `${share} ${ifBusy}`), killing);
    });
    await Promise.all(runs);
    await this.#look();
  }

  async #runOne(script: string, killing: Killing): Promise<void> {
    const running = this.#shell.start(script);
    // Not awaited here: a command that goes on without its spool has the output open.
    this.#ends.push(running.ended);
    await killSometime(running, killing, this.#random);
    while (running.isRunning) await sleep(2);
  }

  /** Resolves with the records yet to be read. */
  async #look(): Promise<number> {
    const found = await describeGroup(this.#shell, 'g');
    this.#ledger.note(found, this.#job.read());
    return found.lag;
  }

  /** Until everything has been read; all runs of the command, each of which has ended. */
  async finish(): Promise<JobRun[]> {
    do {
      const { code, err } = await this.#shell.run(hourlyRun('works', '--if-busy wait'));
      expect({ code, err }).toEqual({ code: 0, err: '' });
    } while ((await this.#look()) > 0);
    const runs = this.#job.read();
    expect(this.#job.isEachEnded).toBe(true);
    this.#ledger.checkNeverGivenAgain(runs);
    return runs;
  }

  /** How many runs came to which end. */
  async countOutcomes(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const ended of this.#ends) {
      const outcome = outcomeOf(await ended);
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    return counts;
  }
}

describe('the hourly job', () => {
  test(
    `loses nothing, divides nothing, and repeats only what was not seen to succeed (${RUN_COUNT} runs)`,
    inShell(async (shell) => {
      const hourly = new HourlyJob(shell, new SeededRandom(printedSeed()));
      await fillTopic(shell);
      const beganMs = Date.now();
      while (hourly.runCount < RUN_COUNT) await hourly.runSome();
      const tookMs = Date.now() - beganMs;
      const runs = await hourly.finish();
      const figures = checkBatches(runs);
      expect(workedRecords(runs).size).toBe(RECORD_COUNT);
      const outcomes = await hourly.countOutcomes();
      printFigure(
        `${hourly.runCount} runs in ${tookMs} ms: ` +
          [...outcomes].map(([outcome, count]) => `${count}x ${outcome}`).join(', '),
      );
      printFigure(
        `${figures.batchCount} batches in ${runs.length} commands, ${figures.repeatedCount} repeated, ` +
          `${figures.repeatedAfterSuccessCount} of them although the command had worked`,
      );
      for (const outcome of ['0', '6', '75', 'SIGKILL']) {
        expect(outcomes.get(outcome)).toBeGreaterThan(RUN_COUNT / 100);
      }
      expect(figures.repeatedCount).toBeGreaterThan(RUN_COUNT / 20);
      expect((await shell.run('spool verify')).err).toBe('');
    }),
  );
});

/** Resolves when no process has this number. */
async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(5);
  }
}

/** A command may have said a word before its spool has written down that it runs. */
async function untilNoted(shell: Shell, pid: number): Promise<void> {
  for (;;) {
    const { members } = await describeGroup(shell, 'g');
    if (members.some(({ childPid }) => childPid === pid)) return;
  }
}

describe('a command whose spool is killed', () => {
  test(
    'keeps the group busy until it ends; then its batch is repeated at once',
    inShell(async (shell) => {
      await fillTopic(shell);
      const facts = 'echo $SPOOL_BATCH_ID $SPOOL_BATCH_ATTEMPT $SPOOL_BATCH_RANGES';
      const consume = 'exec spool consume t -g g -n 100 --exec';
      const script = `echo $$; ${facts}; cat > /dev/null; until [ -e go ]; do sleep 0.02; done`;
      const first = shell.start(`${consume} '${script}'`);
      await first.until(() => first.out.split('\n').length > 2);
      const [commandPid = '', batch = ''] = first.out.split('\n');
      await untilNoted(shell, Number(commandPid));
      first.kill('SIGKILL');
      while (first.isRunning) await sleep(2);
      for (let look = 0; look < 3; look++) {
        const { code, out, err } = await shell.run(`${consume} '${facts}'`);
        expect({ code, out }).toEqual({ code: 75, out: '' });
        expect(err).toContain(`its command (pid ${commandPid}) goes on`);
      }
      expect(await shell.run(`${consume} '${facts}' --if-busy skip`)).toMatchObject({
        code: 0,
        out: '',
        err: '',
      });
      shell.write('go', '');
      await untilGone(Number(commandPid));
      const { code, out, err } = await shell.run(`${consume} '${facts}'`);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out.split('\n')[0]).toBe(batch.replace(' 1 ', ' 2 '));
      expect(batch).toMatch(/^\w+ 1 t:0:/);
    }),
  );
});
