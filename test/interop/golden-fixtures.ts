/**
 * The fixtures under test/fixtures/kafka-<version>/<name>/:
 *
 *   partition/                the partition folder, byte for byte as the broker left it
 *   batches.jsonl             the header of every batch, as Kafka's FileRecords decodes it
 *   read_uncommitted.jsonl    what Kafka's consumer is given (see JsonRecord in kafka-tools.ts)
 *   read_committed.jsonl      the same with that isolation, where it differs
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startBroker } from './kafka-broker.js';
import type { KafkaBroker } from './kafka-broker.js';
import { consumeExactly, recordOf, runProducerSteps } from './kafka-clients.js';
import type { Isolation } from './kafka-clients.js';
import { kafkaInstall } from './kafka-install.js';
import { parseLines, readBatches, segmentFiles } from './kafka-tools.js';
import type { JsonBatch, JsonRecord } from './kafka-tools.js';
import { fixtureRecipes } from './fixture-recipes.js';
import type { FixtureRecipe } from './fixture-recipes.js';

type BatchHeader = Omit<JsonBatch, 'records'>;

export interface GoldenFixture {
  readonly recipe: FixtureRecipe;
  /** The partition folder. */
  readonly partition: string;
  readonly batches: readonly BatchHeader[];
  readonly readUncommitted: readonly JsonRecord[];
  readonly readCommitted: readonly JsonRecord[];
}

const CLEANER_TIMEOUT_MS = 30_000;

export function goldenFolder(name: string): string {
  const path = `../fixtures/kafka-${kafkaInstall().version}/${name}/`;
  return fileURLToPath(new URL(path, import.meta.url));
}

export function loadFixture(recipe: FixtureRecipe): GoldenFixture {
  const folder = goldenFolder(recipe.name);
  const lines = <Line>(name: string) => parseLines<Line>(readFileSync(join(folder, name), 'utf8'));
  const readUncommitted = lines<JsonRecord>('read_uncommitted.jsonl');
  return {
    recipe,
    partition: join(folder, 'partition'),
    batches: lines<BatchHeader>('batches.jsonl'),
    readUncommitted,
    readCommitted: existsSync(join(folder, 'read_committed.jsonl'))
      ? lines<JsonRecord>('read_committed.jsonl')
      : readUncommitted,
  };
}

export function headerOf(batch: JsonBatch): BatchHeader {
  const members = Object.entries({ ...batch, file: basename(batch.file) });
  const header: unknown = Object.fromEntries(members.filter(([name]) => name !== 'records'));
  return header as BatchHeader;
}

/** Makes all fixtures anew, in `workFolder`, with one broker that is stopped once and killed once. */
export async function makeFixtures(workFolder: string): Promise<void> {
  const recipes = fixtureRecipes();
  for (const ending of ['stop', 'kill'] as const) {
    const broker = await startBroker(workFolder);
    const made = recipes.filter((recipe) => recipe.ending === ending);
    for (const recipe of made) await runRecipe(broker, recipe);
    await broker[ending]();
    for (const recipe of made) await copyPartition(broker, recipe);
  }
}

async function runRecipe(broker: KafkaBroker, recipe: FixtureRecipe): Promise<void> {
  const folder = goldenFolder(recipe.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await runProducerSteps(broker.bootstrapServer, recipe.steps);
  if (recipe.isCompacted === true) await untilCompacted(broker, recipe.name);
  const uncommitted = await consume(broker, recipe.name, 'read_uncommitted');
  const committed = await consume(broker, recipe.name, 'read_committed');
  writeFileSync(join(folder, 'read_uncommitted.jsonl'), uncommitted);
  if (committed !== uncommitted) writeFileSync(join(folder, 'read_committed.jsonl'), committed);
}

async function consume(broker: KafkaBroker, name: string, isolation: Isolation): Promise<string> {
  const records = await consumeExactly(broker.bootstrapServer, isolation, [`${name}:0`]);
  return toLines(records.map(recordOf));
}

async function copyPartition(broker: KafkaBroker, recipe: FixtureRecipe): Promise<void> {
  const folder = goldenFolder(recipe.name);
  const partition = join(folder, 'partition');
  cpSync(join(broker.logDir, `${recipe.name}-0`), partition, { recursive: true });
  const batches = await readBatches(segmentFiles(partition, /\.log$/));
  writeFileSync(join(folder, 'batches.jsonl'), toLines(batches.map(headerOf)));
}

/** Waits until the cleaner's checkpoint has come up to the active segment, where it must stop. */
async function untilCompacted(broker: KafkaBroker, name: string): Promise<void> {
  const checkpoint = join(broker.logDir, 'cleaner-offset-checkpoint');
  const deadline = Date.now() + CLEANER_TIMEOUT_MS;
  for (;;) {
    const active = segmentFiles(join(broker.logDir, `${name}-0`), /\.log$/).at(-1);
    const line = `${name} 0 ${Number(basename(active!, '.log'))}\n`;
    if (existsSync(checkpoint) && readFileSync(checkpoint, 'utf8').includes(line)) return;
    if (Date.now() > deadline) throw new Error(`Kafka's cleaner did not come to ${name}`);
    await sleep(100);
  }
}

function toLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
