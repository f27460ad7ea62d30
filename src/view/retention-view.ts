/** What the policies let go of, as a table or in sentences. */
import { formatSize } from '../cli/grammar/size.js';
import type { ExpiredOffsets } from '../core/index.js';
import type { Look } from './look.js';
import { formatCount, formatCounted } from './numbers.js';
import type {
  RetainedPartition,
  RetentionDocument,
  RetentionPolicy,
  RetentionReason,
} from './retention-document.js';
import { type Column, table } from './table.js';
import { configMeaning } from './topic-config-value.js';

const PARTITION: readonly Column[] = [{ name: 'topic' }, { name: 'partition', align: 'right' }];
const FREED: readonly Column[] = [
  { name: 'frees', align: 'right' },
  { name: 'records', align: 'right' },
  { name: 'why' },
];

const REASONS: Readonly<Record<RetentionReason, string>> = {
  start: 'trimmed before',
  size: 'above retention.bytes',
  time: 'older than retention.ms',
};

export const NOTHING_TO_DO = 'nothing to do: the policies keep all there is';

/** Every partition: its policy, its size, what a prune would free. */
export function retentionStatusView({ partitions }: RetentionDocument, look: Look): string {
  if (partitions.length === 0) return '';
  const columns = [...PARTITION, { name: 'keeps' }, { name: 'size', align: 'right' } as const];
  const rows = partitions.map((each) => [
    each.topic,
    String(each.partition),
    each.policy === undefined ? '-' : formatPolicy(each.policy),
    formatSize(each.keptBytes + each.freedBytes),
    ...freedCells(each),
  ]);
  return table([...columns, ...FREED], rows, look);
}

/** Of a dry run: the partitions that would change. A prune shows nothing, it says what it did. */
export function retentionPlanView({ dryRun, partitions }: RetentionDocument, look: Look): string {
  const changed = partitions.filter(isChanged);
  if (!dryRun || changed.length === 0) return '';
  const rows = changed.map((each) => [each.topic, String(each.partition), ...freedCells(each)]);
  return table([...PARTITION, ...FREED], rows, look);
}

/** One line a partition that changed, and the sum; or that there was nothing to do. */
export function prunedText(document: RetentionDocument): string {
  const { records, freedBytes, partitions, expiredOffsets } = document;
  const changed = partitions.filter(isChanged);
  if (!isAnyChanged(document)) return NOTHING_TO_DO;
  const lines = changed.map(
    (each) => `${each.topic}:${each.partition}: ${freedText(each)} (${reasonsText(each)})`,
  );
  if (changed.length > 1) lines.push(`in all: ${freedText({ records, freedBytes })}`);
  return [...lines, ...expiredOffsets.map(expiredText)].join('\n');
}

export function expiredText({ group, topic, partitions }: ExpiredOffsets): string {
  const places = `${formatCounted(partitions.length, 'partition')} of ${topic}`;
  return `group ${group}: its position in ${places} has expired`;
}

export function isAnyChanged({ partitions, expiredOffsets }: RetentionDocument): boolean {
  return partitions.some(isChanged) || expiredOffsets.length > 0;
}

export function isChanged({ removals }: RetainedPartition): boolean {
  return removals.length > 0;
}

function freedText(freed: Pick<RetainedPartition, 'records' | 'freedBytes'>): string {
  return `${formatCounted(freed.records, 'record')} gone, ${formatSize(freed.freedBytes)} freed`;
}

function freedCells(partition: RetainedPartition): string[] {
  if (!isChanged(partition)) return ['-', '-', '-'];
  const { freedBytes, records } = partition;
  return [formatSize(freedBytes), formatCount(records), reasonsText(partition)];
}

function reasonsText({ removals }: RetainedPartition): string {
  return [...new Set(removals.map(({ reason }) => REASONS[reason]))].join(', ');
}

/** `7d`, `10 GiB`, `7d or 10 GiB`, `forever`. */
function formatPolicy(policy: RetentionPolicy): string {
  if (!policy['cleanup.policy'].includes('delete')) return 'forever';
  const limits = (['retention.ms', 'retention.bytes'] as const)
    .map((name) => configMeaning(name, policy[name]) ?? policy[name])
    .filter((limit) => limit !== 'forever' && limit !== 'unlimited');
  return limits.length === 0 ? 'forever' : limits.join(' or ');
}
