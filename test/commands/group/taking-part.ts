/** Members and batches as `consume -g` makes them, through the core: without a process each. */
import {
  type Cluster,
  type ConsumePlan,
  type GroupBatch,
  type GroupMembership,
  openCluster,
} from '../../../src/core/index.js';

const ALL: ConsumePlan = {
  from: { kind: 'start' },
  until: undefined,
  clamp: false,
  follow: false,
  order: 'time',
  last: undefined,
  maxRecords: Infinity,
  maxBytes: Infinity,
  filter: { key: undefined, grep: undefined, headers: [] },
};

export interface Joining {
  readonly dataDir: string;
  readonly group: string;
  readonly topic: string;
  readonly instanceId?: string;
}

async function inCluster(dataDir: string, act: (cluster: Cluster) => Promise<void>): Promise<void> {
  const cluster = await openCluster({
    path: dataDir,
    command: 'consume',
    lockTimeoutMs: 5000,
    now: Date.now,
    random: Math.random,
    stop: new AbortController().signal,
  });
  try {
    await act(cluster);
  } finally {
    cluster.close();
  }
}

/** A batch run of this process takes part while `act` runs. */
export function takePart(
  { dataDir, group, topic, instanceId }: Joining,
  act: (member: GroupMembership) => Promise<void>,
): Promise<void> {
  return inCluster(dataDir, async (cluster) => {
    const groups = await cluster.openGroups();
    const member = await groups.join({
      group,
      targets: [{ topic, partitions: undefined }],
      initial: { kind: 'start' },
      onGap: 'earliest',
      kind: 'batch',
      members: 1,
      instanceId,
      assignor: 'cooperative-sticky',
      sessionTimeoutMs: 45_000,
      repeatsBatches: true,
      busyWaitMs: 0,
      warnOfGap: () => undefined,
      warnOfWaiting: () => undefined,
    });
    try {
      await act(member);
    } finally {
      await member.leave();
    }
  });
}

/** Groups that stand at the start of two partitions of orders. */
export function commitGroups(dataDir: string, names: readonly string[]): Promise<void> {
  const offsets = [0, 1].map((partition) => ({ topic: 'orders', partition, offset: 0 }));
  return inCluster(dataDir, async (cluster) => {
    const groups = await cluster.openGroups();
    for (const name of names) await groups.move(name, { kind: 'offsets', offsets, clamp: false });
  });
}

/** Gives out at most `count` records as a batch, which `member` has to finish or to leave behind. */
export async function beginBatch(member: GroupMembership, count: number): Promise<GroupBatch> {
  const consumer = await member.openConsumer({ ...ALL, maxRecords: count });
  try {
    while (consumer.next() !== undefined);
    return await member.begin(consumer.positions);
  } finally {
    consumer.close();
  }
}

/** A run whose command failed: the batch waits to be repeated. */
export function leaveBatchBehind(joining: Joining, count: number): Promise<void> {
  return takePart(joining, async (member) => {
    await beginBatch(member, count);
  });
}
