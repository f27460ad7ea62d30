/**
 * A writer that is caught with the lock in its hands: killed, and the lock is another's at once; stopped
 * for longer than others wait, and they say so and leave, while readers go on; resumed, and it spoils
 * nothing.
 *
 * Faults: kill -9 of a lock's holder; SIGSTOP of a holder for longer than others wait, then SIGCONT.
 *
 * SPOOL_TAKEOVERS: how many holders are killed (40). SPOOL_SEED: at which moments.
 */
import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lane } from '../../support/lane.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { printFigure, printedSeed, sizeFrom } from '../../support/slow-size.js';
import { ReadRecords, noteRead } from './chaos-reader.js';
import { checkHistory, describeViolations } from './checker.js';
import { cannotWatchLocks, lookAtLock, stopWithLock } from './lock-watch.js';
import { SentRecords } from './sent-records.js';
import { LAUNCHER } from './spool-process.js';
import { type Started, World } from './world.js';

const TAKEOVERS = sizeFrom('SPOOL_TAKEOVERS', 40);
/** The promise is 100 ms. A test on a machine that others use asserts what only a defect exceeds. */
const LIMIT_MS = 2000;
/** How long a command waits for a lock. */
const PATIENCE_MS = 30_000;

const TOPIC = {
  ...{ name: 't', partitions: 1, segmentBytes: 8192, retentionBytes: null, isTrimmed: false },
};

class Holders {
  readonly world = new World(LAUNCHER);
  readonly random: SeededRandom;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  get controlFile(): string {
    return join(this.world.disk.dataDirectory, 'partitions/t-0');
  }

  async create(): Promise<void> {
    const argv = [
      'topic',
      'create',
      't',
      '-q',
      '-c',
      `internal.segment.bytes=${TOPIC.segmentBytes}`,
    ];
    const { code } = await this.run(argv);
    expect(code).toBe(0);
    const now = this.world.history.now();
    this.world.history.add({
      ...{ op: 'topic', proc: 'admin', invokedNs: now, returnedNs: now },
      args: { topic: 't', partitions: 1, retentionBytes: null },
    });
  }

  async run(
    argv: readonly string[],
  ): Promise<{ readonly code: number | null; readonly err: string }> {
    const { running } = this.world.start(argv);
    running.endInput();
    return running.ended;
  }

  startPipe(): Pipe {
    const sent = new SentRecords(this.world, TOPIC, 0);
    const argv = ['produce', 't', '-p', '0', '--report', '--linger', '0ms'];
    const started = this.world.start(argv, { onLine: sent.onReport });
    sent.proc = started.proc;
    return new Pipe(this.world, started, sent, this.random);
  }

  async expectSound(): Promise<void> {
    const read = new ReadRecords();
    const argv = ['consume', 't', '-F', '{partition} {offset} {value}'];
    const started = this.world.start(argv, { onLine: read.onLine });
    const exit = await started.running.ended;
    noteRead(this.world, started, { topic: TOPIC, partition: 0, from: 'start' }, read, exit, true);
    expect(exit).toMatchObject({ code: 0, err: '' });
    expect(describeViolations(checkHistory(this.world.history.operations))).toBe('');
    expect(await this.run(['verify'])).toMatchObject({ code: 0, err: '' });
  }
}

class Pipe {
  readonly running: Started['running'];
  readonly sent: SentRecords;
  readonly #started: Started;
  readonly #world: World;
  readonly #random: SeededRandom;
  #isFed = true;

  constructor(world: World, started: Started, sent: SentRecords, random: SeededRandom) {
    this.#world = world;
    this.#started = started;
    this.running = started.running;
    this.sent = sent;
    this.#random = random;
  }

  send(): void {
    this.running.send(`${this.sent.next(this.#random, 300).payload}\n`);
  }

