/** From the flags of `consume -g` to what is to be done, before anything is opened. */
import type { AssignorName, ConsumePlan, JoinRequest } from '../../core/index.js';
import { type ConsumeFlags, planConsume } from '../consume/consume-plan.js';
import type { ChildCommand } from '../exec/child-command.js';
import type { IfBusy } from '../grammar/if-busy.js';
import { invalidArgument } from '../grammar/invalid-argument.js';
import { parsePosition } from '../grammar/position.js';

export interface GroupRunFlags extends ConsumeFlags {
  readonly group?: string | undefined;
  readonly initial?: string | undefined;
  readonly 'on-gap'?: 'earliest' | 'latest' | 'fail' | undefined;
  readonly peek: boolean;
  readonly receipt?: string | undefined;
  readonly 'if-busy'?: IfBusy | undefined;
  readonly members?: number | undefined;
  readonly assignor?: AssignorName | undefined;
  readonly 'member-id'?: string | undefined;
  readonly 'session-timeout'?: number | undefined;
  readonly exec?: string | undefined;
  readonly each: boolean;
  readonly 'as-file': boolean;
  readonly timeout?: number | undefined;
  readonly retries?: number | undefined;
  readonly backoff?: number | undefined;
  readonly 'dead-letter'?: string | undefined;
  readonly after?: number | undefined;
  readonly every?: number | undefined;
  readonly 'dry-run': boolean;
  readonly output?: string | undefined;
  readonly 'fail-if-empty': boolean;
}

export interface BatchPlan {
  readonly command: ChildCommand;
  readonly each: boolean;
  readonly asFile: boolean;
  readonly timeoutMs: number | undefined;
  readonly retries: number;
  readonly backoffMs: number;
  readonly deadLetter: { readonly topic: string; readonly after: number } | undefined;
  /** How long a following run collects a batch; 0: it takes what is there. */
  readonly everyMs: number;
}

export interface GroupRunPlan {
  readonly consume: ConsumePlan;
  readonly join: Omit<JoinRequest, 'targets' | 'warnOfGap' | 'warnOfWaiting'>;
  /** undefined: the records go to the output. */
  readonly batch: BatchPlan | undefined;
  readonly receipt: string | undefined;
  /** The group is not moved. */
  readonly isPeek: boolean;
  readonly isDryRun: boolean;
  readonly skipsIfBusy: boolean;
}

const SESSION_TIMEOUT_MS = 45_000;
const MIN_SESSION_TIMEOUT_MS = 1000;
/** Kafka: group.max.session.timeout.ms. */
const MAX_SESSION_TIMEOUT_MS = 1_800_000;
const BACKOFF_MS = 1000;

/** What means nothing without a group. */
const NEEDS_GROUP = [
  'initial', 'on-gap', 'peek', 'receipt', 'if-busy', 'members', 'assignor', 'member-id',
  'session-timeout', 'exec', 'each', 'as-file', 'timeout', 'retries', 'backoff', 'dead-letter', 'after',
  'every', 'dry-run',
] as const; // prettier-ignore
/** A group has a position of its own. */
const EXCLUDES_GROUP = [
  'from',
  'from-offset',
  'from-time',
  'from-beginning',
  'last',
  'clamp',
] as const;
const NEEDS_COMMAND = [
  'each', 'as-file', 'timeout', 'retries', 'backoff', 'dead-letter', 'after', 'every',
] as const; // prettier-ignore
const EXCLUDES_FOLLOW = [
  'peek',
  'receipt',
  'dry-run',
  'members',
  'partition',
  'fail-if-empty',
] as const;
const EXCLUDES_COMMAND = ['output', 'peek', 'receipt'] as const;

/** Of a range, or with `-g` of a group. INVALID_ARGUMENT for flags that do not go together. */
export function planRun(
  flags: GroupRunFlags,
  child: readonly string[] | undefined,
  nowMs: number,
): ConsumePlan | GroupRunPlan {
  if (flags.group !== undefined) return planGroupRun(flags, child, nowMs);
  checkNoGroupFlags(flags, child);
  return planConsume(flags, nowMs);
}

function checkNoGroupFlags(flags: GroupRunFlags, child: readonly string[] | undefined): void {
  for (const name of NEEDS_GROUP) {
    if (isSet(flags[name])) throw needsGroup(`--${name}`);
  }
  if (child !== undefined) throw needsGroup('a command after --');
}

function needsGroup(what: string): Error {
  return invalidArgument(
    `${what} is for reading as a group`,
    'name one: -g GROUP; it remembers how far it has read',
  );
}

