/** Moves of positions: what is to happen, the question, and what has happened. */
import type { GroupMovePlan, MovedOffset } from '../core/index.js';
import { batchText } from './group-batch.js';
import type { PendingDocument } from './group-document.js';
import { pendingDocument } from './group-document.js';
import type { Look } from './look.js';
import { formatCount, formatCounted } from './numbers.js';
import { shellArgument } from './shell-word.js';
import { type Column, table } from './table.js';

export interface MovedPartition extends MovedOffset {
  /** Records that the position moves over, less than 0 backwards; null where one end is not known. */
  readonly change: number | null;
  /** What was asked for, where nothing of it is kept; null: it is as asked. */
  readonly clampedFrom: number | null;
}

/** `--json` of `group commit`, `seek` and `undo`. */
export interface MoveDocument {
  readonly dryRun: boolean;
  readonly group: string;
  /** Whether the group did not exist before. */
  readonly isNew: boolean;
  readonly reason: GroupMovePlan['reason'];
  readonly partitions: readonly MovedPartition[];
  /** Batches that are given up with it. */
  readonly clearedPending: readonly PendingDocument[];
}

export function moveDocument(
  plan: GroupMovePlan,
  { dryRun, isNew }: Pick<MoveDocument, 'dryRun' | 'isNew'>,
): MoveDocument {
  const partitions = plan.offsets.map((moved) => {
    const { topic, topicId, partition, fromOffset, toOffset, clampedFrom } = moved;
    const change = fromOffset === null || toOffset === null ? null : toOffset - fromOffset;
    return { topic, topicId, partition, fromOffset, toOffset, change, clampedFrom };
  });
  const clearedPending = plan.clearedPending.map(pendingDocument);
  return { dryRun, group: plan.group, isNew, reason: plan.reason, partitions, clearedPending };
}

/** Whether anything would be another afterwards. */
export function isMove({ partitions, clearedPending }: MoveDocument): boolean {
  return partitions.some(hasMoved) || clearedPending.length > 0;
}

const COLUMNS: readonly Column[] = [
  { name: 'topic' },
  { name: 'partition', align: 'right' },
  { name: 'from', align: 'right' },
  { name: 'to', align: 'right' },
  { name: 'change', align: 'right' },
  { name: 'note' },
];

export function movePreview({ partitions }: MoveDocument, look: Look): string {
  if (partitions.length === 0) return '';
  // Only where there is something to note.
  const hasNotes = partitions.some(({ clampedFrom }) => clampedFrom !== null);
  const rows = partitions.map((moved) => [
    moved.topic,
    String(moved.partition),
    offsetText(moved.fromOffset),
    offsetText(moved.toOffset),
    changeText(moved.change),
    ...(hasNotes ? [moved.clampedFrom === null ? '' : `clamped from ${moved.clampedFrom}`] : []),
  ]);
  return table(hasNotes ? COLUMNS : COLUMNS.slice(0, -1), rows, look);
}

/** Only a dry run shows anything. */
export function moveView(document: MoveDocument, look: Look): string {
  return document.dryRun ? movePreview(document, look) : '';
}

export function clampTexts({ partitions }: MoveDocument): string[] {
  return partitions.flatMap(({ topic, partition, clampedFrom, toOffset }) => {
    if (clampedFrom === null || toOffset === null) return [];
    const [why, end] = clampedFrom > toOffset ? ['past the end', 'end'] : ['not kept', 'start'];
    return [`${topic}:${partition}: ${clampedFrom} is ${why}; clamped to the ${end}, ${toOffset}`];
  });
}

export function moveQuestion(document: MoveDocument): string {
  const { group, isNew, clearedPending } = document;
  const parts = [
    isNew ? `create group ${group} ${placesText(document)}` : movementText(document),
    ...clearedPending.map((batch) => `give up ${batchText(batch)}`),
  ];
  return `${parts.filter(Boolean).join(' and ')}?`;
}

export function nothingToDoText({ group, reason, partitions }: MoveDocument): string {
  if (reason === 'undo') return `nothing to undo: no move of ${group} is known`;
  if (partitions.length === 0) return `nothing to do: ${group} has no position in these topics`;
  return `nothing to do: ${group} is there already`;
}

/** `load moved 120 -> 340; undo: spool group undo load`; undefined if nothing has moved. */
export function movedText(
  group: string,
  offsets: readonly MovedOffset[],
  { reason }: { readonly reason: 'consume' | GroupMovePlan['reason'] },
): string | undefined {
  const moved = offsets.filter(hasMoved);
  if (moved.length === 0) return undefined;
  // Undone twice is undone further back, not done again.
  const undo = reason === 'undo' ? '' : `; undo: spool group undo ${shellArgument(group)}`;
  return `${group} moved ${reason === 'undo' ? 'back ' : ''}${spanText(moved)}${undo}`;
}

export function createdText({ group, partitions }: MoveDocument): string {
  return `created group ${group}: it begins in ${formatCounted(partitions.length, 'partition')}`;
}

function movementText({ group, reason, partitions }: MoveDocument): string {
  const moved = partitions.filter(hasMoved);
  if (moved.length === 0) return '';
  const verb = reason === 'undo' ? 'move back' : 'move';
  return `${verb} ${group} ${spanText(moved)}`;
}

function placesText({ partitions }: MoveDocument): string {
  const [only, ...others] = partitions;
  if (only === undefined || others.length > 0) {
    return `in ${formatCounted(partitions.length, 'partition')}`;
  }
  return `at ${offsetText(only.toOffset)} of ${only.topic}:${only.partition}`;
}

/** `120 -> 340`, `3 partitions by 1,204 records`, `3 partitions (+1,204 and -30 records)`. */
function spanText(moved: readonly MovedOffset[]): string {
  const [only, ...others] = moved;
  if (only !== undefined && others.length === 0) {
    return `${only.fromOffset ?? 'none'} -> ${only.toOffset ?? 'none'}`;
  }
  const changes = moved.map(({ fromOffset, toOffset }) =>
    fromOffset === null || toOffset === null ? 0 : toOffset - fromOffset,
  );
  const forward = changes.reduce((sum, change) => sum + Math.max(0, change), 0);
  const back = changes.reduce((sum, change) => sum - Math.min(0, change), 0);
  const count = formatCounted(moved.length, 'partition');
  if (forward > 0 && back > 0) {
    return `${count} (+${formatCount(forward)} and -${formatCount(back)} records)`;
  }
  if (forward + back === 0) return count;
  return `${count} by ${back > 0 ? '-' : ''}${formatCounted(forward + back, 'record')}`;
}

function hasMoved({ fromOffset, toOffset }: MovedOffset): boolean {
  return fromOffset !== toOffset;
}

function offsetText(offset: number | null): string {
  return offset === null ? '-' : formatCount(offset);
}

function changeText(change: number | null): string {
  if (change === null || change === 0) return '-';
  return `${change > 0 ? '+' : '-'}${formatCount(Math.abs(change))}`;
}
