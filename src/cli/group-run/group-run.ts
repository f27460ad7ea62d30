/** `consume -g`: one run of a member, from joining to leaving. */
import { CoreError, isCoreError } from '../../core/errors.js';
import type {
  Cluster,
  ConsumeTarget,
  GroupMembership,
  Groups,
  JoinRequest,
  MovedOffset,
  PositionGap,
} from '../../core/index.js';
import type { RecordPrinter } from '../../view/records/record-printer.js';
import { positionGapText, waitingText } from '../../view/consume-view.js';
import { movedText } from '../../view/group-move.js';
import type { ConsumeOutput } from '../consume/consume-output.js';
import type { Variables } from '../data-directory-path.js';
import { isReaderGone } from '../reader-gone.js';
import type { Voice } from '../voice.js';
import type { GroupRunPlan } from './group-run-plan.js';

export interface GroupRun {
  readonly cluster: Cluster;
  readonly groups: Groups;
  readonly plan: GroupRunPlan;
  readonly targets: readonly ConsumeTarget[];
  readonly stop: AbortSignal;
  /** Whether signals of a terminal reach us and a command alike. */
  readonly isTerminal: boolean;
  /** The process's environment. */
  readonly variables: Variables;
  readonly voice: Voice;
  readonly output: ConsumeOutput;
  /** For the output. */
  openPrinter(): RecordPrinter;
  /** For a command's stdin. */
  openBatchPrinter(): RecordPrinter;
}

export function warnOfGap({ plan, voice }: GroupRun): (gap: PositionGap) => void {
  return (gap) => {
    voice.warn(positionGapText(plan.join.group, gap));
  };
}

/**
 * Joins, works, leaves; undefined if the group is busy and that is fine. DELIVERY_UNCONFIRMED when the
 * reader of the output goes away: only the whole counts as delivered.
 */
export async function asMember<T>(
  run: GroupRun,
  work: (member: GroupMembership) => Promise<T>,
): Promise<T | undefined> {
  const member = await join(run);
  if (member === undefined) return undefined;
  let result: T;
  try {
    result = await confirming(run, () => work(member));
  } catch (error) {
    // What went wrong first is what is to be known.
    await member.leave().catch(() => undefined);
    throw error;
  }
  await member.leave();
  return result;
}

async function join(run: GroupRun): Promise<GroupMembership | undefined> {
  const { plan, groups, voice, targets } = run;
  const { group } = plan.join;
  const request: JoinRequest = {
    ...plan.join,
    targets,
    warnOfGap: warnOfGap(run),
    warnOfWaiting: (batch) => {
      voice.warn(waitingText(group, batch));
    },
  };
  try {
    return await groups.join(request);
  } catch (error) {
    const isOthers = isCoreError(error, 'BUSY') || isCoreError(error, 'UNRELEASED_INSTANCE_ID');
    if (!isOthers || !plan.skipsIfBusy) throw error;
    voice.noteOnTerminal(`${error.message}: skipped`);
    return undefined;
  }
}

/** A reader that has gone is quiet elsewhere; here it means that the position stays where it is. */
export async function confirming<T>(
  { plan }: Pick<GroupRun, 'plan'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isReaderGone(error)) throw error;
    const { group } = plan.join;
    throw new CoreError(
      'DELIVERY_UNCONFIRMED',
      `the reader of the output has gone: group ${group} stays where it is`,
      { details: { group } },
    );
  }
}

/** After a rebalance: what the member has now, and whether it had to join anew. */
export function tellAssignment(
  { plan, voice }: GroupRun,
  { generation, partitions }: GroupMembership,
  { isStillIn }: { readonly isStillIn: boolean },
): void {
  if (!isStillIn) {
    voice.warn(`this member was left out of group ${plan.join.group}, and has joined it anew`);
  }
  const names = partitions.map(({ topic, partition }) => `${topic}:${partition}`);
  voice.verbose(`generation ${generation}: ${names.join(' ') || 'no partitions'}`);
}

export function announce({ plan, voice }: GroupRun, moved: readonly MovedOffset[]): void {
  const text = movedText(plan.join.group, moved, { reason: 'consume' });
  if (text !== undefined) voice.noteOnTerminal(text);
}
