/**
 * Groups that anything happens to, in any order: after every step the promises of ownership hold, and
 * once nothing happens any more a few rounds of reconciliation bring the group to rest, in balance.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ASSIGNOR_NAMES, type AssignorName } from '../../../src/core/group/assignor-name.js';
import { claimFree } from '../../../src/core/group/claim.js';
import {
  type GroupMember,
  type GroupState,
  type PendingBatch,
  emptyGroup,
  isOrphan,
  partitionKey,
} from '../../../src/core/group/group-state.js';
import {
  checkOwned,
  replaceStaticMember,
  withMember,
  withoutMembers,
} from '../../../src/core/group/membership.js';
import { listOwners } from '../../../src/core/group/ownership.js';
import { takePending } from '../../../src/core/group/pending-takeover.js';
import { mustReconcile, reconcile } from '../../../src/core/group/reconciliation.js';
import { SubscribedPartitions } from '../../../src/core/group/subscribed-partitions.js';
import { type TopicTable, withTargets } from '../../../src/core/group/targets.js';
import type { TopicPartition } from '../../../src/core/topic/topic-partition.js';
import { type MemberSketch, joiningMember, pendingOf, namesOf } from './group-states.js';

const TOPICS = ['t', 'u', 'v'];
/** `v` does not exist at first; `none` never does. */
const SUBSCRIPTIONS = ['t', 't u', 't u v none', 'u', 't:0 t:1 u', 't:2'];
const MEMBERS_MAX = 8;
/** Give up, take what was given up after one's turn, find nothing to do. */
const ROUNDS_MAX = 4;

interface Step {
  readonly kind: (typeof STEPS)[number];
  /** Which member, batch, topic or subscription: modulo how many there are. */
  readonly which: number;
  readonly amount: number;
}

const STEPS = [
  'join',
  'join a batch run',
  'join a static member',
  'lose',
  'lose two',
  'come back',
  'come back otherwise',
  'reconcile',
  'reconcile all',
  'claim',
  'begin',
  'finish',
  'take pending',
  'add partitions',
  'delete topic',
  'look at topics',
] as const;

class Group {
  state: GroupState = emptyGroup('load');
  table: TopicTable = new Map([
    ['t', 5],
    ['u', 2],
  ]);
  readonly #assignor: AssignorName;
  /** The first of them is what every member subscribes to, or each has any of them. */
  readonly #subscriptions: readonly string[];
  #idCount = 0;

  constructor(assignor: AssignorName, subscriptions: readonly string[]) {
    this.#assignor = assignor;
    this.#subscriptions = subscriptions;
  }

  run({ kind, which, amount }: Step): void {
    const { members, pending } = this.state;
    const member = members[which % members.length];
    const batch = pending[which % pending.length];
    switch (kind) {
      case 'join':
        this.#join({}, which);
        break;
      case 'join a batch run':
        this.#join({ kind: 'batch' }, which);
        break;
      case 'join a static member':
        this.#join({ instanceId: `s${this.#idCount}` }, which);
        break;
      case 'lose':
        if (member !== undefined) this.lose([member]);
        break;
      case 'lose two':
        this.lose(members.slice(which % (members.length + 1)).slice(0, 2));
        break;
      case 'come back':
      case 'come back otherwise':
        this.#comeBack(which, kind === 'come back otherwise');
        break;
      case 'reconcile':
        if (member !== undefined) this.reconcile(member.memberId);
        break;
      case 'reconcile all':
        for (const { memberId } of members) this.reconcile(memberId);
        break;
      case 'claim':
        if (member?.kind === 'batch') this.#claim(member, 1 + (amount % 3));
        break;
      case 'begin':
        if (member !== undefined) this.#begin(member, amount);
        break;
      case 'finish':
        if (batch !== undefined && !isOrphan(this.state, batch)) this.finish(batch);
        break;
      case 'take pending':
        if (member !== undefined) this.takePending(member.memberId);
        break;
      case 'add partitions':
        this.#resize(TOPICS[which % TOPICS.length]!, 1 + amount);
        break;
      case 'delete topic':
        this.#resize(TOPICS[which % TOPICS.length]!, 0);
        break;
      case 'look at topics':
        this.lookAtTopics();
    }
  }

