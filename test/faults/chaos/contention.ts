/** A shortened chaos run, writers only: several pipes compete for one partition, and nobody is killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../support/seeded-random.js';
import { lookAtTopic } from './chaos-keeper.js';
import { ReadRecords, noteRead } from './chaos-reader.js';
import { verifyAll } from './chaos-round.js';
import { type Violation, checkHistory } from './checker.js';
import { SentRecords } from './sent-records.js';
import { World } from './world.js';

const TOPIC = {
  ...{ name: 't', partitions: 1, segmentBytes: 32_768, retentionBytes: null, isTrimmed: false },
};
const PIPE_COUNT = 4;
const BURST = 5;

export async function createTopic(world: World): Promise<void> {
  const argv = ['topic', 'create', 't', '-q', '-c', `internal.segment.bytes=${TOPIC.segmentBytes}`];
  const { proc, running, invokedNs } = world.start(argv);
  const { code, err } = await running.ended;
  if (code !== 0) throw new Error(`no topic: ${err}`);
  world.history.add({
    ...{ op: 'topic', proc, invokedNs, returnedNs: world.history.now() },
    args: { topic: 't', partitions: 1, retentionBytes: null },
  });
}

/** What the checker has to say of what is there now. */
export async function judge(world: World): Promise<Violation[]> {
  const read = new ReadRecords();
  const started = world.start(['consume', 't', '-F', '{partition} {offset} {value}'], {
    onLine: read.onLine,
  });
  const exit = await started.running.ended;
  noteRead(world, started, { topic: TOPIC, partition: 0, from: 'start' }, read, exit, true);
  world.noteEnd(started, exit, [0]);
  await verifyAll(world, await lookAtTopic(world, 't', true));
  return checkHistory(world.history.operations);
}

/** Whoever is too slow to come first still has to come. */
const LIMIT_MS = 25_000;

/** When it has been enough: so many records of each pipe were acknowledged since all were there. */
class Contest {
  readonly #pipes: SentRecords[] = [];
  readonly #limitMs = performance.now() + LIMIT_MS;
  readonly #wanted: number;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  enter(pipe: SentRecords): void {
    this.#pipes.push(pipe);
  }

  get isOver(): boolean {
    if (performance.now() > this.#limitMs) return true;
    const acknowledged = this.#pipes.filter((pipe) => pipe.acknowledgedCount >= this.#wanted);
    return acknowledged.length >= PIPE_COUNT;
  }
}

/**
 * What the checker has to say of the program that `launcher` starts, when so many records of each of
 * four pipes were acknowledged.
 */
export async function contend(
  launcher: string,
  seed: number,
  wanted: number,
): Promise<Violation[]> {
  const world = new World(launcher);
  try {
    await createTopic(world);
    const contest = new Contest(wanted);
    const pipes = Array.from({ length: PIPE_COUNT }, async (_, at) => {
      const random = new SeededRandom(seed * 100 + at);
      // One that failed makes room for the next, for a while.
      for (let left = 5; left > 0 && !contest.isOver; left--) {
        await runPipe(world, random, contest);
      }
    });
    await Promise.all(pipes);
    return await judge(world);
  } finally {
    world.remove();
  }
}

async function runPipe(world: World, random: SeededRandom, contest: Contest): Promise<void> {
  const sent = new SentRecords(world, TOPIC, 0);
  contest.enter(sent);
  const argv = ['produce', 't', '-p', '0', '--report', '--linger', '0ms'];
  const started = world.start(argv, { onLine: sent.onReport });
  sent.proc = started.proc;
  while (!contest.isOver && started.running.isRunning) {
    if (sent.unansweredCount < BURST) {
      const lines = Array.from({ length: BURST }, () => `${sent.next(random, 100).payload}\n`);
      started.running.send(lines.join(''));
    }
    await sleep(1);
  }
  started.running.endInput();
  const exit = await started.running.ended;
  sent.settle(exit);
  world.noteEnd(started, exit, [0]);
}

/** One record by one command; resolves when it has ended. */
export async function writeOne(
  world: World,
  env: Readonly<Record<string, string>> = {},
  isDisturbed = false,
): Promise<void> {
  const sent = new SentRecords(world, TOPIC, 0);
  sent.proc = world.nextProc;
  const { payload } = sent.next(new SeededRandom(0), 0);
  const argv = ['produce', 't', '-p', '0', '--report', '-m', payload];
  const started = world.start(argv, { onLine: sent.onReport, env });
  started.running.isDisturbed = isDisturbed;
  const exit = await started.running.ended;
  sent.settle(exit);
  world.noteEnd(started, exit, [0]);
}
