/** Whether groups keep within limits, as `--json` shows it, and as lines for a monitor's mail. */
import { formatDuration } from '../cli/grammar/duration.js';
import type { GroupDescription, GroupPartition, PendingDescription } from '../core/index.js';
import { escapeText } from './escape.js';
import { rangesText } from './group-batch.js';
import { groupDocument } from './group-document.js';
import { problemText } from './group-problem.js';
import { formatSpan } from './group-time.js';
import { formatCount, formatCounted } from './numbers.js';

/** undefined: not looked at. Spans in ms. */
export interface GroupLimits {
  readonly maxLag: number | undefined;
  readonly maxAgeMs: number | undefined;
  readonly maxIdleMs: number | undefined;
  /** Failed attempts of one batch. */
  readonly maxAttempts: number | undefined;
}

export interface ExceededLimit {
  /** `position`: one that means nothing, so that its lag cannot be told. */
  readonly limit: 'max-lag' | 'max-age' | 'max-idle' | 'max-attempts' | 'position';
  /** null: not known. */
  readonly value: number | null;
  readonly max: number | null;
  readonly text: string;
}

/** `--json` of `group check`: one for each group. */
export interface GroupCheckDocument {
  readonly group: string;
  readonly isWithinLimits: boolean;
  readonly lag: number;
  readonly lagMs: number;
  /** Since its last sign of life; null: there was none. */
  readonly idleMs: number | null;
  /** Of the batch that failed most often. */
  readonly failedAttempts: number;
  readonly exceeded: readonly ExceededLimit[];
}

export function groupCheckDocument(
  description: GroupDescription,
  limits: GroupLimits,
  nowMs: number,
): GroupCheckDocument {
  const { lag, lagMs } = groupDocument(description);
  const idleMs = idleTime(description, nowMs);
  const failed = description.pending.reduce((most, batch) => Math.max(most, failuresOf(batch)), 0);
  const exceeded = [
    ...exceededLag(description, lag, limits.maxLag),
    ...exceededAge(description, lagMs, limits.maxAgeMs),
    ...exceededIdle(idleMs, limits.maxIdleMs),
    ...exceededAttempts(description.pending, limits.maxAttempts),
    ...((limits.maxLag ?? limits.maxAgeMs) === undefined ? [] : lostPositions(description)),
  ];
  return {
    group: description.group,
    isWithinLimits: exceeded.length === 0,
    lag,
    lagMs,
    idleMs,
    failedAttempts: failed,
    exceeded,
  };
}

/** One line for each limit that a group is over; nothing for those that are fine. */
export function groupCheckView(checks: readonly GroupCheckDocument[]): string {
  return checks
    .flatMap(({ group, exceeded }) => exceeded.map(({ text }) => `${group}: ${text}`))
    .map((line) => `${escapeText(line)}\n`)
    .join('');
}

export function fineText({ group, lag, lagMs, idleMs }: GroupCheckDocument): string {
  const behind = lag === 0 ? '' : `, ${formatSpan(lagMs)} behind`;
  const active = idleMs === null ? 'never active' : `last active ${formatSpan(idleMs)} ago`;
  return `${group}: fine: lag ${formatCount(lag)}${behind}, ${active}`;
}

function exceededLag(
  { partitions }: GroupDescription,
  lag: number,
  max: number | undefined,
): ExceededLimit[] {
  if (max === undefined || lag <= max) return [];
  const most = largest(partitions, (place) => place.lag ?? 0);
  const share =
    most === undefined || partitions.length === 1
      ? ''
      : ` (${most.topic}:${most.partition} has most: ${formatCount(most.lag ?? 0)})`;
  const text = `lag ${formatCount(lag)} > ${formatCount(max)}${share}`;
  return [{ limit: 'max-lag', value: lag, max, text }];
}

function exceededAge(
  { partitions }: GroupDescription,
  lagMs: number,
  max: number | undefined,
): ExceededLimit[] {
  if (max === undefined || lagMs <= max) return [];
  const oldest = largest(partitions, (place) => place.lagMs ?? 0);
  const place =
    oldest === undefined || partitions.length === 1 ? '' : ` (${oldest.topic}:${oldest.partition})`;
  const text = `oldest unread record ${formatSpan(lagMs)} > ${formatDuration(max)}${place}`;
  return [{ limit: 'max-age', value: lagMs, max, text }];
}

function exceededIdle(idleMs: number | null, max: number | undefined): ExceededLimit[] {
  if (max === undefined || (idleMs ?? Infinity) <= max) return [];
  const text =
    idleMs === null ? 'was never active' : `idle ${formatSpan(idleMs)} > ${formatDuration(max)}`;
  return [{ limit: 'max-idle', value: idleMs, max, text }];
}

function exceededAttempts(
  pending: readonly PendingDescription[],
  max: number | undefined,
): ExceededLimit[] {
  if (max === undefined) return [];
  return pending.flatMap((batch) => {
    const value = failuresOf(batch);
    if (value < max) return [];
    const times = formatCounted(value, 'time');
    const text = `batch ${batch.id} failed ${times} (${rangesText(batch.ranges)})`;
    return [{ limit: 'max-attempts' as const, value, max, text }];
  });
}

/** Nobody knows how far behind these are, and silence would look like health. */
function lostPositions(description: GroupDescription): ExceededLimit[] {
  return groupDocument(description).partitions.flatMap((place) => {
    if (place.problem !== 'topic-recreated' && place.problem !== 'above-end') return [];
    const text = problemText(place) ?? '';
    return [{ limit: 'position' as const, value: null, max: null, text }];
  });
}

/** A living member that has nothing to read is not idle. */
function idleTime({ lastActiveMs, members }: GroupDescription, nowMs: number): number | null {
  const signs = members.filter(({ isAlive }) => isAlive).map(({ heartbeatMs }) => heartbeatMs);
  const lastMs = Math.max(lastActiveMs, ...signs);
  return lastMs <= 0 ? null : Math.max(0, nowMs - lastMs);
}

/** The attempt that somebody works on has not failed yet. */
function failuresOf({ attempt, memberId }: PendingDescription): number {
  return memberId === null ? attempt : attempt - 1;
}

function largest(
  partitions: readonly GroupPartition[],
  measure: (place: GroupPartition) => number,
): GroupPartition | undefined {
  return partitions.reduce<GroupPartition | undefined>(
    (most, place) => (most === undefined || measure(place) > measure(most) ? place : most),
    undefined,
  );
}