  #join(sketch: MemberSketch, which: number): void {
    if (this.state.members.length === MEMBERS_MAX) return;
    this.state = withMember(this.state, this.#newMember(sketch, which), this.table);
  }

  #newMember(sketch: MemberSketch, which: number) {
    const topics = this.#subscriptions[which % this.#subscriptions.length]!;
    return joiningMember(this.#newId(), { assignor: this.#assignor, topics, ...sketch });
  }

  /** Not in the order of joining. */
  #newId(): string {
    this.#idCount += 1;
    return `m${(this.#idCount * 7) % 64}-${this.#idCount}`;
  }

  lose(members: readonly GroupMember[]): void {
    const ids = members.map(({ memberId }) => memberId);
    this.state = withoutMembers(this.state, ids, { atMs: 1, table: this.table });
  }

  #comeBack(which: number, isOther: boolean): void {
    const statics = this.state.members.filter(({ instanceId }) => instanceId !== null);
    const old = statics[which % statics.length];
    if (old === undefined) return;
    const back = isOther
      ? this.#newMember({ kind: 'batch' }, which)
      : { ...old, memberId: this.#newId() };
    const { instanceId } = old;
    this.state = replaceStaticMember(this.state, old.memberId, { ...back, instanceId }, this.table);
  }

  reconcile(memberId: string): void {
    this.lookAtTopics();
    const before = this.state;
    this.state = reconcile(before, memberId, this.table);
    const canTake = takePending(before, memberId, this.table) !== undefined;
    expect(mustReconcile(before, memberId)).toBe(this.state !== before || canTake);
    expect(reconcile(this.state, memberId, this.table)).toBe(this.state);
  }

  #claim(member: GroupMember, memberCount: number): void {
    const subscribed = new SubscribedPartitions(member.subscriptions);
    const wanted = existingIn(this.table).filter((each) => subscribed.has(each));
    const next = claimFree(this.state, member.memberId, { wanted, memberCount });
    // Only what no follower wants was free, unless a topic has changed and nobody has looked yet.
    if (withTargets(this.state, this.table) === this.state)
      expect(withTargets(next, this.table)).toBe(next);
    this.state = next;
  }

  /** A batch of some of what the member owns and is not in a batch yet. */
  #begin({ memberId, owned }: GroupMember, amount: number): void {
    const busy = new Set(this.state.pending.flatMap(({ ranges }) => ranges.map(partitionKey)));
    const free = owned.filter((each) => !busy.has(partitionKey(each))).slice(0, 1 + (amount % 3));
    if (free.length === 0) return;
    checkOwned(this.state, memberId, free);
    this.#idCount += 1;
    const batch = pendingOf(`b${this.#idCount}`, memberId, namesOf(free), 100 - this.#idCount);
    this.state = { ...this.state, pending: [...this.state.pending, batch] };
  }

  finish(batch: PendingBatch): void {
    checkOwned(this.state, batch.memberId, batch.ranges);
    this.state = { ...this.state, pending: this.state.pending.filter((each) => each !== batch) };
  }

  takePending(memberId: string): PendingBatch | undefined {
    const taken = takePending(this.state, memberId, this.table);
    if (taken === undefined) return undefined;
    this.state = taken.state;
    checkOwned(this.state, memberId, taken.batch.ranges);
    return taken.batch;
  }

  #resize(topic: string, count: number): void {
    const table = new Map(this.table);
    if (count === 0) table.delete(topic);
    else table.set(topic, Math.max(count, table.get(topic) ?? 0));
    this.table = table;
  }

  lookAtTopics(): void {
    this.state = withTargets(this.state, this.table);
  }

  /** Batch runs end, batches are repeated, and everybody does what there is to do until nothing is. */
  settle(): void {
    this.lookAtTopics();
    for (const batch of this.state.pending) if (!isOrphan(this.state, batch)) this.finish(batch);
    for (const { memberId } of this.state.members)
      for (let left = this.state.pending.length; left > 0; left--) {
        const batch = this.takePending(memberId);
        if (batch !== undefined) this.finish(batch);
      }
    // Nobody subscribes to all of what is left: a person gives it up.
    this.state = { ...this.state, pending: [] };
    this.lose(this.state.members.filter(({ kind }) => kind === 'batch'));
    let rounds = 0;
    for (let before: GroupState | undefined; before !== this.state; rounds++) {
      expect(rounds).toBeLessThan(ROUNDS_MAX);
      before = this.state;
      for (const { memberId } of this.state.members) this.reconcile(memberId);
    }
  }
}

