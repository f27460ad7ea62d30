/**
 * Small stories that begin on a fresh disk: of each writing command one or more, in two to six steps. Of
 * the bugs that crashes bring to light in storage most need no more than three operations on a fresh file
 * system (Mohan et al., "Finding Crash-Consistency Bugs with Bounded Black-Box Crash Testing", OSDI '18).
 *
 * A step takes effect once, or not at all, in each topic, in each log's start and in the group. A new
 * command is one row more.
 */
import type { Stage } from './stage.js';

export interface Step {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}

export interface Story {
  readonly name: string;
  /** Whether it begins with a data directory, rather than an empty disk. */
  readonly hasDirectory: boolean;
  readonly steps: readonly Step[];
}

/** One or two records a segment, and an index entry for each batch. */
const SMALL = { 'internal.segment.bytes': '300', 'index.interval.bytes': '0' };
const DAY_MS = 86_400_000;
const TWICE = [[20, 20], [20]];
const LARGE = [[150], [20, 150]];

type Row = readonly [name: string, run: Step['run']];

function story(name: string, ...rows: readonly Row[]): Story {
  const steps = rows.map(([step, run]) => ({ name: step, run }));
  return { name, hasDirectory: true, steps };
}

const createOrders: Row = ['create', (stage) => stage.create('orders')];
const createSmall: Row = ['create', (stage) => stage.create('orders', 1, SMALL)];
const createTwo: Row = ['create', (stage) => stage.create('orders', 2)];
const produceTwo: Row = ['produce', (stage) => stage.produce('orders', TWICE)];
const produceLarge: Row = ['produce and roll', (stage) => stage.produce('orders', LARGE)];
const leave: Row = ['leave', (stage) => stage.leave()];
const join: Row = ['join', (stage) => stage.join()];

export const STORIES: readonly Story[] = [
  {
    name: 'a data directory is made',
    hasDirectory: false,
    steps: [
      { name: 'make it', run: (stage) => stage.makeDirectory() },
      { name: 'create', run: (stage) => stage.create('orders') },
    ],
  },
  story('a topic is created, twice over', createTwo, [
    'create another',
    (stage) => stage.create('returns', 1, SMALL),
  ]),
  story('a topic gets another config', createOrders, produceTwo, [
    'alter',
    (stage) => stage.alter('orders', { ...SMALL, 'retention.ms': '5' }),
  ]),
  story(
    'a topic gets more partitions',
    createOrders,
    produceTwo,
    ['add partitions', (stage) => stage.addPartitions('orders', 3)],
    ['produce to one', (stage) => stage.produce('orders', TWICE, { partition: 2 })],
  ),
  story('a topic is deleted', createTwo, produceTwo, ['delete', (stage) => stage.delete('orders')]),
  story(
    'a topic is deleted and made anew',
    createSmall,
    produceLarge,
    ['delete', (stage) => stage.delete('orders')],
    ['create again', (stage) => stage.create('orders')],
    ['produce again', (stage) => stage.produce('orders', [[30]])],
  ),
  story('batches are appended', createOrders, produceTwo, [
    'produce more',
    (stage) => stage.produce('orders', [[10], [300, 10], [10]]),
  ]),
  story('two write at once', createSmall, [
    'produce by turns',
    (stage) => stage.produceByTurns('orders', [[20], [20], [150], [150], [20], [20]]),
  ]),
  story('segments roll', createSmall, produceLarge, [
    'roll again',
    (stage) => stage.produce('orders', [...LARGE, [10]]),
  ]),
  story(
    'records are compressed, and stamped as they come',
    [
      'create',
      (stage) =>
        stage.create('orders', 1, {
          'internal.segment.bytes': '1100',
          'message.timestamp.type': 'LogAppendTime',
        }),
    ],
    ['produce gzip', (stage) => stage.produce('orders', [[400, 400]], { compression: 'gzip' })],
    [
      'produce snappy',
      (stage) => stage.produce('orders', [[900], [900]], { compression: 'snappy' }),
    ],
    ['produce lz4', (stage) => stage.produce('orders', [[900]], { compression: 'lz4' })],
    ['produce zstd', (stage) => stage.produce('orders', [[900], [9]], { compression: 'zstd' })],
  ),
  story(
    'nobody waits for a sync, and then somebody does',
    createSmall,
    ['produce unsynced', (stage) => stage.produce('orders', LARGE, { isSynced: false })],
    ['produce', (stage) => stage.produce('orders', [[20]])],
    ['roll unsynced', (stage) => stage.produce('orders', LARGE, { isSynced: false })],
  ),
  story(
    'a log is trimmed',
    createSmall,
    produceLarge,
    ['trim in a segment', (stage) => stage.trim('orders', 0, 2)],
    ['roll once more', (stage) => stage.produce('orders', LARGE)],
    ['trim segments', (stage) => stage.trim('orders', 0, 4)],
    ['trim all', (stage) => stage.trim('orders', 0, 6)],
  ),
  story(
    'old segments are pruned',
    ['create', (stage) => stage.create('orders', 1, { ...SMALL, 'retention.ms': `${DAY_MS}` })],
    // The roll between the two applies retention as well, but the old ones are young then.
    ['produce old ones', (stage) => stage.produce('orders', LARGE, { ageMs: DAY_MS - 1 })],
    ['produce new ones', (stage) => stage.produce('orders', LARGE)],
    ['wait and prune', (stage) => ageAndPrune(stage, 10, 3)],
  ),
  story(
    'the active segment is pruned as well',
    ['create', (stage) => stage.create('orders', 2, { ...SMALL, 'retention.ms': `${DAY_MS}` })],
    produceLarge,
    ['produce to the other', (stage) => stage.produce('orders', [[20]], { partition: 1 })],
    ['wait and prune', (stage) => ageAndPrune(stage, 2 * DAY_MS, 3, 1)],
    ['produce after it', (stage) => stage.produce('orders', TWICE)],
  ),
  story(
    'a batch is handed out, succeeds, and is undone',
    createTwo,
    produceTwo,
    ['append what nobody syncs', (stage) => appendUnsynced(stage)],
    join,
    ['begin', (stage) => stage.begin(4)],
    ['finish', (stage) => stage.finish()],
    leave,
    ['undo', (stage) => stage.move({ kind: 'undo' })],
    ['delete the group', (stage) => stage.deleteGroup()],
  ),
  story(
    'a batch is left pending while its records are trimmed away',
    createSmall,
    produceLarge,
    join,
    ['begin', (stage) => stage.begin(2)],
    leave,
    ['trim', (stage) => stage.trim('orders', 0, 1)],
    ['seek', (stage) => stage.move({ kind: 'seek', targets: [], to: { kind: 'end' } })],
  ),
];

async function ageAndPrune(stage: Stage, ms: number, ...startOffsets: number[]): Promise<void> {
  stage.machine.nowMs += ms;
  await stage.prune('orders', startOffsets);
}

async function appendUnsynced(stage: Stage): Promise<void> {
  await stage.produce('orders', [[20], [20]], { partition: 1, isSynced: false });
}