function planGroupRun(
  flags: GroupRunFlags,
  child: readonly string[] | undefined,
  nowMs: number,
): GroupRunPlan {
  refuse(
    flags,
    EXCLUDES_GROUP,
    '-g',
    'a group has its own position; --initial says where a new one begins',
  );
  if (flags.peek && flags.receipt !== undefined) throw excludes('--peek', '--receipt');
  if (flags.receipt === '-') {
    throw invalidArgument('--receipt needs a file: the records go to standard output');
  }
  checkSessionTimeout(flags['session-timeout']);
  if (flags.follow) refuse(flags, EXCLUDES_FOLLOW, '-f with -g', undefined);
  const batch = planBatch(flags, child);
  if (batch === undefined) refuseWithout(flags);
  const { group = '' } = flags;
  return {
    consume: planConsume(flags, nowMs),
    join: {
      group,
      initial: parsePosition(flags.initial ?? 'start', { now: nowMs }),
      onGap: flags['on-gap'] ?? 'earliest',
      kind: flags.follow ? 'follow' : 'batch',
      members: flags.members ?? 1,
      instanceId: flags['member-id'],
      assignor: flags.assignor ?? 'cooperative-sticky',
      sessionTimeoutMs: flags['session-timeout'] ?? SESSION_TIMEOUT_MS,
      repeatsBatches: batch !== undefined,
      busyWaitMs: flags['if-busy']?.waitMs ?? 0,
    },
    batch,
    receipt: flags.receipt,
    isPeek: flags.peek,
    isDryRun: flags['dry-run'],
    skipsIfBusy: flags['if-busy']?.kind === 'skip',
  };
}

/** Shorter, and every stall is a death; for ever, and a stopped member keeps its partitions. */
function checkSessionTimeout(timeoutMs = SESSION_TIMEOUT_MS): void {
  if (timeoutMs >= MIN_SESSION_TIMEOUT_MS && timeoutMs <= MAX_SESSION_TIMEOUT_MS) return;
  throw invalidArgument('--session-timeout can be from 1s to 30m');
}

/** For reading a batch again: its ranges are the limits. */
export function wholeBatch(plan: ConsumePlan): ConsumePlan {
  return { ...plan, maxRecords: Infinity, maxBytes: Infinity, follow: false, until: undefined };
}

function planBatch(
  flags: GroupRunFlags,
  child: readonly string[] | undefined,
): BatchPlan | undefined {
  if (flags.exec !== undefined && child !== undefined)
    throw excludes('--exec', 'a command after --');
  if (flags.exec === undefined && child === undefined) return undefined;
  if (child?.length === 0) throw invalidArgument('there is no command after --');
  if (flags.exec?.trim() === '') throw invalidArgument('--exec: the command is empty');
  refuse(flags, EXCLUDES_COMMAND, 'a command', undefined);
  if (flags.timeout === 0) throw invalidArgument('--timeout: no command can be that quick');
  if (flags.every !== undefined && !flags.follow) {
    throw invalidArgument('--every collects batches while following', 'add -f, or leave it out');
  }
  const { after, 'dead-letter': topic } = flags;
  if ((after === undefined) !== (topic === undefined)) {
    throw invalidArgument(
      '--dead-letter and --after go together',
      'like --dead-letter orders-dead --after 5',
    );
  }
  return {
    command:
      flags.exec === undefined
        ? { kind: 'argv', words: child ?? [] }
        : { kind: 'shell', text: flags.exec },
    each: flags.each,
    asFile: flags['as-file'],
    timeoutMs: flags.timeout,
    retries: flags.retries ?? 0,
    backoffMs: flags.backoff ?? BACKOFF_MS,
    deadLetter: topic === undefined || after === undefined ? undefined : { topic, after },
    everyMs: flags.every ?? 0,
  };
}

function refuseWithout(flags: GroupRunFlags): void {
  for (const name of NEEDS_COMMAND) {
    if (!isSet(flags[name])) continue;
    throw invalidArgument(`--${name} is for a command`, "give one: --exec 'CMD', or -- CMD ARGS");
  }
}

function refuse(
  flags: GroupRunFlags,
  names: readonly (keyof GroupRunFlags)[],
  beside: string,
  suggestion: string | undefined,
): void {
  const found = names.find((name) => isSet(flags[name]));
  if (found !== undefined) throw excludes(`--${found}`, beside, suggestion);
}

function excludes(one: string, other: string, suggestion?: string): Error {
  return invalidArgument(`${one} and ${other} exclude each other`, suggestion);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== false;
}
