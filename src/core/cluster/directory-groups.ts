/** The consumer groups of a data directory. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCoreError } from '../errors.js';
import type { ConsumePlan } from '../consumer/consumer.js';
import { attempt } from './attempt.js';
import type { Environment } from '../fs/environment.js';
import { monotonicMs } from '../fs/timer.js';
import { applyMove, applyUndo, committedBy, removeOffsets } from '../group/group-moves.js';
import { type GroupState, committedOffset, emptyGroup } from '../group/group-state.js';
import { GroupStore } from '../group/group-store.js';
import { MemberFile, sweepMemberFiles } from '../group/member-file.js';
import type { LockWait } from '../log/log-lock.js';
import type { DataDirectory } from '../topic/data-directory.js';
import { randomNonce } from '../topic/nonce.js';
import type { OpenTopic } from '../topic/open-topic.js';
import { DirectoryMembership, type Entered } from './directory-membership.js';
import { describeGroup } from './group-description.js';
import { enterGroup, placesOf, withFirstPositions, withoutLost } from './group-entrance.js';
import { GroupLiveness } from './group-liveness.js';
import { GroupLogs } from './group-logs.js';
import { pendingOf, planOffsets, unknownGroup } from './group-move-plan.js';
import { consumerOf, positionsIn } from './group-reading.js';
import type {
  ExpiredOffsets,
  GroupDescription,
  GroupList,
  GroupMembership,
  GroupMove,
  GroupMovePlan,
  GroupReading,
  Groups,
  JoinRequest,
  ReadRequest,
} from './groups.js';
import type { MembershipSources } from './membership-watch.js';
import { writingDownRefusal } from './refused-sync.js';

/** For `lock-list.ts`: this module is loaded when a group is first asked for, and all of groups with it. */
export { groupLockFiles } from './group-lock-files.js';

const MINUTE_MS = 60_000;
/** Between two looks at a group that is busy. */
const BUSY_NAP_MS = 200;

export interface DirectoryGroupsOptions {
  openTopic(name: string): OpenTopic;
  wait(): LockWait;
  readonly stop: AbortSignal;
}

export class DirectoryGroups implements Groups {
  readonly #env: Environment;
  readonly #directory: DataDirectory;
  readonly #options: DirectoryGroupsOptions;
  readonly #store: GroupStore;
  readonly #logs: GroupLogs;

  constructor(env: Environment, directory: DataDirectory, options: DirectoryGroupsOptions) {
    this.#env = env;
    this.#directory = directory;
    this.#options = options;
    this.#store = new GroupStore(env, directory);
    this.#logs = this.#openLogs();
  }

  #openLogs(): GroupLogs {
    return new GroupLogs((name) => this.#options.openTopic(name));
  }

  list(): Promise<GroupList> {
    return attempt(() => {
      const { states, failures } = this.#store.list();
      return { names: states.map(({ group }) => group), failures };
    });
  }

  describe(group: string): Promise<GroupDescription> {
    return attempt(() => this.#describe(this.#read(group)));
  }

  #names(): string[] {
    return this.#store.list().states.map(({ group }) => group);
  }

  #describe(state: GroupState): GroupDescription {
    const membersFolder = this.#store.membersFolder(state.group);
    return describeGroup(state, { env: this.#env, logs: this.#logs, membersFolder });
  }

  #read(group: string): GroupState {
    const state = this.#store.read(group);
    if (state === undefined) throw unknownGroup(group, this.#names());
    return state;
  }

  planMove(group: string, move: GroupMove): Promise<GroupMovePlan> {
    return attempt(() =>
      this.#plan(move.kind === 'undo' ? this.#read(group) : this.#readOrNew(group), move),
    );
  }

  #readOrNew(group: string): GroupState {
    return this.#store.read(group) ?? emptyGroup(group);
  }

