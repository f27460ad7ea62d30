import type { AssignorName } from '../../../src/core/group/assignor-name.js';
import {
  type BatchRange,
  type GroupMember,
  type GroupState,
  type PendingBatch,
  type Subscription,
  emptyGroup,
} from '../../../src/core/group/group-state.js';
import type { JoiningMember } from '../../../src/core/group/membership.js';
import type { TopicPartition } from '../../../src/core/topic/topic-partition.js';

/** `t:0 t:1 u:0` */
export function partitionsOf(text: string): TopicPartition[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [topic = '', partition] = word.split(':');
      return { topic, partition: Number(partition) };
    });
}

export function namesOf(partitions: readonly TopicPartition[]): string {
  return partitions.map(({ topic, partition }) => `${topic}:${partition}`).join(' ');
}

/** `t u:0 u:2`: all of t, two partitions of u. */
export function subscriptionsOf(text: string): Subscription[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [topic = '', partition] = word.split(':');
      return { topic, partitions: partition === undefined ? null : [Number(partition)] };
    });
}

export interface MemberSketch {
  readonly kind?: 'batch' | 'follow';
  readonly assignor?: AssignorName;
  readonly instanceId?: string;
  readonly topics?: string;
}

export function joiningMember(memberId: string, sketch: MemberSketch = {}): JoiningMember {
  const { kind = 'follow', assignor = 'cooperative-sticky', instanceId, topics = 't' } = sketch;
  return {
    memberId,
    instanceId: instanceId ?? null,
    kind,
    assignor,
    sessionTimeoutMs: 45_000,
    subscriptions: subscriptionsOf(topics),
    sinceMs: 1,
  };
}

export function memberOf(
  memberId: string,
  { owned = '', target = '', ...sketch }: MemberSketch & { owned?: string; target?: string } = {},
): GroupMember {
  return {
    ...joiningMember(memberId, sketch),
    owned: partitionsOf(owned),
    target: partitionsOf(target),
    generation: 5,
  };
}

export function pendingOf(
  id: string,
  memberId: string,
  partitions: string,
  createdMs = 100,
): PendingBatch {
  const ranges = partitionsOf(partitions).map((each): BatchRange => ({
    ...each,
    topicId: 'topic-id',
    firstOffset: 10,
    endOffset: 20,
  }));
  return { id, attempt: 1, ranges, createdMs, memberId };
}

/** Of generation 5. */
export function groupOf(
  members: readonly GroupMember[],
  pending: readonly PendingBatch[] = [],
): GroupState {
  return { ...emptyGroup('load'), revision: 9, generation: 5, members, pending };
}

export function tableOf(counts: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(counts));
}

/** Member id to the names of its partitions. */
export function ownedIn({ members }: GroupState): Record<string, string> {
  return Object.fromEntries(members.map(({ memberId, owned }) => [memberId, namesOf(owned)]));
}

export function targetsIn({ members }: GroupState): Record<string, string> {
  return Object.fromEntries(members.map(({ memberId, target }) => [memberId, namesOf(target)]));
}
