import type { TopicPartition } from '../topic/topic-partition.js';

/** What a member tells its group when it joins. */
export interface AssignorMember {
  /** Unique in the group. */
  readonly memberId: string;
  /** Kafka's `group.instance.id`: the name that a static member keeps over restarts. */
  readonly instanceId: string | undefined;
  readonly topics: readonly string[];
  /** What it held when it last heard, which is a claim and may be out of date. */
  readonly owned: readonly TopicPartition[];
  /** Of the round that gave it `owned`; -1 = never in one. */
  readonly generation: number;
}

/** Kafka's order of members: static ones first, by their own name, so that a restart changes nothing. */
export function compareMembers(left: AssignorMember, right: AssignorMember): number {
  if (left.instanceId === undefined || right.instanceId === undefined) {
    if (left.instanceId !== undefined) return -1;
    if (right.instanceId !== undefined) return 1;
    return compareMemberIds(left, right);
  }
  return compareText(left.instanceId, right.instanceId) || compareMemberIds(left, right);
}

export function compareMemberIds(left: AssignorMember, right: AssignorMember): number {
  return compareText(left.memberId, right.memberId);
}

/** By UTF-16 code units, as Java compares. */
function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