  #plan(state: GroupState, move: GroupMove): GroupMovePlan {
    const offsets = planOffsets(state, move, {
      logs: this.#logs,
      clusterId: this.#directory.clusterId,
      readState: (group) => this.#store.read(group),
      groupNames: () => this.#names(),
    });
    const cleared = new Set(pendingOf(state, offsets).map(({ id }) => id));
    const reason = reasonOf(move);
    const { pending } = this.#describe(state);
    return {
      group: state.group,
      reason,
      offsets,
      clearedPending: pending.filter(({ id }) => cleared.has(id)),
    };
  }

  async move(group: string, move: GroupMove): Promise<GroupMovePlan> {
    if (move.kind === 'undo' || move.kind === 'receipt') this.#read(group);
    let plan: GroupMovePlan | undefined;
    await this.#change(group, this.#logs, (found) => {
      const liveness = this.#liveness(group);
      const state = withoutLost(found, { env: this.#env, logs: this.#logs, liveness });
      plan = this.#plan(state, move);
      const busy = liveness.busyError('NON_EMPTY_GROUP', state, plan.offsets);
      if (busy !== undefined) throw busy;
      for (const { topic, partition, toOffset } of plan.offsets) {
        if (!this.#logs.has({ topic, partition })) continue;
        this.#logs.syncBefore({ topic, partition }, toOffset ?? 0);
      }
      const atMs = this.#env.now();
      if (move.kind === 'undo') return applyUndo(state, atMs)?.state ?? state;
      const commits = plan.offsets.flatMap((planned) => committedBy(planned, atMs) ?? []);
      return applyMove(state, commits, { reason: reasonOf(move), memberId: null, atMs }).state;
    });
    return plan as GroupMovePlan;
  }

  /** A change of a group's state that syncs what its positions stand on. */
  #change(
    group: string,
    logs: GroupLogs,
    change: (state: GroupState) => GroupState,
  ): Promise<GroupState> {
    const wait = (): LockWait => this.#options.wait();
    return writingDownRefusal({ logs, wait }, () => this.#store.change(group, wait(), change));
  }

  async delete(group: string): Promise<GroupDescription> {
    const described = this.#describe(this.#read(group));
    await this.#store.delete(group, this.#options.wait(), (state) => {
      const liveness = this.#liveness(group);
      const present = withoutLost(state, { env: this.#env, logs: this.#logs, liveness });
      const busy = liveness.busyError('NON_EMPTY_GROUP', present, undefined);
      if (busy !== undefined) throw busy;
    });
    return described;
  }

  #liveness(group: string): GroupLiveness {
    return new GroupLiveness(this.#env, this.#store.membersFolder(group));
  }

  async join(request: JoinRequest): Promise<GroupMembership> {
    const sources: MembershipSources = {
      env: this.#env,
      store: this.#store,
      liveness: this.#liveness(request.group),
      openLogs: () => this.#openLogs(),
      wait: () => this.#options.wait(),
    };
    const enter = (): Promise<Entered> => this.#enter(request, sources);
    return new DirectoryMembership(sources, request, await enter(), enter);
  }

  /** Again and again while others hold all, as long as the request has patience. */
  async #enter(request: JoinRequest, sources: MembershipSources): Promise<Entered> {
    const startedMs = monotonicMs();
    for (;;) {
      try {
        return await this.#tryToEnter(request, sources);
      } catch (error) {
        if (!isHeldByMember(error) || monotonicMs() - startedMs >= request.busyWaitMs) throw error;
      }
      await sleep(BUSY_NAP_MS, undefined, { signal: this.#options.stop }).catch(() => undefined);
      this.#options.stop.throwIfAborted();
    }
  }

  async #tryToEnter(request: JoinRequest, sources: MembershipSources): Promise<Entered> {
    const memberId = `${this.#env.owner.command}-${randomNonce()}`;
    const { group } = request;
    const membersFolder = this.#store.membersFolder(group);
    let file: MemberFile | undefined;
    let taken: Entered['taken'] = [];
    const logs = this.#openLogs();
    try {
      const state = await this.#change(group, logs, (found) => {
        const entrance = enterGroup(found, request, memberId, { ...sources, logs });
        taken = entrance.taken;
        this.#store.makeFolders(group);
        const path = join(membersFolder, memberId);
        file = MemberFile.create(this.#env, path, this.#directory.filePermissions);
        sweepMemberFiles(this.#env, membersFolder, idsOf(entrance.state));
        return entrance.state;
      });
      return { memberId, file: file as unknown as MemberFile, state, taken };
    } catch (error) {
      file?.remove();
      throw error;
    }
  }

  async read(request: ReadRequest, plan: ConsumePlan): Promise<GroupReading> {
    const logs = this.#openLogs();
    const begin = (state: GroupState): GroupState =>
      withFirstPositions(state, request, { env: this.#env, logs });
    const state = request.keepsFirstPositions
      ? await this.#change(request.group, logs, begin)
      : begin(this.#readOrNew(request.group));
    const sources = { env: this.#env, logs };
    const { places, gaps } = positionsIn(state, placesOf(request, logs), request, sources);
    for (const gap of gaps) request.warnOfGap(gap);
    const consumer = consumerOf(places, plan, sources);
    return {
      consumer,
      receipt: (records) => ({
        clusterId: this.#directory.clusterId,
        group: request.group,
        createdMs: this.#env.now(),
        records,
        ranges: consumer.positions.map(({ topic, partition, offset }) => ({
          topic,
          topicId: logs.topic(topic).topic.topicId,
          partition,
          firstOffset: committedOffset(state, { topic, partition })?.offset ?? 0,
          endOffset: offset,
        })),
      }),
    };
  }

  async expireOffsets(
    topic: string,
    { dryRun }: { readonly dryRun: boolean },
  ): Promise<ExpiredOffsets[]> {
    const retentionMs = this.#logs.topic(topic).config.offsetsRetentionMinutes * MINUTE_MS;
    if (retentionMs === Infinity) return [];
    const expired: ExpiredOffsets[] = [];
    const find = (state: GroupState): number[] => this.#expiredIn(state, topic, retentionMs);
    for (const found of this.#store.list().states) {
      const { group } = found;
      const partitions = find(found);
      if (partitions.length === 0) continue;
      expired.push({ group, topic, partitions });
      if (dryRun) continue;
      await this.#store.change(group, this.#options.wait(), (state) => {
        const places = find(state).map((partition) => ({ topic, partition }));
        return places.length === 0 ? state : removeOffsets(state, places);
      });
    }
    return expired;
  }

  /** Kafka counts from the last commit, and from when the group was left, whichever is later. */
  #expiredIn(state: GroupState, topic: string, retentionMs: number): number[] {
    const liveness = this.#liveness(state.group);
    const isInUse = state.members.some(({ memberId }) => liveness.isAlive(memberId));
    const offsets = state.offsets.filter((entry) => entry.topic === topic);
    if (isInUse || pendingOf(state, offsets).length > 0) return [];
    const oldestMs = this.#env.now() - retentionMs;
    if (state.lastActiveMs > oldestMs) return [];
    return offsets
      .filter(({ committedMs }) => committedMs <= oldestMs)
      .map(({ partition }) => partition);
  }
}

/** BUSY because of those who take part, not because of the lock of the group's file. */
function isHeldByMember(error: unknown): boolean {
  if (isCoreError(error, 'UNRELEASED_INSTANCE_ID')) return true;
  return isCoreError(error, 'BUSY') && error.details['memberId'] !== undefined;
}

function idsOf({ members }: GroupState): ReadonlySet<string> {
  return new Set(members.map(({ memberId }) => memberId));
}

function reasonOf(move: GroupMove): GroupMovePlan['reason'] {
  switch (move.kind) {
    case 'undo':
      return 'undo';
    case 'seek':
    case 'shift':
      return 'seek';
    case 'offsets':
      return move.clamp ? 'seek' : 'commit';
    case 'receipt':
      return 'commit';
  }
}