function existingIn(table: TopicTable): TopicPartition[] {
  return [...table].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );
}

/** What holds at any time; the names of what does not. */
function brokenPromises(before: GroupState, state: GroupState): string[] {
  const { members, pending } = state;
  const owners = listOwners(state);
  const keysOf = (partitions: readonly TopicPartition[]) => partitions.map(partitionKey);
  const targets = members.flatMap(({ target }) => keysOf(target));
  const pendingKeys = pending.flatMap(({ ranges }) => keysOf(ranges));
  const holdersOf = (batch: PendingBatch) =>
    new Set(batch.ranges.map((range) => owners.get(partitionKey(range))));
  const memberIds = (each: GroupState) => each.members.map(({ memberId }) => memberId).join();
  const hands = (each: GroupState) => JSON.stringify([...listOwners(each)].sort());
  const isNew = memberIds(before) !== memberIds(state) || hands(before) !== hands(state);

  const promises: Record<string, boolean> = {
    'a partition has one owner': members.flatMap(({ owned }) => owned).length === owners.size,
    'a partition is one target': new Set(targets).size === targets.length,
    'a partition is in one pending batch': new Set(pendingKeys).size === pendingKeys.length,
    'the partitions of a batch are in the same hands': pending.every(
      (batch) => holdersOf(batch).size === 1,
    ),
    'whoever works on a batch has its partitions': pending.every(
      (batch) => isOrphan(state, batch) || holdersOf(batch).has(batch.memberId),
    ),
    'a member has what it asked for': members.every(({ subscriptions, owned, target }) => {
      const subscribed = new SubscribedPartitions(subscriptions);
      return [...owned, ...target].every((each) => subscribed.has(each));
    }),
    "a batch run has no target, and what it has is nobody else's": members.every(
      ({ kind, owned, target }) =>
        kind === 'follow' ||
        (target.length === 0 && keysOf(owned).every((key) => !targets.includes(key))),
    ),
    'a change of members or hands, and nothing else, is a new generation': isNew
      ? state.generation > before.generation
      : state.generation === before.generation,
    'a member is of no later generation than its group': members.every(
      ({ generation }) => generation <= state.generation,
    ),
  };
  return Object.keys(promises).filter((promise) => !promises[promise]);
}

function followersOf({ state }: Group): readonly GroupMember[] {
  return state.members.filter(({ kind }) => kind === 'follow');
}

function expectRest(group: Group): void {
  const { state, table } = group;
  const followers = followersOf(group);
  expect(withTargets(state, table)).toBe(state);
  for (const { owned, target } of followers) expect(namesOf(owned)).toBe(namesOf(target));
  const subscribed = followers.map(({ subscriptions }) => new SubscribedPartitions(subscriptions));
  const shared = existingIn(table).filter((each) => subscribed.some((one) => one.has(each)));
  expect([...listOwners(state).keys()].sort()).toEqual(shared.map(partitionKey).sort());
}

function expectWithinOne(sizes: readonly number[]): void {
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
}

/** No partition could go to a member that would still have less than its owner does now. */
function expectNoBetterMove(group: Group): void {
  const followers = followersOf(group);
  for (const { owned } of followers)
    for (const partition of owned)
      for (const other of followers)
        if (new SubscribedPartitions(other.subscriptions).has(partition))
          expect(other.owned.length + 1).toBeGreaterThanOrEqual(owned.length);
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom(...STEPS),
    which: fc.nat(40),
    amount: fc.nat(11),
  }),
  { minLength: 5, maxLength: 60, size: 'max' },
);

