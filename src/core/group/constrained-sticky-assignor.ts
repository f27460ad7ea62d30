import { assert } from '../assert.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import type { Claims } from './assignor-claims.js';
import type { AssignorMember } from './assignor-member.js';
import type { Holders, PartitionTable } from './assignor-partitions.js';
import { listPartitions } from './assignor-partitions.js';

/**
 * The sticky assignment where every member subscribes to every topic. The sizes are then known before
 * anything is assigned: all get the quota, and as many as there are partitions over get one more. So
 * each member keeps of its own what fits, and the rest is dealt; nothing is ever moved twice.
 */
export function assignConstrained(
  table: PartitionTable,
  members: readonly AssignorMember[],
  claims: Claims,
): Holders {
  const holders: Holders = new Map();
  const partitions = listPartitions(table);
  const quota = Math.floor(partitions.length / members.length);
  let overCount = partitions.length % members.length;
  const owned = listOwned(partitions, members, claims);

  const sizes = new Map<string, number>();
  for (const [memberId, own] of owned) {
    const isOver = own.length > quota && overCount > 0;
    if (isOver) overCount -= 1;
    const kept = own.slice(0, isOver ? quota + 1 : quota);
    for (const partition of kept) holders.set(partition, memberId);
    sizes.set(memberId, kept.length);
  }

  const memberIds = [...sizes.keys()].sort();
  const below = memberIds.filter((memberId) => sizeOf(sizes, memberId) < quota);
  const atQuota = memberIds.filter((memberId) => sizeOf(sizes, memberId) === quota);
  for (const partition of partitions.filter((each) => !holders.has(each))) {
    const taker = below.shift() ?? atQuota.shift();
    assert(taker !== undefined, 'more partitions than the quotas add up to');
    holders.set(partition, taker);
    const size = sizeOf(sizes, taker) + 1;
    sizes.set(taker, size);
    if (size < quota) below.push(taker);
    else if (size === quota) atQuota.push(taker);
  }
  return holders;
}

/** Member id, in the order of `members`, to what it owns, low numbers first: those are kept. */
function listOwned(
  partitions: readonly TopicPartition[],
  members: readonly AssignorMember[],
  { owners }: Claims,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const owned = new Map(members.map(({ memberId }) => [memberId, [] as TopicPartition[]]));
  // The sort is stable: partitions of one number stay in order of topic.
  for (const partition of partitions.toSorted((left, right) => left.partition - right.partition)) {
    const owner = owners.get(partition);
    if (owner !== undefined) owned.get(owner)?.push(partition);
  }
  return owned;
}

function sizeOf(sizes: ReadonlyMap<string, number>, memberId: string): number {
  return sizes.get(memberId) ?? 0;
}
