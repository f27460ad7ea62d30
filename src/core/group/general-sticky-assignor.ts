import { assert } from '../assert.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import type { Claims } from './assignor-claims.js';
import type { AssignorMember } from './assignor-member.js';
import { compareMemberIds } from './assignor-member.js';
import type { Holders, PartitionTable } from './assignor-partitions.js';

/**
 * The sticky assignment where subscriptions differ: keep what is owned, hand out the rest, then move
 * single partitions from the larger to the smaller as long as one can be moved that makes the two more
 * equal. Each such move lowers the sum of the squared sizes, and each partition can undo that once
 * (see `#takeReturn`), so the moving ends; then no single move can improve the balance.
 */
export function assignGeneral(
  table: PartitionTable,
  members: readonly AssignorMember[],
  claims: Claims,
): Holders {
  const round = new Round(table, members, claims);
  round.keepOwned();
  const fresh = round.handOut();
  // What nobody held yet can be moved for free, so balance is sought among that first.
  round.evenOut(fresh);
  round.evenOut(round.partitions);
  return round.holders;
}

interface Share {
  readonly memberId: string;
  size: number;
}

class Round {
  readonly holders: Holders = new Map();
  /** Those with few subscribers first: they have the least choice. */
  readonly partitions: readonly TopicPartition[];
  readonly #table: PartitionTable;
  readonly #claims: Claims;
  readonly #shares: ReadonlyMap<string, Share>;
  /** Topic to the shares of its subscribers, by member id. */
  readonly #subscribers: ReadonlyMap<string, readonly Share[]>;
  /** Who held it when the moving began. */
  #origins: ReadonlyMap<TopicPartition, string> = new Map();
  readonly #returned = new Set<TopicPartition>();

  constructor(table: PartitionTable, members: readonly AssignorMember[], claims: Claims) {
    this.#table = table;
    this.#claims = claims;
    const sorted = members.toSorted(compareMemberIds);
    this.#shares = new Map(sorted.map(({ memberId }) => [memberId, { memberId, size: 0 }]));
    const subscribers = new Map([...table.keys()].map((topic) => [topic, [] as Share[]]));
    for (const { memberId, topics } of sorted)
      for (const topic of new Set(topics)) subscribers.get(topic)?.push(this.#shareOf(memberId));
    this.#subscribers = subscribers;
    // The table is in order of name, and the sort is stable.
    this.partitions = [...table]
      .sort(
        ([left], [right]) => this.#subscribersOf(left).length - this.#subscribersOf(right).length,
      )
      .flatMap(([, partitions]) => partitions);
  }

  keepOwned(): void {
    for (const partition of this.partitions) {
      const owner = this.#subscriber(partition.topic, this.#claims.owners.get(partition));
      if (owner !== undefined) this.#give(partition, owner);
    }
  }

  /** Gives each partition without a holder to the smallest share; returns them. */
  handOut(): readonly TopicPartition[] {
    const fresh = this.partitions.filter((partition) => !this.holders.has(partition));
    for (const partition of fresh) this.#give(partition, this.#smallest(partition.topic));
    this.#origins = new Map(this.holders);
    return fresh;
  }

  evenOut(partitions: readonly TopicPartition[]): void {
    let isMoved: boolean;
    do {
      isMoved = false;
      for (const partition of partitions) {
        const to = this.#worseOff(partition);
        if (to === undefined) continue;
        this.#give(this.#takeReturn(partition, to) ?? partition, to);
        isMoved = true;
      }
    } while (isMoved);
  }

  /** A share that stays the smaller one, or equal, if it gets the partition; its former owner's for choice. */
  #worseOff(partition: TopicPartition): Share | undefined {
    const { topic } = partition;
    const { size } = this.#shareOf(this.#idIn(this.holders, partition));
    const former = this.#subscriber(topic, this.#claims.formerOwners.get(partition));
    if (former !== undefined && size > former.size + 1) return former;
    const smallest = this.#smallest(topic);
    return size > smallest.size + 1 ? smallest : undefined;
  }

  /**
   * A partition of the same topic that went from `to` to where this one comes from. It goes home instead,
   * or the two members would end up with each other's. Only once, or the moving might never end: where
   * `partition` has moved before, this is not a move from a larger share to a smaller.
   */
  #takeReturn(partition: TopicPartition, to: Share): TopicPartition | undefined {
    const source = this.#idIn(this.#origins, partition);
    if (source === to.memberId) return undefined;
    const found = this.#table
      .get(partition.topic)
      ?.find(
        (each) =>
          this.holders.get(each) === source &&
          this.#origins.get(each) === to.memberId &&
          !this.#returned.has(each),
      );
    if (found !== undefined) this.#returned.add(found);
    return found;
  }

  #give(partition: TopicPartition, to: Share): void {
    const from = this.holders.get(partition);
    if (from !== undefined) this.#shareOf(from).size -= 1;
    this.holders.set(partition, to.memberId);
    to.size += 1;
  }

  #idIn(holders: ReadonlyMap<TopicPartition, string>, partition: TopicPartition): string {
    const memberId = holders.get(partition);
    assert(memberId !== undefined, 'a partition was not handed out');
    return memberId;
  }

  #shareOf(memberId: string): Share {
    const share = this.#shares.get(memberId);
    assert(share !== undefined, 'a member that is not in the round');
    return share;
  }

  #subscribersOf(topic: string): readonly Share[] {
    return this.#subscribers.get(topic) ?? [];
  }

  #subscriber(topic: string, memberId: string | undefined): Share | undefined {
    return this.#subscribersOf(topic).find((share) => share.memberId === memberId);
  }

  /** Of equal ones the first by member id. */
  #smallest(topic: string): Share {
    const [first, ...others] = this.#subscribersOf(topic);
    assert(first !== undefined, 'a topic in the table that nobody subscribes to');
    return others.reduce((least, share) => (share.size < least.size ? share : least), first);
  }
}
