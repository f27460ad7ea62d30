import { formatSize } from '../cli/grammar/size.js';
import type { TrimResult } from '../core/index.js';
import type { Look } from './look.js';
import { formatCount, formatCounted } from './numbers.js';
import { type Column, table } from './table.js';

export interface TrimmedPartition extends TrimResult {
  readonly records: number;
}

/** `--json` of `topic trim`. */
export interface TrimDocument {
  readonly dryRun: boolean;
  readonly topic: string;
  readonly records: number;
  /** Of whole segments; what else was trimmed goes with its segment, later. */
  readonly freedBytes: number;
  readonly partitions: readonly TrimmedPartition[];
}

interface TrimFacts {
  readonly dryRun: boolean;
  readonly topic: string;
  readonly results: readonly TrimResult[];
}

export function trimDocument({ dryRun, topic, results }: TrimFacts): TrimDocument {
  const partitions = results.map((result) => ({
    ...result,
    records: result.newStartOffset - result.oldStartOffset,
  }));
  return {
    dryRun,
    topic,
    records: partitions.reduce((sum, { records }) => sum + records, 0),
    freedBytes: partitions.reduce((sum, { freedBytes }) => sum + freedBytes, 0),
    partitions,
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'partition', align: 'right' },
  { name: 'start', align: 'right' },
  { name: 'new start', align: 'right' },
  { name: 'records', align: 'right' },
  { name: 'frees', align: 'right' },
];

/** Only a dry run shows anything. */
export function trimView({ dryRun, records, partitions }: TrimDocument, look: Look): string {
  if (!dryRun || records === 0) return '';
  const rows = partitions.map((each) => [
    String(each.partition),
    formatCount(each.oldStartOffset),
    formatCount(each.newStartOffset),
    formatCount(each.records),
    formatSize(each.freedBytes),
  ]);
  return table(COLUMNS, rows, look);
}

export function trimQuestion({ topic, records, partitions }: TrimDocument): string {
  const places = partitions
    .filter((each) => each.records > 0)
    .map(({ partition, newStartOffset }) => `${partition}:${newStartOffset}`);
  return `forget ${formatCounted(records, 'record')} of ${topic}, all before ${places.join(' ')}?`;
}

export function trimmedText({ topic, records, freedBytes }: TrimDocument): string {
  return `${topic}: ${formatCounted(records, 'record')} forgotten, ${formatSize(freedBytes)} freed`;
}
