/** Processes that read: a range, or following, as a group that prints or that runs a command. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../support/seeded-random.js';
import { CHAOS_TOPICS, type ChaosTopic, canLoseStart } from './chaos-topics.js';
import type { Consume, Delivery, Entry } from './history.js';
import type { Exit } from './spool-process.js';
import type { Started, World } from './world.js';

const FORMAT = ['-F', '{partition} {offset} {value}'];

const GROUPS = [
  { group: 'printing', topic: 'keyed', runsCommand: false },
  { group: 'working', topic: 'keyed', runsCommand: true },
  { group: 'late', topic: 'pruned', runsCommand: false },
] as const;

/** The records of one run, partition by partition. */
export class ReadRecords {
  readonly byPartition = new Map<number, Entry[]>();

  readonly onLine = (line: string): void => {
    const [, partition, offset, payload] = /^(\d+) (\d+) (.*)$/.exec(line) ?? [];
    // What is no such line is kept as what it is: a record that nobody sent.
    const entry: Entry = payload === undefined ? [-1, line] : [Number(offset), payload];
    this.of(Number(partition ?? 0)).push(entry);
  };

  of(partition: number): Entry[] {
    let entries = this.byPartition.get(partition);
    if (entries === undefined) this.byPartition.set(partition, (entries = []));
    return entries;
  }
}

function toldGap(err: string): boolean {
  return /pruned|are gone|kept/.test(err);
}

interface ReadPlan {
  readonly topic: ChaosTopic;
  /** undefined: all. */
  readonly partition: number | undefined;
  readonly from: Consume['args']['from'];
}

/** A range: all of a topic, or one partition from some offset on. */
export async function runReader(world: World, random: SeededRandom): Promise<void> {
  const topic = random.pick(CHAOS_TOPICS);
  const isRange = !canLoseStart(topic) && random.chance();
  const partition = isRange ? random.below(topic.partitions) : undefined;
  const from = isRange
    ? random.below(world.knownEnd({ topic: topic.name, partition: partition! }) + 1)
    : 'start';
  const follows = random.below(4) === 0;
  const read = new ReadRecords();
  const started = world.start(
    [
      ...['consume', topic.name, ...FORMAT],
      ...(partition === undefined ? [] : ['-p', String(partition), '--from-offset', String(from)]),
      ...(canLoseStart(topic) && random.chance() ? ['--clamp'] : []),
      ...(follows ? ['-f'] : []),
    ],
    { clock: random, onLine: read.onLine },
  );
  if (follows) {
    await sleep(random.below(2000));
    if (random.chance()) world.kill(started.running);
    else started.running.signal('SIGINT');
  } else if (random.below(3) === 0) {
    await sleep(100 + random.below(200));
    world.kill(started.running);
  }
  const exit = await started.running.ended;
  noteRead(world, started, { topic, partition, from }, read, exit);
  // Pruned under its eyes, and told so.
  world.noteEnd(started, exit, canLoseStart(topic) ? [0, 3] : [0]);
}

export function noteRead(
  world: World,
  { proc, invokedNs }: Started,
  { topic, partition, from }: ReadPlan,
  read: ReadRecords,
  { code, err }: Exit,
  isFinal = false,
): void {
  const returnedNs = world.history.now();
  for (let each = 0; each < topic.partitions; each++) {
    if (partition !== undefined && partition !== each) continue;
    world.history.add({
      ...{ op: 'consume', proc, invokedNs, returnedNs },
      args: { topic: topic.name, partition: each, from, isFinal },
      result: { records: read.of(each), isWhole: code === 0, toldGap: toldGap(err) },
    });
  }
}

/** What a command of --exec says before and after a batch's records. */
const COMMAND = 'echo "batch $SPOOL_BATCH_ID"; cat; sleep 0.0$((RANDOM % 9)); ';
const FATES = ['exit 0', 'exit 0', 'exit 3', 'kill -9 $$'];

