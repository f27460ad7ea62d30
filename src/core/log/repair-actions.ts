/** A plan in words: one sentence for each thing that is done, in the order in which it is done. */
import { LOG_SUFFIX, segmentFileName, segmentPath } from '../segment/file-names.js';
import { LEADER_EPOCH_CHECKPOINT } from './leader-epoch-checkpoint.js';
import type { LogRepairPlan, RepairAction, RepairActionKind } from './repair-plan.js';
import type { Salvage } from './repair-salvage.js';

export function actionsOf(plan: Omit<LogRepairPlan, 'actions'>, directory: string): RepairAction[] {
  const actions: RepairAction[] = [];
  const add = (kind: RepairActionKind, file: string, text: string): void => {
    actions.push({ kind, file, text });
  };
  const logOf = (baseOffset: number): string => segmentPath(directory, baseOffset, LOG_SUFFIX);
  if (plan.hasLeftovers) {
    add('finish-interrupted-change', directory, 'an interrupted change is finished or taken back');
  }
  if (plan.newBaseOffset !== undefined) {
    add('begin-segment', logOf(plan.newBaseOffset), `the log goes on in a new segment`);
  }
  if (plan.cut !== undefined) {
    const { baseOffset, position } = plan.cut;
    const text = `an append that never finished is cut off at byte ${position} and kept beside it`;
    add('cut-tail', logOf(baseOffset), text);
  }
  for (const { salvage } of plan.rewrites) {
    add('replace-segment', logOf(salvage.baseOffset), rewriteText(salvage));
  }
  const stale = new Set([...plan.staleIndexes, ...sealed(plan.sealedBaseOffset)]);
  for (const baseOffset of [...stale].sort((a, b) => a - b)) {
    add('rebuild-indexes', logOf(baseOffset), 'its indexes are rebuilt');
  }
  if (plan.leaderEpochs !== undefined) {
    const file = `${directory}/${LEADER_EPOCH_CHECKPOINT}`;
    add('write-leader-epochs', file, 'written anew from the batches');
  }
  // A hole between segments needs nothing done, but to be known.
  if (actions.length === 0 && plan.losses.length > 0) {
    add('give-up-offsets', directory, 'the missing offsets are written down as lost');
  }
  return actions;
}

function sealed(baseOffset: number | undefined): number[] {
  return baseOffset === undefined ? [] : [baseOffset];
}

function rewriteText({ baseOffset, runs, badPlaces, mended }: Salvage): string {
  const parts: string[] = [];
  if (mended.length > 0) parts.push(`${counted(mended.length, 'header')} put right`);
  const bytes = badPlaces.reduce((sum, place) => sum + place.endPosition - place.position, 0);
  if (bytes > 0) parts.push(`${counted(bytes, 'damaged byte')} taken out and kept beside it`);
  const bases = segmentBases(baseOffset, runs);
  if (bases.length > 1) {
    const names = bases.slice(1).map((base) => segmentFileName(base, LOG_SUFFIX));
    parts.push(`it goes on in ${names.join(', ')}`);
  }
  return parts.join('; ');
}

/** Base offsets of the segments that a damaged one becomes; the first is always its own. */
export function segmentBases(
  baseOffset: number,
  runs: readonly { readonly firstOffset: number }[],
): number[] {
  const bases = runs.map(({ firstOffset }) => firstOffset);
  return bases[0] === baseOffset ? bases : [baseOffset, ...bases];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
