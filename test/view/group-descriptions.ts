/** Groups as the core describes them, one fact at a time. */
import type {
  GroupDescription,
  GroupPartition,
  MemberDescription,
  PendingDescription,
} from '../../src/core/index.js';

export function place(given: Partial<GroupPartition> = {}): GroupPartition {
  return {
    topic: 'orders',
    partition: 0,
    topicId: 'id',
    committedOffset: 120,
    leaderEpoch: 0,
    metadata: '',
    committedMs: 1000,
    logStartOffset: 0,
    logEndOffset: 120,
    lag: 0,
    lagMs: 0,
    memberId: null,
    problem: null,
    ...given,
  };
}

export function member(given: Partial<MemberDescription> = {}): MemberDescription {
  return {
    memberId: 'consume-1',
    instanceId: null,
    kind: 'batch',
    assignor: 'cooperative-sticky',
    pid: 7,
    command: 'consume',
    childPid: null,
    sinceMs: 2000,
    heartbeatMs: 3000,
    isAlive: true,
    generation: 3,
    partitions: [{ topic: 'orders', partition: 0 }],
    ...given,
  };
}

export function pending(given: Partial<PendingDescription> = {}): PendingDescription {
  return {
    id: 'b1',
    attempt: 2,
    ranges: [{ topic: 'orders', topicId: 'id', partition: 0, firstOffset: 12, endOffset: 15 }],
    createdMs: 4000,
    memberId: null,
    ...given,
  };
}

export function group(given: Partial<GroupDescription> = {}): GroupDescription {
  return {
    group: 'load',
    state: 'empty',
    generation: 3,
    lastActiveMs: 5000,
    partitions: [place()],
    members: [],
    pending: [],
    ...given,
  };
}
