/**
 * What a member does beside its work: it lets the others know that it lives, and finds out when its
 * partitions are to change: by the group's file changing, by the death of another member, and by topics
 * getting partitions. Each member looks after one other, the next in the list, so that a hundred of them
 * cost a hundred looks and not ten thousand.
 */
import { isCoreError } from '../errors.js';
import { ChangeWatcher } from '../fs/change-watcher.js';
import type { Environment } from '../fs/environment.js';
import { monotonicMs, startTimer } from '../fs/timer.js';
import { type GroupState, findMember } from '../group/group-state.js';
import type { GroupStore } from '../group/group-store.js';
import { mustReconcile } from '../group/reconciliation.js';
import { withTargets } from '../group/targets.js';
import type { LockWait } from '../log/log-lock.js';
import { tableOf, withoutLost } from './group-entrance.js';
import type { GroupLiveness } from './group-liveness.js';
import type { GroupLogs } from './group-logs.js';

/** A killed member's partitions are to be taken over within two seconds. */
const LOOK_MS = 500;
/** Kafka: heartbeat.interval.ms; a third of the session timeout where that is less. */
const HEARTBEAT_MS = 3000;
const TOPICS_MS = 5000;

export interface MembershipSources {
  readonly env: Environment;
  readonly store: GroupStore;
  readonly liveness: GroupLiveness;
  /** Looks at the logs as they are at the time of the call. */
  readonly openLogs: () => GroupLogs;
  readonly wait: () => LockWait;
}

export interface WatchedMember {
  readonly group: string;
  /** A batch run only lets itself be heard. */
  readonly follows: boolean;
  readonly sessionTimeoutMs: number;
  /** Changes when the member was left out and joined anew. */
  memberId(): string;
  heartbeat(): void;
  onMustRebalance(): void;
  /** The watch has failed, and is over. */
  onFailure(error: unknown): void;
}

export class MembershipWatch {
  readonly #sources: MembershipSources;
  readonly #member: WatchedMember;
  readonly #watcher: ChangeWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #heartbeatAt = monotonicMs();
  #topicsAt = monotonicMs();
  #isClosed = false;

  constructor(sources: MembershipSources, member: WatchedMember) {
    this.#sources = sources;
    this.#member = member;
    if (member.follows) {
      this.#watcher = new ChangeWatcher([sources.store.folder(member.group)]);
      void this.#follow(this.#watcher);
    } else {
      this.#beat();
    }
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  #beat(): void {
    this.#timer = startTimer(() => {
      try {
        this.#member.heartbeat();
        this.#beat();
      } catch (error) {
        this.#member.onFailure(error);
      }
    }, this.#heartbeatMs);
    // A run that has nothing left to do is not kept alive by it.
    this.#timer?.unref();
  }

  get #heartbeatMs(): number {
    return Math.min(HEARTBEAT_MS, this.#member.sessionTimeoutMs / 3);
  }

  async #follow(watcher: ChangeWatcher): Promise<void> {
    try {
      for (;;) {
        const result = await watcher.wait(LOOK_MS);
        if (this.isClosed) return;
        if (result === 'changed') this.#lookAtState();
        await this.#look();
      }
    } catch (error) {
      if (!this.isClosed) this.#member.onFailure(error);
    }
  }

  async #look(): Promise<void> {
    const now = monotonicMs();
    if (now - this.#heartbeatAt >= this.#heartbeatMs) {
      this.#heartbeatAt = now;
      this.#member.heartbeat();
      // A file system that tells nobody of changes is looked at all the same.
      this.#lookAtState();
    }
    await this.#lookAfterNeighbour();
    if (now - this.#topicsAt < TOPICS_MS) return;
    this.#topicsAt = now;
    await this.#lookAtTopics();
  }

  #lookAtState(): void {
    const state = this.#sources.store.read(this.#member.group);
    const memberId = this.#member.memberId();
    // Left out while it was silent; or the whole group was deleted then.
    const isIn = state !== undefined && findMember(state, memberId) !== undefined;
    if (!isIn || mustReconcile(state, memberId)) this.#member.onMustRebalance();
  }

  async #lookAfterNeighbour(): Promise<void> {
    const members = this.#sources.store.read(this.#member.group)?.members ?? [];
    const at = members.findIndex(({ memberId }) => memberId === this.#member.memberId());
    const next = members[(at + 1) % members.length];
    if (at === -1 || next === undefined || members.length === 1) return;
    if (!this.#sources.liveness.isLost(next)) return;
    await this.#change((state, logs) => withoutLost(state, { ...this.#sources, logs }));
  }

  async #lookAtTopics(): Promise<void> {
    const logs = this.#sources.openLogs();
    const state = this.#sources.store.read(this.#member.group);
    if (state === undefined || withTargets(state, tableOf(state, logs)) === state) return;
    await this.#change((found) => withTargets(found, tableOf(found, logs)));
  }

  /** Whoever else holds the lock for long will do the same, or the next look will. */
  async #change(change: (state: GroupState, logs: GroupLogs) => GroupState): Promise<void> {
    const { store, wait, openLogs } = this.#sources;
    const logs = openLogs();
    try {
      await store.change(this.#member.group, wait(), (state) => change(state, logs));
    } catch (error) {
      if (!isCoreError(error, 'BUSY') && !isCoreError(error, 'INTERRUPTED')) throw error;
    }
    this.#lookAtState();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }
}
