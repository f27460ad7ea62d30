/**
 * One process in a group of this machine. Everything that the group is to know goes through one
 * replacement of its state under its lock; before a position or a batch is written down, the records
 * that it covers are synced.
 */
import { assert } from '../assert.js';
import { CoreError, isCoreError } from '../errors.js';
import type { ConsumePlan, Consumer, ReadPosition } from '../consumer/consumer.js';
import { applyMove } from '../group/group-moves.js';
import {
  type BatchRange,
  type CommittedOffset,
  type GroupState,
  type MovedOffset,
  type PendingBatch,
  committedAt,
  committedOffset,
  findMember,
  isOrphan,
  partitionKey,
  sharesPartition,
} from '../group/group-state.js';
import type { MemberFile } from '../group/member-file.js';
import { checkOwned, withoutMembers } from '../group/membership.js';
import { takePending, withoutAttempt } from '../group/pending-takeover.js';
import { reconcile } from '../group/reconciliation.js';
import { type TopicTable, withTargets } from '../group/targets.js';
import { identify } from '../fs/process-identity.js';
import { randomNonce } from '../topic/nonce.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import {
  type EntranceSources,
  anotherTopic,
  tableOf,
  withFirstPositions,
  withoutLost,
} from './group-entrance.js';
import type { GroupLogs } from './group-logs.js';
import type { BatchRanges, GroupBatch, GroupMembership, JoinRequest } from './groups.js';
import { type ConsumerSources, consumerOf, positionsIn } from './group-reading.js';
import { type MembershipSources, MembershipWatch } from './membership-watch.js';
import { syncPositions } from './refused-sync.js';

export interface Entered {
  readonly memberId: string;
  readonly file: MemberFile;
  readonly state: GroupState;
  readonly taken: readonly PendingBatch[];
}

export class DirectoryMembership implements GroupMembership {
  readonly #sources: MembershipSources;
  readonly #request: JoinRequest;
  readonly #watch: MembershipWatch;
  readonly #taken: PendingBatch[];
  #memberId: string;
  #file: MemberFile;
  #state: GroupState;
  #rebalance = new AbortController();
  #failure: { readonly error: unknown } | undefined;
  #hasLeft = false;
  readonly #toldWaiting = new Set<string>();
  /** Joins anew; set by whoever made this object. */
  readonly #enter: () => Promise<Entered>;

