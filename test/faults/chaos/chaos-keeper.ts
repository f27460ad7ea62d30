/** Processes that let records go, and those that look at what is kept. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../support/seeded-random.js';
import { CHAOS_TOPICS } from './chaos-topics.js';
import type { World } from './world.js';

export async function runKeeper(world: World, random: SeededRandom): Promise<void> {
  switch (random.below(4)) {
    case 0:
      await runTrim(world, random);
      break;
    case 1:
      await runPrune(world, random);
      break;
    default:
      await lookAtTopic(world, random.pick(CHAOS_TOPICS).name);
  }
}

async function runPrune(world: World, random: SeededRandom): Promise<void> {
  const started = world.start(['retention', 'prune'], { clock: random });
  await killSometimes(world, started, random);
  const exit = await started.running.ended;
  world.noteEnd(started, exit, [0]);
}

/** It must work on a full disk, too. */
export async function pruneInPeace(world: World, limitMs: number | null): Promise<void> {
  const started = world.start(['retention', 'prune'], { isSpared: true });
  const exit = await started.running.ended;
  world.noteCommand(started, exit, { allowedExits: [0], limitMs });
}

async function runTrim(world: World, random: SeededRandom): Promise<void> {
  const topic = random.pick(CHAOS_TOPICS.filter(({ isTrimmed }) => isTrimmed));
  const place = { topic: topic.name, partition: random.below(topic.partitions) };
  const end = world.knownEnd(place);
  const beforeOffset = end - random.below(Math.min(end, 200) + 1);
  const target = `${place.topic}:${place.partition}`;
  const started = world.start(['topic', 'trim', target, '--before', String(beforeOffset), '-y'], {
    clock: random,
  });
  const { proc, invokedNs } = started;
  await killSometimes(world, started, random);
  const exit = await started.running.ended;
  world.history.add({
    ...{ op: 'trim', proc, invokedNs, returnedNs: world.history.now() },
    args: { ...place, beforeOffset },
    result: { kind: exit.code === 0 ? 'done' : 'unknown' },
  });
  world.noteEnd(started, exit, [0]);
}

async function killSometimes(
  world: World,
  { running }: ReturnType<World['start']>,
  random: SeededRandom,
): Promise<void> {
  if (random.chance()) return;
  await sleep(100 + random.below(100));
  world.kill(running);
}

interface Described {
  readonly partitions: readonly {
    readonly partition: number;
    readonly logStartOffset: number;
    readonly logEndOffset: number;
    readonly sizeBytes: number;
    readonly writer: unknown;
  }[];
}

/** Resolves with the partitions that name a holder of their lock. */
export async function lookAtTopic(world: World, topic: string, isFinal = false): Promise<string[]> {
  const lines: string[] = [];
  const started = world.start(['topic', 'describe', topic, '--json'], {
    isSpared: true,
    onLine: (line) => lines.push(line),
  });
  const exit = await started.running.ended;
  world.noteEnd(started, exit, [0]);
  if (exit.code !== 0) return [];
  const returnedNs = world.history.now();
  const [{ partitions }] = JSON.parse(lines.join('\n')) as [Described];
  for (const { partition, logStartOffset, logEndOffset, sizeBytes } of partitions) {
    world.history.add({
      ...{ op: 'bounds', proc: started.proc, invokedNs: started.invokedNs, returnedNs },
      args: { topic, partition, isFinal },
      result: { startOffset: logStartOffset, endOffset: logEndOffset, logBytes: sizeBytes },
    });
  }
  return partitions
    .filter(({ writer }) => writer !== null)
    .map(({ partition }) => `${topic}:${partition}`);
}
