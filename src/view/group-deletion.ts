import type { GroupDescription } from '../core/index.js';
import { batchText } from './group-batch.js';
import type { PendingDocument } from './group-document.js';
import { pendingDocument } from './group-document.js';
import type { Look } from './look.js';
import { formatCount, formatCounted } from './numbers.js';
import { type Column, table } from './table.js';

/** A group that goes, and what goes with it. */
export interface DoomedGroup {
  readonly group: string;
  /** In how many it has a position. */
  readonly partitions: number;
  /** That take part now, and so keep it from going. */
  readonly members: number;
  readonly pending: readonly PendingDocument[];
}

/** `--json` of `group delete`. */
export interface GroupDeletionDocument {
  readonly dryRun: boolean;
  readonly groups: readonly DoomedGroup[];
}

const COLUMNS: readonly Column[] = [
  { name: 'group' },
  { name: 'partitions', align: 'right' },
  { name: 'members', align: 'right' },
  { name: 'pending', align: 'right' },
];

export function doomedGroup({
  group,
  partitions,
  members,
  pending,
}: GroupDescription): DoomedGroup {
  return {
    group,
    partitions: partitions.length,
    members: members.filter(({ isAlive }) => isAlive).length,
    pending: pending.map(pendingDocument),
  };
}

/** Only a dry run shows anything: what is gone is gone. */
export function groupDeletionView({ dryRun, groups }: GroupDeletionDocument, look: Look): string {
  if (!dryRun) return '';
  const rows = groups.map(({ group, partitions, members, pending }) => [
    group,
    formatCount(partitions),
    formatCount(members),
    formatCount(pending.length),
  ]);
  return table(COLUMNS, rows, look);
}

export function groupDeletionQuestion(groups: readonly DoomedGroup[]): string {
  const losses = groups.map(({ group, partitions, pending }) => {
    const facts = [`positions in ${formatCounted(partitions, 'partition')}`];
    return `${group} (${[...facts, ...pending.map(batchText)].join(', ')})`;
  });
  return `delete ${groups.length === 1 ? 'group' : 'groups'} ${losses.join(', ')}?`;
}
