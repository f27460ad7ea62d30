/** Groups in the words of a test. What has joined here is to be ended by `endMembers`. */
import { GroupLogs } from '../../../src/core/cluster/group-logs.js';
import type {
  GroupMembership,
  GroupMove,
  GroupMovePlan,
  JoinRequest,
} from '../../../src/core/cluster/groups.js';
import type { ConsumeTarget, RecordConsumer } from '../../../src/core/cluster/record-consumer.js';
import type { ConsumePlan, ReadPosition } from '../../../src/core/consumer/consumer.js';
import { type GroupState, emptyGroup } from '../../../src/core/group/group-state.js';
import { GroupStore } from '../../../src/core/group/group-store.js';
import type { TopicPartition } from '../../../src/core/topic/topic-partition.js';
import type { MemoryMachine, MemoryProcess } from '../../support/memory-machine.js';

export const GROUP = 'load';
const NO_WAIT = { timeoutMs: 0 };

/** Everything there is now, oldest first. */
export const PLAN: ConsumePlan = {
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

/** `orders`, or `orders:0,2`. */
export function targetOf(text: string): ConsumeTarget {
  const [topic = '', partitions] = text.split(':');
  return { topic, partitions: partitions?.split(',').map(Number) };
}

/** A batch run over all of `orders`. */
export function requestOf(fields: Partial<JoinRequest> = {}): JoinRequest {
  return {
    group: GROUP,
    targets: [targetOf('orders')],
    initial: { kind: 'start' },
    onGap: 'earliest',
    kind: 'batch',
    members: 1,
    instanceId: undefined,
    assignor: 'cooperative-sticky',
    sessionTimeoutMs: 45_000,
    repeatsBatches: true,
    busyWaitMs: 0,
    warnOfGap: () => undefined,
    warnOfWaiting: () => undefined,
    ...fields,
  };
}

const joined: { readonly process: MemoryProcess; readonly member: GroupMembership }[] = [];

export async function join(
  process: MemoryProcess,
  fields: Partial<JoinRequest> = {},
): Promise<GroupMembership> {
  const member = await (await process.groups()).join(requestOf(fields));
  joined.push({ process, member });
  return member;
}

/** After each test: a follower that nobody stops goes on looking at its group. */
export async function endMembers(): Promise<void> {
  for (const { process, member } of joined.splice(0)) {
    process.kill();
    await member.leave().catch(() => undefined);
  }
}

/** `0=a 0=b 1=c`: partition and value of all that it gives out. It is not closed. */
export function drain(consumer: RecordConsumer): string {
  const given: string[] = [];
  for (let record = consumer.next(); record !== undefined; record = consumer.next()) {
    given.push(`${record.partition}=${Buffer.from(record.value ?? []).toString()}`);
  }
  return given.join(' ');
}

export interface Taken {
  readonly given: string;
  readonly positions: readonly ReadPosition[];
}

/** All that the plan lets through, and where reading has come to. */
export async function take(
  member: GroupMembership,
  plan: Partial<ConsumePlan> = {},
): Promise<Taken> {
  const consumer = await member.openConsumer({ ...PLAN, ...plan });
  const given = drain(consumer);
  const { positions } = consumer;
  consumer.close();
  return { given, positions };
}

/** Reads and commits, as a run without a command does. */
export async function consumeOnce(process: MemoryProcess): Promise<string> {
  const member = await join(process);
  const { given, positions } = await take(member);
  await member.commit(positions);
  await member.leave();
  return given;
}

/** As another process reads it now. */
export function stateOf(machine: MemoryMachine, group = GROUP): GroupState {
  const process = machine.start();
  return new GroupStore(process.env, process.directory).read(group) ?? emptyGroup(group);
}

/** `orders:0@3 orders:1@0`: the committed offsets. */
export function standing(machine: MemoryMachine, group = GROUP): string {
  return stateOf(machine, group)
    .offsets.map(({ topic, partition, offset }) => `${topic}:${partition}@${offset}`)
    .join(' ');
}

/** Puts a state in place that the product does not make by itself. */
export async function changeState(
  machine: MemoryMachine,
  change: (state: GroupState) => GroupState,
): Promise<void> {
  const process = machine.start();
  await new GroupStore(process.env, process.directory).change(GROUP, NO_WAIT, change);
}

export async function move(machine: MemoryMachine, asked: GroupMove): Promise<GroupMovePlan> {
  return (await machine.start().groups()).move(GROUP, asked);
}

/** `orders:0@3`: an exact commit, as `group commit` makes it. */
export function commitTo(text: string, clamp = false): GroupMove {
  const offsets = text.split(' ').map((word) => {
    const [, topic = '', partition, offset] = /^(.*):(\d+)@(\d+)$/.exec(word) ?? [];
    return { topic, partition: Number(partition), offset: Number(offset) };
  });
  return { kind: 'offsets', offsets, clamp };
}

export function logsOf({ cluster }: MemoryProcess): GroupLogs {
  return new GroupLogs((name) => cluster.openTopic(name));
}

/** `orders:0 orders:2` */
export function namesOf(partitions: readonly TopicPartition[]): string {
  return partitions.map(({ topic, partition }) => `${topic}:${partition}`).join(' ');
}