function groupAfter(
  assignor: AssignorName,
  subscriptions: readonly string[],
  all: readonly Step[],
) {
  const group = new Group(assignor, subscriptions);
  for (const step of all) {
    const before = group.state;
    group.run(step);
    expect(brokenPromises(before, group.state)).toEqual([]);
  }
  group.settle();
  if (followersOf(group).length > 0) expectRest(group);
  return group;
}

describe.each(ASSIGNOR_NAMES)('%s', (assignor) => {
  test('whatever happens, ownership holds, and the group comes to rest', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const group = groupAfter(assignor, SUBSCRIPTIONS, all);
        if (assignor.includes('sticky')) expectNoBetterMove(group);
      }),
      { numRuns: 100 },
    );
  });

  test('members that subscribe alike end up within one of each other', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom('t', 't u', 't u v none'), (all, subscription) => {
        const group = groupAfter(assignor, [subscription], all);
        const followers = followersOf(group);
        if (followers.length === 0) return;
        if (assignor !== 'range') expectWithinOne(followers.map(({ owned }) => owned.length));
        else
          for (const topic of TOPICS)
            expectWithinOne(
              followers.map(({ owned }) => owned.filter((each) => each.topic === topic).length),
            );
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(['sticky', 'cooperative-sticky'] as const)(
  '%s moves no more than it must',
  (name) => {
    /** Partitions, by key, that were taken from one member and are another's now. */
    function movedBetween(before: GroupState, after: GroupState): string[] {
      const earlier = listOwners(before);
      return [...listOwners(after)].flatMap(([key, owner]) => {
        const old = earlier.get(key);
        return old === undefined || old === owner ? [] : [key];
      });
    }

    const groups = fc
      .record({
        memberCount: fc.integer({ min: 1, max: 7 }),
        partitionCount: fc.integer({ min: 0, max: 20 }),
        joins: fc.array(fc.nat(2), { maxLength: 4 }),
      })
      .map(({ memberCount, partitionCount, joins }) => {
        const group = new Group(name, ['t u']);
        group.table = new Map([
          ['t', partitionCount],
          ['u', 3],
        ]);
        for (let at = 0; at < memberCount; at++) {
          group.run({ kind: 'join', which: 0, amount: 0 });
          // Some come when the others are at rest, some in the middle of it.
          if (joins.includes(at)) group.settle();
        }
        group.settle();
        return group;
      });

    test('when a member joins, it alone gets something, and that is its share', () => {
      fc.assert(
        fc.property(groups, (group) => {
          const before = group.state;
          group.run({ kind: 'join', which: 0, amount: 0 });
          group.settle();
          const newcomer = group.state.members.at(-1)!;
          expect(movedBetween(before, group.state).sort()).toEqual(
            newcomer.owned.map(partitionKey).sort(),
          );
          const count = existingIn(group.table).length;
          expect(newcomer.owned).toHaveLength(Math.floor(count / group.state.members.length));
        }),
      );
    });

    test('when a member leaves, only what it had changes hands', () => {
      fc.assert(
        fc.property(groups, fc.nat(6), (group, which) => {
          const before = group.state;
          const leaver = before.members[which % before.members.length]!;
          group.lose([leaver]);
          group.settle();
          const left = leaver.owned.map(partitionKey);
          expect(movedBetween(before, group.state).filter((key) => !left.includes(key))).toEqual(
            [],
          );
        }),
      );
    });

    test('when a topic grows, nothing that was owned changes hands', () => {
      fc.assert(
        fc.property(groups, fc.integer({ min: 3, max: 12 }), (group, count) => {
          const before = group.state;
          group.run({ kind: 'add partitions', which: 1, amount: count });
          group.settle();
          expect(movedBetween(before, group.state)).toEqual([]);
        }),
      );
    });
  },
);
