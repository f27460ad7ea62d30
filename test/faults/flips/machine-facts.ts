/** All that a data directory in memory says of itself and holds: what damage may hide, but not change. */
import { join } from 'node:path';
import { type ErrorCode, isCoreError } from '../../../src/core/errors.js';
import { GroupStore } from '../../../src/core/group/group-store.js';
import { GROUP, consumeOnce } from '../../core/cluster/group-fixture.js';
import { MemoryMachine } from '../../support/memory-machine.js';

export { GROUP };
export const ROOT = '/home/spool';

export const FILES = {
  spool: join(ROOT, 'spool.json'),
  topic: join(ROOT, 'topics/orders.json'),
  state: join(ROOT, 'groups', GROUP, 'state.json'),
  previous: join(ROOT, 'groups', GROUP, 'state.prev'),
  control: join(ROOT, 'partitions/orders-0'),
  properties: join(ROOT, 'brokers/0/log/meta.properties'),
  metadata: join(ROOT, 'brokers/0/log/orders-0/partition.metadata'),
  epochs: join(ROOT, 'brokers/0/log/orders-0/leader-epoch-checkpoint'),
} as const;

/** Three records, of which the first was trimmed away; a group that has read the next. */
export async function smallMachine(): Promise<MemoryMachine> {
  const machine = await MemoryMachine.boot({ orders: 1 });
  await machine.start('produce').append('orders', 0, ['a', 'b']);
  await consumeOnce(machine.start());
  await machine.start('produce').append('orders', 0, ['c']);
  await machine.start('trim').cluster.trimTopic(TARGET, { kind: 'offset', offset: 1 });
  machine.killAll();
  return machine;
}

const TARGET = { topic: 'orders', partitions: undefined };

/** What a question is answered with: an answer, or the code of an error. */
export interface Facts {
  readonly topics: string;
  readonly config: string;
  readonly records: string;
  readonly position: string;
  /** Where one more record goes. */
  readonly appended: string;
  /** Where a group's commit leads. */
  readonly committed: string;
}

export const SOUND: Facts = {
  topics: 'orders',
  config: 'orders-id 1',
  records: '1=b 2=c',
  position: '2',
  appended: '3',
  committed: '3',
};

/** Asks on a copy, since some questions change the answer. */
export async function factsOf(machine: MemoryMachine): Promise<Facts> {
  const asked = machine.afterKill();
  const answer = async (ask: () => unknown): Promise<string> => {
    try {
      return String(await ask());
    } catch (error) {
      if (isCoreError(error)) return `! ${error.code}`;
      throw error;
    }
  };
  const facts = {
    topics: await answer(async () => (await asked.start().cluster.topicNames()).join()),
    config: await answer(async () => {
      const { partitions } = await asked.start().cluster.describeTopic('orders');
      return `orders-id ${partitions.length}`;
    }),
    records: await answer(() => recordsOf(asked)),
    position: await answer(() => positionOf(asked)),
    appended: await answer(() => appendTo(asked)),
    committed: await answer(async () => {
      await commitTo(asked, 3);
      return positionOf(asked);
    }),
  };
  asked.killAll();
  return facts;
}

export function isRefusal(answer: string, code?: ErrorCode): boolean {
  return code === undefined ? answer.startsWith('! ') : answer === `! ${code}`;
}

async function recordsOf(machine: MemoryMachine): Promise<string> {
  const consumer = await machine.start().cluster.openConsumer([TARGET], {
    from: { kind: 'start' },
    until: undefined,
    clamp: false,
    follow: false,
    order: 'time',
    last: undefined,
    maxRecords: Infinity,
    maxBytes: Infinity,
    filter: {},
  });
  const found: string[] = [];
  try {
    for (let record = consumer.next(); record !== undefined; record = consumer.next()) {
      found.push(`${record.offset}=${Buffer.from(record.value ?? []).toString()}`);
    }
  } finally {
    consumer.close();
  }
  return found.join(' ');
}

function positionOf(machine: MemoryMachine): string {
  const { env, directory } = machine.start();
  const state = new GroupStore(env, directory).read(GROUP);
  return state === undefined ? 'no group' : state.offsets.map(({ offset }) => offset).join();
}

async function appendTo(machine: MemoryMachine): Promise<string> {
  const offsets: number[] = [];
  const producer = await machine.start('produce').cluster.openProducer('orders', {
    compression: 'none',
    sync: 'batch',
    partition: 0,
    onAcknowledged: ({ first }) => void offsets.push(first),
  });
  try {
    producer.add({
      key: null,
      value: Buffer.from('d'),
      headers: [],
      timestamp: undefined,
      partition: 0,
    });
    await producer.flush({ all: true });
    await producer.settle();
  } finally {
    await producer.close();
  }
  return offsets.join();
}

async function commitTo(machine: MemoryMachine, offset: number): Promise<void> {
  const groups = await machine.start().cluster.openGroups();
  const offsets = [{ topic: 'orders', partition: 0, offset }];
  await groups.move(GROUP, { kind: 'offsets', offsets, clamp: false });
}
