/** What ordinary readers find on a machine. Nothing is locked and nothing is written. */
import { isCoreError } from '../../src/core/errors.js';
import type { GroupState } from '../../src/core/group/group-state.js';
import { GroupStore } from '../../src/core/group/group-store.js';
import { verifyLog } from '../../src/core/log/verify-log.js';
import type { TopicPartition } from '../../src/core/topic/topic-partition.js';
import type { MemoryMachine, MemoryProcess } from '../support/memory-machine.js';
import { EVERYTHING, GROUP } from './stage.js';

export interface FoundRecord {
  readonly offset: number;
  readonly value: string;
}

export interface FoundLog {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly records: readonly FoundRecord[];
}

/** Of everything that a command changes in one step; undefined where it is not there. */
export type Facets = ReadonlyMap<string, unknown>;

export interface Survey {
  readonly facets: Facets;
  /** By `topic:partition`. */
  readonly logs: ReadonlyMap<string, FoundLog>;
  readonly topics: readonly string[];
  readonly group: GroupOutline | undefined;
  /** What the verification calls damage. */
  readonly damage: readonly string[];
}

const EMPTY: Survey = {
  facets: new Map(),
  logs: new Map(),
  topics: [],
  group: undefined,
  damage: [],
};

export async function survey(machine: MemoryMachine): Promise<Survey> {
  const process = openDirectory(machine);
  if (process === undefined) return EMPTY;
  const facets = new Map<string, unknown>([['directory', 'there']]);
  const logs = new Map<string, FoundLog>();
  const damage: string[] = [];
  const topics = await process.cluster.topicNames();
  for (const topic of topics) {
    const { partitions, config } = await process.cluster.describeTopic(topic);
    const overrides = config.filter(({ isOverride }) => isOverride);
    facets.set(`topic ${topic}`, {
      partitions: partitions.length,
      config: overrides.map(({ name, value }) => `${name}=${value}`),
    });
    const records = await readTopic(process, topic);
    for (const { partition, logStartOffset: startOffset, logEndOffset: endOffset } of partitions) {
      const place = `${topic}:${partition}`;
      facets.set(`start of ${place}`, startOffset);
      logs.set(place, { startOffset, endOffset, records: records.get(partition) ?? [] });
      damage.push(...findDamage(process, topic, partition));
    }
  }
  const group = outlineOf(new GroupStore(process.env, process.directory).read(GROUP));
  facets.set('group', group);
  process.end();
  return { facets, logs, topics, group, damage };
}

function openDirectory(machine: MemoryMachine): MemoryProcess | undefined {
  try {
    return machine.start('consume');
  } catch (error) {
    if (isCoreError(error, 'DATA_DIR_NOT_FOUND')) return undefined;
    throw error;
  }
}

async function readTopic(
  { cluster }: MemoryProcess,
  topic: string,
): Promise<ReadonlyMap<number, FoundRecord[]>> {
  const consumer = await cluster.openConsumer([{ topic, partitions: undefined }], EVERYTHING);
  const found = new Map<number, FoundRecord[]>();
  for (let record = consumer.next(); record !== undefined; record = consumer.next()) {
    const { partition, offset } = record;
    const value = Buffer.from(record.value ?? []).toString();
    found.set(partition, [...(found.get(partition) ?? []), { offset, value }]);
  }
  consumer.close();
  return found;
}

function findDamage({ env, cluster }: MemoryProcess, topic: string, partition: number): string[] {
  const location = cluster.openTopic(topic).location(partition);
  const steps = verifyLog(env, location, { allowGaps: false });
  for (;;) {
    const step = steps.next();
    if (step.done !== true) continue;
    return step.value.findings
      .filter(({ kind }) => kind === 'damage')
      .map(({ file, position, reason }) => `${file} at ${position ?? '-'}: ${reason}`);
  }
}

/** A group, the same whatever its ids are and whoever holds what. */
export interface GroupOutline {
  /** By `topic:partition`. */
  readonly offsets: Readonly<Record<string, number>>;
  readonly pending: readonly {
    readonly attempt: number;
    /** End offsets, by `topic:partition`. */
    readonly ends: Readonly<Record<string, number>>;
  }[];
}

function outlineOf(state: GroupState | undefined): GroupOutline | undefined {
  if (state === undefined) return undefined;
  const byPlace = <T extends TopicPartition>(all: readonly T[], numberOf: (each: T) => number) =>
    Object.fromEntries(all.map((each) => [`${each.topic}:${each.partition}`, numberOf(each)]));
  return {
    offsets: byPlace(state.offsets, ({ offset }) => offset),
    pending: state.pending.map(({ attempt, ranges }) => ({
      attempt,
      ends: byPlace(ranges, ({ endOffset }) => endOffset),
    })),
  };
}