  /** Without pause, so that it has the lock for a good part of the time. */
  async feed(): Promise<void> {
    while (this.#isFed && this.running.isRunning) {
      for (let i = 0; i < 20 && this.sent.unansweredCount < 200; i++) this.send();
      await sleep(0);
    }
  }

  stopFeeding(): void {
    this.#isFed = false;
  }

  async untilAnswered(count: number): Promise<void> {
    while (this.sent.acknowledgedCount < count) {
      if (!this.running.isRunning) throw new Error('it ended before it answered');
      await sleep(0);
    }
  }

  async end(): Promise<number | null> {
    this.running.endInput();
    const exit = await this.running.ended;
    this.sent.settle(exit);
    this.#world.noteEnd(this.#started, exit, [0]);
    return exit.code;
  }
}

/** From the death of the holder to the answer that whoever waits in line for its lock gets, in ms. */
async function timeTakeover(holders: Holders, waiter: Pipe): Promise<number> {
  const holder = holders.startPipe();
  const feeding = holder.feed();
  await holder.untilAnswered(1);
  await stopWithLock(holder.running, holders.controlFile, holders.random);
  const answered = waiter.sent.acknowledgedCount + 1;
  waiter.send();
  while (lookAtLock(holders.controlFile).waiterCount === 0) await sleep(1);
  const killedMs = performance.now();
  holders.world.kill(holder.running);
  await waiter.untilAnswered(answered);
  const tookMs = performance.now() - killedMs;
  await feeding;
  await holder.end();
  return tookMs;
}

function percentile(sorted: readonly number[], part: number): string {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!.toFixed(1);
}

lane('holders of a lock', { check: cannotWatchLocks }, () => {
  const seed = printedSeed();

  test.concurrent(
    'that are killed hold nobody up, and lose nothing that they acknowledged',
    async () => {
      const holders = new Holders(seed);
      try {
        await holders.create();
        const waiter = holders.startPipe();
        waiter.send();
        await waiter.untilAnswered(1);
        const tookMs: number[] = [];
        while (tookMs.length < TAKEOVERS) tookMs.push(await timeTakeover(holders, waiter));
        expect(await waiter.end()).toBe(0);
        await holders.expectSound();
        tookMs.sort((left, right) => left - right);
        printFigure(
          `takeover after kill -9 of a holder, in ms: median ${percentile(tookMs, 0.5)}, ` +
            `p99 ${percentile(tookMs, 0.99)}, longest ${percentile(tookMs, 1)} of ${tookMs.length}`,
        );
        expect(tookMs.at(-1)).toBeLessThan(LIMIT_MS);
      } finally {
        holders.world.remove();
      }
    },
  );

  test.concurrent(
    'that are stopped keep it: others give up, readers go on, nothing is spoilt',
    async () => {
      const holders = new Holders(seed + 1);
      try {
        await holders.create();
        const holder = holders.startPipe();
        const feeding = holder.feed();
        await holder.untilAnswered(1);
        await stopWithLock(holder.running, holders.controlFile, holders.random);
        const stoppedMs = performance.now();
        const [other, prune, ...readers] = await Promise.all([
          holders.run(['produce', 't', '-m', 'in vain']),
          holders.run(['retention', 'prune']),
          holders.run(['consume', 't', '-F', 'none']),
          holders.run(['topic', 'describe', 't']),
        ]);
        expect(performance.now() - stoppedMs).toBeGreaterThanOrEqual(PATIENCE_MS);
        for (const { code, err } of [other, prune]) {
          expect(code).toBe(75);
          expect(err).toContain(`pid ${holder.running.pid}`);
        }
        expect(readers.map(({ code }) => code)).toEqual([0, 0]);
        holder.running.signal('SIGCONT');
        await holder.untilAnswered(holder.sent.acknowledgedCount + 1);
        holder.stopFeeding();
        await feeding;
        expect(await holder.end()).toBe(0);
        await holders.expectSound();
      } finally {
        holders.world.remove();
      }
    },
  );
});