  constructor(
    sources: MembershipSources,
    request: JoinRequest,
    entered: Entered,
    enter: () => Promise<Entered>,
  ) {
    this.#sources = sources;
    this.#request = request;
    this.#enter = enter;
    this.#memberId = entered.memberId;
    this.#file = entered.file;
    this.#state = entered.state;
    this.#taken = [...entered.taken];
    this.#watch = new MembershipWatch(sources, {
      group: request.group,
      follows: request.kind === 'follow',
      sessionTimeoutMs: request.sessionTimeoutMs,
      memberId: () => this.#memberId,
      heartbeat: () => {
        this.#file.heartbeat();
      },
      onMustRebalance: () => {
        this.#rebalance.abort();
      },
      onFailure: (error) => {
        this.#failure ??= { error };
        this.#rebalance.abort();
      },
    });
  }

  get memberId(): string {
    return this.#memberId;
  }

  get generation(): number {
    return findMember(this.#state, this.#memberId)?.generation ?? this.#state.generation;
  }

  get partitions(): readonly TopicPartition[] {
    return findMember(this.#state, this.#memberId)?.owned ?? [];
  }

  get mustRebalance(): AbortSignal {
    return this.#rebalance.signal;
  }

  get lockDescriptor(): number | undefined {
    return this.#file.descriptor;
  }

  noteChild(pid: number | undefined): void {
    this.#file.noteChild(pid === undefined ? undefined : identify(pid));
  }

  async rebalance(): Promise<boolean> {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#file.heartbeat();
    await this.#change((state) => {
      // What is asked for from here on is about the state that comes out of this.
      this.#rebalance = new AbortController();
      if (findMember(state, this.#memberId) === undefined) return state;
      const sources = this.#entranceSources();
      const others = withoutLost(state, sources, this.#memberId);
      const present = withFirstPositions(others, this.#request, sources);
      const table = tableOf(present, sources.logs);
      const settled = reconcile(withTargets(present, table), this.#memberId, table);
      return this.#request.repeatsBatches ? settled : this.#adopt(settled, table);
    });
    if (findMember(this.#state, this.#memberId) !== undefined) return true;
    const { memberId, file, state, taken } = await this.#enter();
    this.#file.remove();
    this.#memberId = memberId;
    this.#file = file;
    this.#state = state;
    this.#taken.splice(0, Infinity, ...taken);
    return false;
  }

  /** Batches that a member left behind which repeated them; this one reads on from the positions. */
  #adopt(state: GroupState, table: TopicTable): GroupState {
    let adopted = state;
    for (;;) {
      const step = takePending(adopted, this.#memberId, table);
      if (step === undefined) return adopted;
      adopted = withoutAttempt(step);
    }
  }

  async nextPending(): Promise<GroupBatch | undefined> {
    const taken = this.#taken.shift();
    if (taken !== undefined) return taken;
    let batch: PendingBatch | undefined;
    await this.#change((state) => {
      checkOwned(state, this.#memberId, []);
      const sources = this.#entranceSources();
      const present = withoutLost(state, sources, this.#memberId);
      const step = takePending(present, this.#memberId, tableOf(present, sources.logs));
      batch = step?.batch;
      return step?.state ?? state;
    });
    return batch;
  }

  /** What this member is to have and cannot get, because of a batch that somebody else must repeat. */
  #tellWaiting(): void {
    const wanted = new Set(findMember(this.#state, this.#memberId)?.target.map(partitionKey));
    for (const batch of this.#state.pending) {
      const isOther = isOrphan(this.#state, batch) && !this.#toldWaiting.has(batch.id);
      if (!isOther || !sharesPartition(batch, wanted)) continue;
      this.#toldWaiting.add(batch.id);
      this.#request.warnOfWaiting(batch);
    }
  }

  async openConsumer(plan: ConsumePlan): Promise<Consumer> {
    this.#tellWaiting();
    const sources = this.#consumerSources();
    this.#checkTopics(this.partitions, sources.logs);
    const { places, gaps } = positionsIn(this.#state, this.partitions, this.#request, sources);
    if (gaps.length > 0) {
      await this.#move(
        gaps.map(({ newPosition: offset, ...place }) => ({ ...place, offset, leaderEpoch: -1 })),
        'gap',
      );
      for (const gap of gaps) this.#request.warnOfGap(gap);
    }
    return consumerOf(places, plan, sources);
  }

  async openBatch({ ranges }: BatchRanges, plan: ConsumePlan): Promise<Consumer> {
    const sources = this.#consumerSources();
    this.#checkTopics(ranges, sources.logs);
    return Promise.resolve(
      consumerOf(
        ranges.map(({ topic, partition, firstOffset, endOffset }) => ({
          topic,
          partition,
          fromOffset: firstOffset,
          untilOffset: endOffset,
        })),
        plan,
        sources,
      ),
    );
  }

  async begin(positions: readonly ReadPosition[]): Promise<GroupBatch> {
    const ranges = this.#rangesUpTo(positions);
    assert(ranges.length > 0, 'a batch has records');
    await this.#sync(ranges.map((range) => ({ ...range, offset: range.endOffset })));
    const { env } = this.#sources;
    const batch = {
      id: randomNonce(),
      attempt: 1,
      ranges,
      createdMs: env.now(),
      memberId: this.#memberId,
    };
    await this.#change((state) => {
      checkOwned(state, this.#memberId, ranges);
      return { ...state, pending: [...state.pending, batch] };
    });
    return batch;
  }

  async retry(batch: GroupBatch): Promise<GroupBatch> {
    return this.#withAttempt(batch, batch.attempt + 1);
  }

  async uncount(batch: GroupBatch): Promise<void> {
    await this.#withAttempt(batch, batch.attempt - 1);
  }

  async #withAttempt(batch: GroupBatch, attempt: number): Promise<GroupBatch> {
    await this.#change((state) => {
      const own = this.#ownPending(state, batch);
      const changed = { ...own, attempt };
      return { ...state, pending: state.pending.map((each) => (each === own ? changed : each)) };
    });
    return { ...batch, attempt };
  }

  async confirm(batch: GroupBatch): Promise<void> {
    await this.#change((state) => {
      this.#ownPending(state, batch);
      return state;
    });
  }

  async finish(batch: GroupBatch): Promise<MovedOffset[]> {
    const { env } = this.#sources;
    let moved: MovedOffset[] = [];
    await this.#change((state) => {
      const { ranges } = this.#ownPending(state, batch);
      const offsets = ranges.map((range) =>
        committedAt(range, { offset: range.endOffset, committedMs: env.now() }),
      );
      const result = applyMove(state, offsets, {
        reason: 'consume',
        memberId: this.#memberId,
        atMs: env.now(),
        finishing: batch.id,
        merge: true,
      });
      moved = result.moved;
      return result.state;
    });
    return moved;
  }

  async commit(positions: readonly ReadPosition[]): Promise<MovedOffset[]> {
    return this.#move(positions, 'consume');
  }

  async #move(
    positions: readonly ReadPosition[],
    reason: 'consume' | 'gap',
  ): Promise<MovedOffset[]> {
    const { env } = this.#sources;
    const logs = this.#sources.openLogs();
    const news = positions.filter(
      (place) => committedOffset(this.#state, place)?.offset !== place.offset,
    );
    if (news.length === 0) return [];
    this.#checkTopics(news, logs);
    await this.#sync(news);
    const offsets = news.map(({ topic, partition, offset, leaderEpoch }) => {
      const stands = this.#committed({ topic, partition });
      return committedAt(stands, { offset, leaderEpoch, committedMs: env.now() });
    });
    let moved: MovedOffset[] = [];
    await this.#change((state) => {
      checkOwned(state, this.#memberId, offsets);
      const result = applyMove(state, offsets, {
        reason,
        memberId: this.#memberId,
        atMs: env.now(),
        merge: reason === 'consume',
      });
      moved = result.moved;
      return result.state;
    });
    return moved;
  }

  async leave(): Promise<void> {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#watch.close();
    try {
      await this.#change((state) => {
        if (findMember(state, this.#memberId) === undefined) return state;
        const table = tableOf(state, this.#sources.openLogs());
        return withoutMembers(state, [this.#memberId], { atMs: this.#sources.env.now(), table });
      });
    } finally {
      this.#file.remove();
    }
  }

  /** ILLEGAL_GENERATION if the batch is not this member's any more. */
  #ownPending(state: GroupState, batch: GroupBatch): PendingBatch {
    checkOwned(state, this.#memberId, batch.ranges);
    const found = state.pending.find(({ id }) => id === batch.id);
    if (found?.memberId === this.#memberId) return found;
    throw new CoreError('ILLEGAL_GENERATION', `batch ${batch.id} was given up or taken over`, {
      details: { group: state.group, batch: batch.id },
    });
  }

  #rangesUpTo(positions: readonly ReadPosition[]): BatchRange[] {
    return positions.flatMap(({ topic, partition, offset }) => {
      const { topicId, offset: firstOffset } = this.#committed({ topic, partition });
      return offset <= firstOffset
        ? []
        : [{ topic, topicId, partition, firstOffset, endOffset: offset }];
    });
  }

  #committed(place: TopicPartition): CommittedOffset {
    const found = committedOffset(this.#state, place);
    assert(found !== undefined, 'what is read has a position');
    return found;
  }

  /** UNKNOWN_TOPIC_ID where a topic is another than the one that the group stands in. */
  #checkTopics(places: readonly TopicPartition[], logs: GroupLogs): void {
    for (const place of places) {
      const stands = this.#committed(place);
      if (logs.find(place.topic)?.topic.topicId === stands.topicId) continue;
      throw anotherTopic(this.#request.group, stands);
    }
  }

  async #sync(positions: readonly (TopicPartition & { readonly offset: number })[]): Promise<void> {
    const { openLogs, wait } = this.#sources;
    await syncPositions(positions, { logs: openLogs(), wait });
  }

  async #change(change: (state: GroupState) => GroupState): Promise<void> {
    const { store, wait } = this.#sources;
    const { group } = this.#request;
    try {
      this.#state = await store.change(group, wait(), change);
    } catch (error) {
      if (!isCoreError(error, 'INTERRUPTED')) throw error;
      // What was confirmed before the stop is still written down, if that takes no waiting.
      this.#state = await store.change(group, wait(), change);
    }
  }

  #entranceSources(): EntranceSources {
    const { env, liveness, openLogs } = this.#sources;
    return { env, liveness, logs: openLogs() };
  }

  #consumerSources(): ConsumerSources {
    return { env: this.#sources.env, logs: this.#sources.openLogs() };
  }
}
