/** Processes that append: long pipes that are killed in the middle of their work, and single records. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../support/seeded-random.js';
import { CHAOS_TOPICS, type ChaosTopic } from './chaos-topics.js';
import { SentRecords } from './sent-records.js';
import type { SpoolProcess } from './spool-process.js';
import type { Started, World } from './world.js';

/** More than this need not wait for an answer. */
const MAX_UNANSWERED = 1000;
const SILENCE_MS = 120_000;

/** A pipe: most are killed while they write, some on their way to it, the others end well. */
export async function runPipe(world: World, random: SeededRandom): Promise<void> {
  const topic = random.pick(CHAOS_TOPICS);
  const isKeyed = topic.partitions > 1 && random.chance();
  const partition = isKeyed ? undefined : random.below(topic.partitions);
  const sent = new SentRecords(world, topic, partition);
  const started = world.start(
    [
      ...['produce', topic.name, '--report', '--linger', random.pick(['0ms', '1ms', '20ms'])],
      ...['--compression', random.pick(['none', 'none', 'gzip', 'snappy', 'lz4', 'zstd'])],
      ...(isKeyed ? ['-F', 'kv'] : []),
      // Without a key, and one partition to choose from.
      ...(partition === undefined || (topic.partitions === 1 && random.chance())
        ? []
        : ['-p', String(partition)]),
    ],
    { clock: random, onLine: sent.onReport },
  );
  sent.proc = started.proc;
  const fate = random.below(10);
  const killing = fate < 8 ? killPipe(world, started, sent, random, fate < 6) : undefined;
  await feed(world, started, sent, random);
  await killing;
  const exit = await started.running.ended;
  sent.settle(exit);
  world.noteEnd(started, exit, [0]);
}

/** `atWork`: once its first record is on disk. Before that there is little to break. */
async function killPipe(
  world: World,
  { running }: Started,
  sent: SentRecords,
  random: SeededRandom,
  atWork: boolean,
): Promise<void> {
  const lifeMs = random.below(atWork ? 60 : 400);
  while (atWork && running.isRunning && sent.acknowledgedCount === 0) await sleep(2);
  await sleep(lifeMs);
  world.kill(running);
}

async function feed(
  world: World,
  { running }: Started,
  sent: SentRecords,
  random: SeededRandom,
): Promise<void> {
  const paddingBytes = random.pick([0, 100, 1000]);
  const burst = random.pick([1, 10, 50]);
  const pauseMs = random.pick([0, 1, 5]);
  for (let left = 5 + random.below(100); left > 0 && running.isRunning && world.isOn; left--) {
    const lines = Array.from({ length: burst }, () => {
      const { key, payload } = sent.next(random, paddingBytes);
      return key === null ? `${payload}\n` : `${key}\t${payload}\n`;
    });
    running.send(lines.join(''));
    await sleep(pauseMs);
    await answersOf(running, sent);
  }
  running.endInput();
}

/** Until few are left open. Throws where none comes for longer than any lock is waited for. */
async function answersOf(running: SpoolProcess, sent: SentRecords): Promise<void> {
  const sinceMs = performance.now();
  while (running.isRunning && sent.unansweredCount > MAX_UNANSWERED) {
    if (performance.now() - sinceMs > SILENCE_MS) {
      throw new Error(
        `${running.argv.join(' ')} leaves ${sent.unansweredCount} records unanswered`,
      );
    }
    await sleep(2);
  }
}

/** One command, one record or a few: how cron jobs and shell loops write. */
export async function runSingle(world: World, random: SeededRandom): Promise<void> {
  const topic = random.pick(CHAOS_TOPICS);
  const partition = random.below(topic.partitions);
  const sent = new SentRecords(world, topic, partition);
  // Its name is a part of what it writes.
  sent.proc = world.nextProc;
  const messages = Array.from({ length: 1 + random.below(3) }, () => sent.next(random, 20).payload);
  const started = world.start(
    [
      ...['produce', topic.name, '--report', '-p', String(partition)],
      ...messages.flatMap((payload) => ['-m', payload]),
    ],
    { clock: random, onLine: sent.onReport },
  );
  started.running.endInput();
  if (random.chance()) {
    await sleep(100 + random.below(200));
    world.kill(started.running);
  }
  const exit = await started.running.ended;
  sent.settle(exit);
  world.noteEnd(started, exit, [0]);
}

/** After the last fault: a record into each partition, which must be taken at once. */
export async function writeProbe(
  world: World,
  topic: ChaosTopic,
  partition: number,
  limitMs: number,
): Promise<void> {
  const sent = new SentRecords(world, topic, partition);
  sent.proc = world.nextProc;
  const { payload } = sent.next(new SeededRandom(0), 0);
  const argv = ['produce', topic.name, '--report', '-p', String(partition), '-m', payload];
  const started = world.start(argv, { onLine: sent.onReport });
  const exit = await started.running.ended;
  sent.settle(exit);
  world.noteCommand(started, exit, { allowedExits: [0], limitMs });
}
