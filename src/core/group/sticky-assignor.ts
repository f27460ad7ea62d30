import type { AssignorMember } from './assignor-member.js';
import { settleClaims } from './assignor-claims.js';
import type { Holders, PartitionTable } from './assignor-partitions.js';
import { assignConstrained } from './constrained-sticky-assignor.js';
import { assignGeneral } from './general-sticky-assignor.js';

/**
 * Kafka's sticky assignor: first as balanced as the subscriptions allow, then as little moved as that
 * allows. Where more members have a claim to a larger share than there are larger shares, those that come
 * first in `members` keep theirs. (In Kafka the order of a Java HashMap decides that.)
 */
export function assignSticky(table: PartitionTable, members: readonly AssignorMember[]): Holders {
  const claims = settleClaims(table, members);
  return members.every((member) => subscribesToAll(table, member))
    ? assignConstrained(table, members, claims)
    : assignGeneral(table, members, claims);
}

function subscribesToAll(table: PartitionTable, { topics }: AssignorMember): boolean {
  const subscribed = new Set(topics);
  return [...table.keys()].every((topic) => subscribed.has(topic));
}
