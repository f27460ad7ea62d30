import { assert } from '../assert.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import type { AssignorMember } from './assignor-member.js';
import type { PartitionTable } from './assignor-partitions.js';

/** Who held what before this round, as far as the members' claims can be believed. */
export interface Claims {
  /** The one claimant of the newest generation; whether it still subscribes is not asked here. */
  readonly owners: ReadonlyMap<TopicPartition, string>;
  /** Claimed more than once in the newest generation: nobody's claim counts, yet somebody may hold it. */
  readonly contested: ReadonlySet<TopicPartition>;
  /** The newest claimant of an older generation: one that was away, lost the partition and came back. */
  readonly formerOwners: ReadonlyMap<TopicPartition, string>;
}

/** Partitions that do not exist are left out. Among former owners of one generation the first member counts. */
export function settleClaims(table: PartitionTable, members: readonly AssignorMember[]): Claims {
  const owners = new Map<TopicPartition, string>();
  const contested = new Set<TopicPartition>();
  const formerOwners = new Map<TopicPartition, string>();
  for (const [partition, claimants] of listClaimants(table, members)) {
    const generation = Math.max(...claimants.map((claimant) => claimant.generation));
    const [owner, rival] = claimants.filter((claimant) => claimant.generation === generation);
    assert(owner !== undefined, 'a claim without a claimant');
    if (rival === undefined) owners.set(partition, owner.memberId);
    else contested.add(partition);
    const former = findNewest(claimants.filter((claimant) => claimant.generation < generation));
    if (former !== undefined) formerOwners.set(partition, former.memberId);
  }
  return { owners, contested, formerOwners };
}

function listClaimants(
  table: PartitionTable,
  members: readonly AssignorMember[],
): ReadonlyMap<TopicPartition, readonly AssignorMember[]> {
  const claimants = new Map<TopicPartition, AssignorMember[]>();
  for (const member of members) {
    const owned = member.owned.map(({ topic, partition }) => table.get(topic)?.[partition]);
    for (const partition of new Set(owned)) {
      if (partition === undefined) continue;
      const others = claimants.get(partition);
      if (others === undefined) claimants.set(partition, [member]);
      else others.push(member);
    }
  }
  return claimants;
}

function findNewest(claimants: readonly AssignorMember[]): AssignorMember | undefined {
  return claimants.toSorted((left, right) => right.generation - left.generation)[0];
}