/** One run gives out one batch after the other, each only after the one before was committed. */
class GivenOut {
  readonly batches: ReadRecords[] = [];

  readonly onLine = (line: string): void => {
    if (line.startsWith('batch ')) this.batches.push(new ReadRecords());
    else this.current.onLine(line);
  };

  get current(): ReadRecords {
    if (this.batches.length === 0) this.batches.push(new ReadRecords());
    return this.batches.at(-1)!;
  }
}

/** A run of a group, which is killed at any moment, or whose command fails. */
export async function runGroup(world: World, random: SeededRandom): Promise<void> {
  const { group, topic, runsCommand } = random.pick(GROUPS);
  const given = new GivenOut();
  const started = world.start(
    [
      ...['consume', topic, '-g', group, ...FORMAT, '-n', String(random.pick([10, 200, 1000]))],
      ...(random.chance() ? ['--if-busy', 'wait=5s'] : []),
      ...(runsCommand ? ['--exec', `${COMMAND}${random.pick(FATES)}`] : []),
    ],
    { clock: random, onLine: given.onLine },
  );
  if (random.below(5) < 3) {
    await sleep(100 + random.below(250));
    world.kill(started.running);
  }
  const exit = await started.running.ended;
  noteDeliveries(world, started, { group, topic }, given, exit);
  world.noteEnd(started, exit, runsCommand ? [0, 6, 75] : [0, 75]);
}

function noteDeliveries(
  world: World,
  { proc, invokedNs }: Started,
  place: { readonly group: string; readonly topic: string },
  given: GivenOut,
  { code, err }: Exit,
): void {
  const returnedNs = world.history.now();
  for (const batch of given.batches) {
    const kind = batch === given.current ? outcomeOf(code) : 'confirmed';
    for (const [partition, records] of batch.byPartition) {
      world.history.add({
        ...{ op: 'deliver', proc, invokedNs, returnedNs },
        args: { ...place, partition },
        result: { kind, records, toldGap: toldGap(err) },
      });
    }
  }
}

function outcomeOf(code: number | null): Delivery['result']['kind'] {
  if (code === 0) return 'confirmed';
  return code === 6 ? 'failed' : 'unknown';
}

/** Until the groups have read all there is. */
export async function drainGroups(world: World, limitMs: number): Promise<void> {
  for (const { group, topic, runsCommand } of GROUPS) {
    const given = new GivenOut();
    const exec = runsCommand ? ['--exec', COMMAND] : [];
    const argv = ['consume', topic, '-g', group, ...FORMAT, ...exec];
    const started = world.start(argv, { onLine: given.onLine });
    const exit = await started.running.ended;
    noteDeliveries(world, started, { group, topic }, given, exit);
    world.noteCommand(started, exit, { allowedExits: [0], limitMs });
    await lookAtGroup(world, group);
  }
}

interface Described {
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly committedOffset: number;
  }[];
}

/** Also a group that does not exist yet may be looked at. */
export async function lookAtGroup(world: World, group: string): Promise<void> {
  const lines: string[] = [];
  const started = world.start(['group', 'describe', group, '--json'], {
    isSpared: true,
    onLine: (line) => lines.push(line),
  });
  const exit = await started.running.ended;
  world.noteEnd(started, exit, [0, 3]);
  if (exit.code !== 0) return;
  const returnedNs = world.history.now();
  const [{ partitions }] = JSON.parse(lines.join('\n')) as [Described];
  for (const { topic, partition, committedOffset } of partitions) {
    world.history.add({
      ...{ op: 'position', proc: started.proc, invokedNs: started.invokedNs, returnedNs },
      args: { group, topic, partition },
      result: { committedOffset },
    });
  }
}

export async function lookAtSomeGroup(world: World, random: SeededRandom): Promise<void> {
  await lookAtGroup(world, random.pick(GROUPS).group);
}
