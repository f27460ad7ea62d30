/**
 * Assignments that Kafka's own assignors made (`test/fixtures/assignors.jsonl`: most by the classes of
 * October 2024, those with a `generation` by 4.3.1), and groups in the words of a test.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { javaHash } from '../../src/core/bytes/java-hash.js';
import type { AssignorMember } from '../../src/core/group/assignor-member.js';
import type { Holders } from '../../src/core/group/assignor-partitions.js';
import type { AssignorName } from '../../src/core/group/assignor-name.js';
import type { Assignment } from '../../src/core/group/assignor.js';
import type { TopicPartition } from '../../src/core/topic/topic-partition.js';

export interface AssignorVector {
  readonly assignor: AssignorName;
  readonly partitions: Readonly<Record<string, number>>;
  readonly members: Readonly<Record<string, VectorMember>>;
  /** Member id to what it claims; null = nobody held anything. */
  readonly previous: Readonly<Record<string, readonly string[]>> | null;
  readonly assignment: Readonly<Record<string, readonly string[]>>;
}

interface VectorMember {
  readonly topics: readonly string[];
  readonly instanceId?: string;
  readonly generation?: number;
}

/** Partitions by name, in order, by member id. */
export type Shown = Readonly<Record<string, readonly string[]>>;

const FIXTURE = join(import.meta.dirname, '../fixtures/assignors.jsonl');

export function readAssignorVectors(): AssignorVector[] {
  const lines = readFileSync(FIXTURE, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AssignorVector);
}

export function countsOf({ partitions }: AssignorVector): Map<string, number> {
  return new Map(Object.entries(partitions));
}

/**
 * Kafka was asked past its front door in some of these: of the topics in `partitions` some have no
 * subscriber. Its sticky assignors take for granted that there is one; if all members subscribe to the
 * same topics, they are understood to subscribe to every one, and get them.
 */
export function membersOf(vector: AssignorVector): AssignorMember[] {
  const members = Object.entries(vector.members);
  const subscriptions = new Set(members.map(([, { topics }]) => topics.toSorted().join()));
  const isAll = vector.assignor.includes('sticky') && subscriptions.size === 1;
  return members.map(([memberId, { topics, instanceId, generation = 1 }]) => ({
    memberId,
    instanceId,
    topics: isAll ? Object.keys(vector.partitions) : topics,
    owned: partitionsOf(vector.previous?.[memberId] ?? []),
    generation,
  }));
}

/** The order in which a Java HashMap of the member ids is walked, which decides some ties in Kafka. */
export function inHashOrder(members: readonly AssignorMember[]): AssignorMember[] {
  let bucketCount = 16;
  while (members.length > bucketCount * 0.75) bucketCount *= 2;
  const bucketOf = ({ memberId }: AssignorMember): number => {
    const hash = javaHash(memberId);
    return (hash ^ (hash >>> 16)) & (bucketCount - 1);
  };
  return members.toSorted((left, right) => bucketOf(left) - bucketOf(right));
}

/** `memberOf('a', 'orders', 'orders-0 orders-1')`: topics and what it owns, with spaces between. */
export function memberOf(
  memberId: string,
  topics: string,
  owned = '',
  rest: Partial<Pick<AssignorMember, 'instanceId' | 'generation'>> = {},
): AssignorMember {
  return {
    memberId,
    instanceId: undefined,
    topics: wordsOf(topics),
    owned: partitionsOf(wordsOf(owned)),
    generation: 1,
    ...rest,
  };
}

export function showAssignment(assignment: Assignment): Shown {
  return sortShown(Object.fromEntries([...assignment].map(([id, own]) => [id, own.map(nameOf)])));
}

/** Without the members that hold nothing. */
export function showHolders(holders: Holders): Shown {
  const shown: Record<string, string[]> = {};
  for (const [partition, memberId] of holders) (shown[memberId] ??= []).push(nameOf(partition));
  return sortShown(shown);
}

/** Lists in one order, so that two of them compare as sets. */
export function sortShown(shown: Shown): Shown {
  return Object.fromEntries(Object.entries(shown).map(([id, names]) => [id, names.toSorted()]));
}

export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

function partitionsOf(names: readonly string[]): TopicPartition[] {
  return names.map((name) => {
    const dash = name.lastIndexOf('-');
    return { topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)) };
  });
}

function wordsOf(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
