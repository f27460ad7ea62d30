/**
 * Where a story is told: a machine, what users were told so far, and the commands as words. Each command
 * is a process of its own, as on a shell. Those that take several steps of a group keep theirs open.
 */
import { expect } from '@jest/globals';

import type { CompressionType } from '../../src/core/batch/compression.js';
import type { ConsumePlan } from '../../src/core/consumer/consumer.js';
import type { ConfigOverrides } from '../../src/core/log/log-config.js';
import type { RecordProducer } from '../../src/core/cluster/cluster.js';
import type { GroupBatch, GroupMembership, GroupMove } from '../../src/core/cluster/groups.js';
import type { RecordConsumer } from '../../src/core/cluster/record-consumer.js';
import { MemoryMachine, type MemoryProcess } from '../support/memory-machine.js';
import { Ledger } from './ledger.js';

export const GROUP = 'load';

export const EVERYTHING: ConsumePlan = {
  from: { kind: 'start' },
  until: undefined,
  clamp: false,
  follow: false,
  order: 'partition',
  last: undefined,
  maxRecords: Infinity,
  maxBytes: Infinity,
  filter: {},
};

export interface ProduceWords {
  readonly partition?: number;
  readonly compression?: CompressionType;
  readonly isSynced?: boolean;
  /** How old the records are. */
  readonly ageMs?: number;
}

interface Member {
  readonly process: MemoryProcess;
  readonly membership: GroupMembership;
  batch: GroupBatch | undefined;
  consumer: RecordConsumer | undefined;
}

interface Pipe {
  readonly producer: RecordProducer;
  /** Appends one batch. */
  readonly write: (sizesBytes: readonly number[]) => Promise<void>;
}

export class Stage {
  readonly machine: MemoryMachine;
  readonly ledger: Ledger;
  #member: Member | undefined;

  constructor(machine: MemoryMachine, ledger = new Ledger()) {
    this.machine = machine;
    this.ledger = ledger;
  }

  async makeDirectory(): Promise<void> {
    const process = this.machine.startOnNothing('topic');
    await process.createDirectory();
    process.end();
  }

