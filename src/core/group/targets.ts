import { assert } from '../assert.js';
import { type TopicPartition, compareTopicPartitions } from '../topic/topic-partition.js';
import type { AssignorMember } from './assignor-member.js';
import { assign } from './assignor.js';
import { type GroupMember, type GroupState, partitionKey } from './group-state.js';
import { isSameList } from './ownership.js';
import { SubscribedPartitions } from './subscribed-partitions.js';

/** The topics that exist: name to partition count. */
export type TopicTable = ReadonlyMap<string, number>;

/**
 * The state with the target of each following member as the assignor sees it now; the same object if that
 * changes nothing. To be called when a topic was made or deleted or got partitions; the other changes of
 * what is shared, and among whom, do it themselves.
 *
 * What a batch run owns is nobody's target: the rest is balanced as if that did not exist.
 */
export function withTargets(state: GroupState, table: TopicTable): GroupState {
  const followers = state.members.filter(({ kind }) => kind === 'follow');
  const [first] = followers;
  if (first === undefined) return state;
  assert(
    followers.every(({ assignor }) => assignor === first.assignor),
    'following members with different assignors',
  );
  const pools = listPools(state, followers, table);
  const poolOf = new Map(pools.map((pool) => [pool.name, pool]));
  const assignment = assign(
    first.assignor,
    new Map(pools.map(({ name, partitions }) => [name, partitions.length])),
    followers.map((member) => assignorMember(member, pools)),
  );
  const members = state.members.map((member) => {
    const target = assignment
      .get(member.memberId)
      ?.map((place) => partitionAt(poolOf, place))
      .sort(compareTopicPartitions);
    return target === undefined || isSameList(member.target, target)
      ? member
      : { ...member, target };
  });
  return members.every((member, at) => member === state.members[at])
    ? state
    : { ...state, members };
}

/**
 * The partitions of one topic that the same members may have. Assignors know whole topics only, so each
 * pool is shown to them as a topic, with its partitions numbered from 0. Where all subscribe to all of a
 * topic and no batch run owns any of it, the pool is the topic.
 */
interface Pool {
  /** In order of topic, as a topic's name has no blank; unique by the first partition. */
  readonly name: string;
  readonly memberIds: readonly string[];
  readonly partitions: TopicPartition[];
}

function listPools(
  state: GroupState,
  followers: readonly GroupMember[],
  table: TopicTable,
): readonly Pool[] {
  const ofBatchRuns = new Set(
    state.members.flatMap(({ kind, owned }) => (kind === 'batch' ? owned.map(partitionKey) : [])),
  );
  const subscribers = followers.map(({ memberId, subscriptions }) => ({
    memberId,
    subscribed: new SubscribedPartitions(subscriptions),
  }));
  const topics = new Set(subscribers.flatMap(({ subscribed }) => subscribed.topics));
  const pools = new Map<string, Pool>();
  for (const topic of topics) {
    for (let partition = 0; partition < (table.get(topic) ?? 0); partition++) {
      const each = { topic, partition };
      if (ofBatchRuns.has(partitionKey(each))) continue;
      const memberIds = subscribers
        .filter(({ subscribed }) => subscribed.has(each))
        .map(({ memberId }) => memberId);
      if (memberIds.length === 0) continue;
      const key = JSON.stringify([topic, memberIds]);
      const pool = pools.get(key);
      if (pool !== undefined) pool.partitions.push(each);
      else pools.set(key, { name: partitionKey(each), memberIds, partitions: [each] });
    }
  }
  return [...pools.values()];
}

function assignorMember(member: GroupMember, pools: readonly Pool[]): AssignorMember {
  const { memberId, instanceId, generation } = member;
  const own = pools.filter(({ memberIds }) => memberIds.includes(memberId));
  const owned = new Set(member.owned.map(partitionKey));
  return {
    memberId,
    instanceId: instanceId ?? undefined,
    topics: own.map(({ name }) => name),
    owned: own.flatMap(({ name, partitions }) =>
      partitions.flatMap((each, at) =>
        owned.has(partitionKey(each)) ? [{ topic: name, partition: at }] : [],
      ),
    ),
    generation,
  };
}

function partitionAt(pools: ReadonlyMap<string, Pool>, place: TopicPartition): TopicPartition {
  const partition = pools.get(place.topic)?.partitions[place.partition];
  assert(partition !== undefined, 'a partition that was not to be assigned');
  return partition;
}
