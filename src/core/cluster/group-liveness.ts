/**
 * Who of a group's members still takes part. A member is dead when nobody holds the lock of its file:
 * neither the process nor the command that it runs. One that lives but has been silent for its session
 * timeout (stopped, hung) is left out too, unless its command still works on a batch.
 */
import { join } from 'node:path';
import { CoreError, type ErrorCode } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import { holderState, stoppedAdvice, timeText } from '../fs/lock-holder.js';
import { isAlive } from '../fs/process-identity.js';
import { type GroupMember, type GroupState, partitionKey } from '../group/group-state.js';
import { type MemberIdentity, isMemberAlive, readMemberFile } from '../group/member-file.js';
import type { TopicPartition } from '../topic/topic-partition.js';

export class GroupLiveness {
  readonly #env: Environment;
  readonly #folder: string;

  /** `folder`: of the member files. */
  constructor(env: Environment, folder: string) {
    this.#env = env;
    this.#folder = folder;
  }

  /** Members whose partitions are free for others now. A dead static one keeps them for a while. */
  lostMembers(state: GroupState): string[] {
    return state.members.filter((member) => this.isLost(member)).map(({ memberId }) => memberId);
  }

  isLost(member: GroupMember): boolean {
    const file = this.#read(member.memberId);
    const isSilent = this.#isSilent(member, file);
    if (!this.isAlive(member.memberId)) return member.instanceId === null || isSilent;
    // Where the process is gone and its lock is not, what it has started is still at work.
    return isSilent && !this.#hasChild(file) && !this.#isProcessGone(file);
  }

  /** False for certain death only. */
  isAlive(memberId: string): boolean {
    return isMemberAlive(this.#env, join(this.#folder, memberId));
  }

  /** By the clock that is never set, where it is the same one. A file that is not to be read says nothing. */
  #isSilent(
    { memberId, sessionTimeoutMs, sinceMs }: GroupMember,
    file: MemberIdentity | undefined,
  ): boolean {
    const env = this.#env;
    if (file === undefined)
      return !this.isAlive(memberId) && env.now() - sinceMs > sessionTimeoutMs;
    const silentMs =
      file.bootId === env.bootId
        ? env.uptimeMs() - file.heartbeatUptimeMs
        : env.now() - file.heartbeatMs;
    return silentMs > sessionTimeoutMs;
  }

  #isProcessGone(file: MemberIdentity | undefined): boolean {
    return file !== undefined && file.bootId === this.#env.bootId && !isAlive(file);
  }

  #hasChild(file: MemberIdentity | undefined): boolean {
    return file?.child != null && file.bootId === this.#env.bootId && isAlive(file.child);
  }

  #read(memberId: string): MemberIdentity | undefined {
    return readMemberFile(this.#env.fs, join(this.#folder, memberId));
  }

  /** Names who holds one of the places; all of the group without any. */
  busyError(
    code: ErrorCode,
    state: GroupState,
    places: readonly TopicPartition[] | undefined,
  ): CoreError | undefined {
    const keys = places && new Set(places.map(partitionKey));
    const isHeld = (place: TopicPartition): boolean => keys?.has(partitionKey(place)) ?? true;
    const holder = state.members.find(
      ({ owned, target }) => keys === undefined || owned.some(isHeld) || target.some(isHeld),
    );
    if (holder === undefined) return undefined;
    const { group } = state;
    const since = timeText(holder.sinceMs);
    const file = this.#read(holder.memberId);
    const message = this.isAlive(holder.memberId)
      ? `group ${group} is at work: ${this.#who(file)} since ${since}`
      : keptPlace(group, holder);
    return new CoreError(code, message, {
      ...this.#advice(file),
      details: {
        group,
        memberId: holder.memberId,
        pid: file?.pid ?? null,
        command: file?.command ?? null,
        childPid: file?.child?.pid ?? null,
        sinceMs: holder.sinceMs,
      },
    });
  }

  /** What is stopped holds up everybody else until somebody lets it go on. */
  #advice(file: MemberIdentity | undefined): { readonly suggestion?: string } {
    if (file === undefined || holderState(file, this.#env.bootId) !== 'stopped') return {};
    return { suggestion: stoppedAdvice(file.pid) };
  }

  #who(file: MemberIdentity | undefined): string {
    if (file === undefined) return 'another process';
    const run = `${file.command} (pid ${file.pid})`;
    if (file.bootId !== this.#env.bootId) return run;
    const isRunAlive = isAlive(file);
    if (!this.#hasChild(file)) return isRunAlive ? run : `what ${run} has started, itself gone,`;
    const command = `its command (pid ${file.child?.pid})`;
    return isRunAlive ? `${run} and ${command}` : `${run} was killed, but ${command} goes on,`;
  }
}

/** A static member that is gone has its partitions kept for a while. */
function keptPlace(group: string, { instanceId, sessionTimeoutMs }: GroupMember): string {
  const seconds = Math.ceil(sessionTimeoutMs / 1000);
  return `group ${group} keeps the partitions of its member ${instanceId}, who is gone, for up to ${seconds} s`;
}
