/**
 * Groups as `--json` shows them: exact numbers, times in RFC 3339 UTC, spans in milliseconds. These types
 * are a contract: fields are only ever added.
 */
import type {
  BatchRange,
  GroupDescription,
  GroupPartition,
  MemberDescription,
  PendingDescription,
  TopicPartition,
} from '../core/index.js';
import { utcMoment } from './group-time.js';

export interface GroupPartitionDocument {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** The next one to read. */
  readonly committedOffset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly committedAt: string | null;
  /** null: there is no such topic or partition any more, and so for the rest. */
  readonly logStartOffset: number | null;
  /** Exclusive. */
  readonly logEndOffset: number | null;
  /** Records yet to be read, of those that are kept. */
  readonly lag: number | null;
  /** Age of the oldest of them; 0: everything was read. */
  readonly lagMs: number | null;
  /** Who has the partition now. */
  readonly memberId: string | null;
  readonly problem: GroupPartition['problem'];
}

export interface MemberDocument {
  readonly memberId: string;
  /** The name that a static member keeps over restarts. */
  readonly instanceId: string | null;
  readonly kind: MemberDescription['kind'];
  readonly assignor: string;
  readonly pid: number;
  readonly command: string;
  /** The command that it runs for a batch. */
  readonly childPid: number | null;
  readonly since: string | null;
  readonly heartbeat: string | null;
  readonly isAlive: boolean;
  readonly generation: number;
  readonly partitions: readonly TopicPartition[];
}

export interface PendingDocument {
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly ranges: readonly BatchRange[];
  readonly since: string | null;
  /** Who works on it; null: the next run repeats it. */
  readonly memberId: string | null;
}

/** What there is to say of a group in one line. */
export interface GroupSummaryDocument {
  readonly group: string;
  readonly state: GroupDescription['state'];
  readonly generation: number;
  /** Of its living members. */
  readonly memberCount: number;
  readonly topics: readonly string[];
  /** Over all partitions whose lag is known. */
  readonly lag: number;
  /** The largest of all partitions. */
  readonly lagMs: number;
  readonly pendingCount: number;
  /** Partitions whose position does not mean what it says. */
  readonly problemCount: number;
  readonly lastActive: string | null;
}

export interface GroupDocument extends GroupSummaryDocument {
  readonly partitions: readonly GroupPartitionDocument[];
  readonly members: readonly MemberDocument[];
  readonly pending: readonly PendingDocument[];
}

export function groupSummaryDocument(description: GroupDescription): GroupSummaryDocument {
  const { group, state, generation, lastActiveMs, partitions, members, pending } = description;
  return {
    group,
    state,
    generation,
    memberCount: members.filter(({ isAlive }) => isAlive).length,
    topics: [...new Set(partitions.map(({ topic }) => topic))],
    lag: partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
    lagMs: partitions.reduce((most, { lagMs }) => Math.max(most, lagMs ?? 0), 0),
    pendingCount: pending.length,
    problemCount: partitions.filter(({ problem }) => problem !== null).length,
    lastActive: utcMoment(lastActiveMs),
  };
}

export function groupDocument(description: GroupDescription): GroupDocument {
  return {
    ...groupSummaryDocument(description),
    partitions: description.partitions.map(partitionDocument),
    members: description.members.map(memberDocument),
    pending: description.pending.map(pendingDocument),
  };
}

function partitionDocument(partition: GroupPartition): GroupPartitionDocument {
  const { topic, topicId, committedOffset, leaderEpoch, metadata, committedMs } = partition;
  const { logStartOffset, logEndOffset, lag, lagMs, memberId, problem } = partition;
  return {
    topic,
    topicId,
    partition: partition.partition,
    committedOffset,
    leaderEpoch,
    metadata,
    committedAt: utcMoment(committedMs),
    logStartOffset,
    logEndOffset,
    lag,
    lagMs,
    memberId,
    problem,
  };
}

function memberDocument(member: MemberDescription): MemberDocument {
  const { memberId, instanceId, kind, assignor, pid, command, childPid } = member;
  return {
    memberId,
    instanceId,
    kind,
    assignor,
    pid,
    command,
    childPid,
    since: utcMoment(member.sinceMs),
    heartbeat: utcMoment(member.heartbeatMs),
    isAlive: member.isAlive,
    generation: member.generation,
    partitions: member.partitions,
  };
}

export function pendingDocument(batch: PendingDescription): PendingDocument {
  const { id, attempt, ranges, createdMs, memberId } = batch;
  return { id, attempt, ranges, since: utcMoment(createdMs), memberId };
}
