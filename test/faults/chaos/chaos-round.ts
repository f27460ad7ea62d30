/**
 * One round: a new data directory, work and faults until so many processes were killed, then quiet, and
 * a look at everything. The choices follow the seed; the moments are those of the machine.
 */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../support/seeded-random.js';
import { lookAtTopic, pruneInPeace, runKeeper } from './chaos-keeper.js';
import {
  ReadRecords,
  drainGroups,
  lookAtSomeGroup,
  noteRead,
  runGroup,
  runReader,
} from './chaos-reader.js';
import { CHAOS_TOPICS, creationOf } from './chaos-topics.js';
import { runPipe, runSingle, writeProbe } from './chaos-writer.js';
import type { World } from './world.js';

/** Generous: a machine may be busy. What a takeover takes is measured elsewhere. */
const QUIET_LIMIT_MS = 20_000;

type Actor = (world: World, random: SeededRandom) => Promise<void>;

/** Each does its part over and over; half of them write. */
const ACTORS: readonly Actor[] = [
  ...[runPipe, runPipe, runPipe, runPipe, runSingle],
  ...[runReader, runGroup, runGroup, runKeeper, lookAtSomeGroup],
];

export interface RoundOptions {
  readonly seed: number;
  readonly kills: number;
  /** Whatever the count of kills is by then. */
  readonly limitMs: number;
}

export async function runRound(world: World, options: RoundOptions): Promise<void> {
  for (const topic of CHAOS_TOPICS) {
    const { name, partitions, retentionBytes } = topic;
    const started = world.start(creationOf(topic), { isSpared: true });
    world.noteEnd(started, await started.running.ended, [0]);
    const { proc, invokedNs } = started;
    world.history.add({
      ...{ op: 'topic', proc, invokedNs, returnedNs: world.history.now() },
      args: { topic: name, partitions, retentionBytes },
    });
  }
  const endMs = Date.now() + options.limitMs;
  const isOver = (): boolean => world.tally.kills >= options.kills || Date.now() > endMs;
  const parts = ACTORS.map((actor, at) => repeat(world, actor, options.seed * 100 + at));
  const faults = [stopSome(world, options.seed), fillDisk(world, options.seed)];
  while (!isOver() && world.isOn) await sleep(10);
  world.isOn = false;
  await Promise.all([...parts, ...faults]);
  await lookAtAll(world);
}

/** Ends the others when it fails. */
async function repeat(world: World, actor: Actor, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  try {
    while (world.isOn) await actor(world, random);
  } finally {
    world.isOn = false;
  }
}

async function stopSome(world: World, seed: number): Promise<void> {
  const random = new SeededRandom(seed * 100 + 50);
  while (world.isOn) {
    await sleep(50 + random.below(200));
    const { victims } = world;
    if (victims.length === 0) continue;
    const isLong = random.below(15) === 0;
    await world.stopFor(random.pick(victims), isLong ? 3000 : random.below(200));
  }
}

async function fillDisk(world: World, seed: number): Promise<void> {
  if (!world.disk.canBeFilled) return;
  const random = new SeededRandom(seed * 100 + 51);
  for (;;) {
    for (let waitMs = 2000 + random.below(6000); waitMs > 0; waitMs -= 100) {
      await sleep(100);
      if (!world.isOn) return;
    }
    await world.fillDiskFor(300 + random.below(1500), () => pruneInPeace(world, null));
  }
}

/** Nobody disturbs anybody now: all commands work at once, and all is as it should be. */
async function lookAtAll(world: World): Promise<void> {
  const heldLocks: string[] = [];
  await pruneInPeace(world, QUIET_LIMIT_MS);
  for (const topic of CHAOS_TOPICS) {
    for (let partition = 0; partition < topic.partitions; partition++) {
      await writeProbe(world, topic, partition, QUIET_LIMIT_MS);
    }
  }
  await drainGroups(world, QUIET_LIMIT_MS);
  for (const topic of CHAOS_TOPICS) {
    const read = new ReadRecords();
    const argv = ['consume', topic.name, '-F', '{partition} {offset} {value}'];
    const started = world.start(argv, { onLine: read.onLine });
    const exit = await started.running.ended;
    noteRead(world, started, { topic, partition: undefined, from: 'start' }, read, exit, true);
    world.noteCommand(started, exit, { allowedExits: [0], limitMs: QUIET_LIMIT_MS });
    heldLocks.push(...(await lookAtTopic(world, topic.name, true)));
  }
  await verifyAll(world, heldLocks);
}

interface Verified {
  readonly topics: readonly {
    readonly partitions: readonly { readonly findings: readonly { readonly reason: string }[] }[];
  }[];
}

/** Also a verify that fails says what it found. */
export async function verifyAll(world: World, heldLocks: readonly string[]): Promise<void> {
  const lines: string[] = [];
  const started = world.start(['verify', '--json'], { onLine: (line) => lines.push(line) });
  const { code, err } = await started.running.ended;
  const text = lines.join('\n');
  const { topics }: Verified = text === '' ? { topics: [] } : (JSON.parse(text) as Verified);
  const findings = topics
    .flatMap(({ partitions }) => partitions.flatMap((partition) => partition.findings))
    .map((finding) => JSON.stringify(finding));
  if (text === '') findings.push(err);
  world.history.add({
    ...{ op: 'ending', proc: started.proc },
    ...{ invokedNs: started.invokedNs, returnedNs: world.history.now() },
    result: { exit: code, findings, leftovers: leftoversOf(world.disk.dataDirectory), heldLocks },
  });
}

/** Half-made and half-removed files. What a torn tail held is kept on purpose. */
function leftoversOf(dataDirectory: string): string[] {
  return readdirSync(dataDirectory, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.tmp|\.deleted$|\.swap$|\.cleaned$|\/(?:tmp|trash|members)\/./.test(path),
  );
}