  async create(name: string, partitions = 1, config: ConfigOverrides = {}): Promise<void> {
    await this.#run('topic', ({ cluster }) =>
      cluster.createTopic({ name, partitions, replicationFactor: 1, config }),
    );
  }

  async alter(name: string, set: ConfigOverrides, unset: readonly string[] = []): Promise<void> {
    await this.#run('topic', ({ cluster }) => cluster.alterTopic(name, { set, unset }));
  }

  async addPartitions(name: string, total: number): Promise<void> {
    await this.#run('topic', ({ cluster }) => cluster.addPartitions(name, total));
  }

  async delete(name: string): Promise<void> {
    await this.#run('topic', ({ cluster }) => cluster.deleteTopic(name));
    this.ledger.forget(name);
  }

  /** Each list of sizes becomes one batch. */
  async produce(
    topic: string,
    batches: readonly (readonly number[])[],
    words: ProduceWords = {},
  ): Promise<void> {
    await this.#run('produce', async (process) => {
      const pipe = await this.#openPipe(process, topic, words);
      try {
        for (const sizes of batches) await pipe.write(sizes);
        await pipe.producer.settle();
      } finally {
        await pipe.producer.close();
      }
    });
  }

  /** Two processes at once, which append the batches by turns. */
  async produceByTurns(topic: string, batches: readonly (readonly number[])[]): Promise<void> {
    await this.#run('produce', (first) =>
      this.#run('produce', async (second) => {
        const pipes = [
          await this.#openPipe(first, topic, {}),
          await this.#openPipe(second, topic, {}),
        ];
        try {
          for (const [at, sizes] of batches.entries()) await pipes[at % 2]!.write(sizes);
          for (const { producer } of pipes) await producer.settle();
        } finally {
          for (const { producer } of pipes) await producer.close();
        }
      }),
    );
  }

  async #openPipe(
    { cluster, env }: MemoryProcess,
    topic: string,
    { partition = 0, compression = 'none', isSynced = true, ageMs = 0 }: ProduceWords,
  ): Promise<Pipe> {
    const place = `${topic}:${partition}`;
    const appended: (readonly string[])[] = [];
    const producer = await cluster.openProducer(topic, {
      compression,
      sync: isSynced ? 'batch' : 'never',
      partition,
      onAcknowledged: ({ first, last }) => {
        const values = appended.shift() ?? [];
        expect(last - first).toBe(values.length - 1);
        this.ledger.acknowledge(place, first, values, isSynced);
      },
    });
    const write = async (sizesBytes: readonly number[]): Promise<void> => {
      const values = this.ledger.attempt(place, sizesBytes);
      appended.push(values);
      const timestamp = env.now() - ageMs;
      for (const value of values) {
        const bytes = Buffer.from(value);
        producer.add({ key: null, value: bytes, headers: [], timestamp, partition });
      }
      await producer.flush({ all: true });
    };
    return { producer, write };
  }

  /** What the retention of the topic lets go of; all partitions start at these offsets then. */
  async prune(topic: string, startOffsets: readonly number[]): Promise<void> {
    await this.#run('retention', async ({ cluster }) => {
      const plans = await cluster.applyRetention(topic);
      expect(plans.map(({ newLogStartOffset }) => newLogStartOffset)).toEqual(startOffsets);
    });
  }

  /** Whatever the plan says; the bytes of an unfinished append are cut before anything is let go of. */
  async pruneAsPlanned(topic: string): Promise<void> {
    const plans = await this.machine.start().cluster.planRetention(topic);
    await this.prune(
      topic,
      plans.map(({ newLogStartOffset }) => newLogStartOffset),
    );
  }

  /** Lets go of the oldest record of each partition that has one. */
  async trimByOne(topic: string): Promise<void> {
    const { partitions } = await this.machine.start().cluster.describeTopic(topic);
    for (const { partition, logStartOffset, logEndOffset } of partitions) {
      if (logStartOffset < logEndOffset) await this.trim(topic, partition, logStartOffset + 1);
    }
  }

  async trim(topic: string, partition: number, offset: number): Promise<void> {
    await this.#run('topic', async ({ cluster }) => {
      const target = { topic, partitions: [partition] };
      const [trimmed] = await cluster.trimTopic(target, { kind: 'offset', offset });
      expect(trimmed?.newStartOffset).toBe(offset);
    });
  }

  /** As `consume -g` begins. */
  async join(topic = 'orders'): Promise<void> {
    const process = this.machine.start('consume');
    const membership = await (
      await process.groups()
    ).join({
      group: GROUP,
      targets: [{ topic, partitions: undefined }],
      initial: { kind: 'start' },
      onGap: 'earliest',
      kind: 'batch',
      members: 1,
      instanceId: undefined,
      assignor: 'cooperative-sticky',
      sessionTimeoutMs: 45_000,
      repeatsBatches: true,
      busyWaitMs: 0,
      // Records can be let go of unread; a position behind the end would be one that outlived them.
      warnOfGap: ({ position, newPosition }) => {
        expect(newPosition).toBeGreaterThan(position);
      },
      warnOfWaiting: () => undefined,
    });
    this.#member = { process, membership, batch: undefined, consumer: undefined };
  }

  /** Reads `maxRecords` more, and writes them down as a batch; nothing is left pending before it. */
  async begin(maxRecords = Infinity): Promise<void> {
    const member = this.#member!;
    const { membership } = member;
    const consumer = await membership.openConsumer({ ...EVERYTHING, maxRecords });
    while (consumer.next() !== undefined);
    const { positions } = consumer;
    consumer.close();
    member.batch = await membership.begin(positions);
  }

  async finish(): Promise<void> {
    const member = this.#member!;
    await member.membership.finish(member.batch!);
  }

  /** Takes over what others left pending, if there is something. */
  async takeOver(): Promise<void> {
    const member = this.#member!;
    member.batch = await member.membership.nextPending();
  }

  /** Repeats it. */
  async repeat(): Promise<void> {
    const { membership, batch } = this.#member!;
    if (batch === undefined) return;
    const consumer = await membership.openBatch(batch, EVERYTHING);
    while (consumer.next() !== undefined);
    consumer.close();
    await membership.finish(batch);
  }

  /** Where what was to be read next is gone, the position moves on by this alone. */
  async open(): Promise<void> {
    const member = this.#member!;
    member.consumer = await member.membership.openConsumer(EVERYTHING);
  }

  async commit(): Promise<void> {
    const member = this.#member!;
    const consumer = member.consumer!;
    while (consumer.next() !== undefined);
    const { positions } = consumer;
    consumer.close();
    await member.membership.commit(positions);
  }

  async leave(): Promise<void> {
    const { process, membership } = this.#member!;
    this.#member = undefined;
    await membership.leave();
    process.end();
  }

  async move(asked: GroupMove): Promise<void> {
    await this.#run('group', async (process) => (await process.groups()).move(GROUP, asked));
  }

  async deleteGroup(): Promise<void> {
    await this.#run('group', async (process) => (await process.groups()).delete(GROUP));
  }

  /** All processes end, in whatever state their commands are. */
  async killAll(): Promise<void> {
    this.machine.killAll();
    await this.#member?.membership.leave().catch(() => undefined);
    this.#member = undefined;
  }

  async #run(command: string, work: (process: MemoryProcess) => Promise<unknown>): Promise<void> {
    const process = this.machine.start(command);
    try {
      await work(process);
    } finally {
      process.end();
    }
  }
}

/** Where a story begins. */
export async function newStage({ hasDirectory }: { hasDirectory: boolean }): Promise<Stage> {
  return new Stage(hasDirectory ? await MemoryMachine.boot() : MemoryMachine.bare());
}
