/**
 * Every sync of every writing command refused by the disk, as Linux does it: the unsynced bytes count as
 * clean from then on, reads still show them, the next sync succeeds, and a power cut has nothing in their
 * place. Nothing that rests on them is acknowledged; who comes next goes on elsewhere; and after a power
 * cut each acknowledged record is read at its offset, and no other record in its place.
 *
 * SPOOL_TEST_SEEDS: of each refused sync, one power cut for every forty.
 */
import { expect, test } from '@jest/globals';

import { isCoreError } from '../../src/core/errors.js';
import type { Operation } from '../support/fault-fs.js';
import type { MemoryMachine } from '../support/memory-machine.js';
import { sizeFrom } from '../support/slow-size.js';
import { named } from './aftermath.js';
import type { Ledger } from './ledger.js';
import { EVERYTHING, Stage, newStage } from './stage.js';
import { STORIES, type Step } from './stories.js';

const SEEDS = sizeFrom('SPOOL_TEST_SEEDS', 6);
const CUTS = Math.ceil(SEEDS / 40);
/** With few seeds only one in so many is the first of a failure for ever. */
const STRIDE = SEEDS < 24 ? 3 : 1;
/** `sync` and `syncLater` of files; a directory's cannot lose what its journal has. */
const isSync = ({ kind }: Operation): boolean => kind === 'sync' || kind === 'syncLater';

/** What the next commands store, whatever the story was. */
const NEXT: readonly Step[] = [
  { name: 'produce', run: (stage) => stage.produce('orders', [[40], [40]]) },
  { name: 'produce and roll', run: (stage) => stage.produce('orders', [[200], [200]]) },
];

test.each(STORIES)('$name', async (story) => {
  const count = await countSyncs(await newStage(story), story.steps);
  for (const isForEver of [false, true]) {
    for (let at = isForEver ? count % STRIDE : 0; at < count; at += isForEver ? STRIDE : 1) {
      await named(`sync ${at} fails ${isForEver ? 'and all after it' : 'once'}`, async () => {
        const stage = await newStage(story);
        await tellUntilRefused(stage, story.steps, (number) =>
          isForEver ? number >= at : number === at,
        );
        await goOnStoring(stage);
        for (let cut = 0; cut < CUTS; cut++) {
          const machine = stage.machine.afterPowerCut(cut === 0 ? 0 : 2 + at * CUTS + cut);
          await expectAcknowledged(machine, stage.ledger);
          const next = new Stage(machine, stage.ledger.copy());
          next.ledger.forgiveUnsynced();
          await goOnStoring(next);
          await expectAcknowledged(machine, next.ledger);
        }
      });
    }
  }
});

async function countSyncs(stage: Stage, steps: readonly Step[]): Promise<number> {
  let count = 0;
  stage.machine.failWhen((operation) => {
    if (isSync(operation)) count++;
    return undefined;
  });
  for (const { run } of steps) await run(stage);
  return count;
}

async function tellUntilRefused(
  stage: Stage,
  steps: readonly Step[],
  isRefused: (number: number) => boolean,
): Promise<void> {
  let count = 0;
  stage.machine.failWhen((operation) =>
    isSync(operation) && isRefused(count++) ? 'IO_ERROR' : undefined,
  );
  try {
    for (const { run } of steps) await run(stage);
  } catch (error) {
    if (!isCoreError(error)) throw error;
    expect(['SYNC_FAILED', 'IO_ERROR']).toContain(error.code);
  } finally {
    stage.machine.failWhen(() => undefined);
    await stage.killAll();
  }
}

async function goOnStoring(stage: Stage): Promise<void> {
  const { machine } = stage;
  await stage.makeDirectory();
  const names = await machine.start().cluster.topicNames();
  if (!names.includes('orders')) await stage.create('orders');
  for (const { run } of NEXT) await run(stage);
}

/** Each by itself: what was lost before it does not count. */
async function expectAcknowledged(machine: MemoryMachine, ledger: Ledger): Promise<void> {
  const { cluster } = machine.start('consume');
  const found: string[] = [];
  for (const topic of await cluster.topicNames()) {
    const { partitions } = await cluster.describeTopic(topic);
    for (const { partition, logStartOffset } of partitions) {
      const { acknowledged } = ledger.log(`${topic}:${partition}`);
      for (const [offset, { value, isSynced }] of acknowledged) {
        if (offset < logStartOffset || !isSynced) continue;
        const there = await readOne(machine, topic, partition, offset);
        if (there !== value)
          found.push(
            `${topic}:${partition}@${offset}: ${value.slice(0, 5)} is ${there.slice(0, 20)}`,
          );
      }
    }
  }
  expect(found).toEqual([]);
}

async function readOne(
  machine: MemoryMachine,
  topic: string,
  partition: number,
  offset: number,
): Promise<string> {
  const { cluster } = machine.start('consume');
  const plan = { ...EVERYTHING, from: { kind: 'offset' as const, offset }, maxRecords: 1 };
  try {
    const consumer = await cluster.openConsumer([{ topic, partitions: [partition] }], plan);
    const record = consumer.next();
    consumer.close();
    const value = Buffer.from(record?.value ?? []).toString();
    return record?.offset === offset ? value : `another: ${value}`;
  } catch (error) {
    if (!isCoreError(error)) throw error;
    return error.code;
  }
}
