import { formatSize } from '../cli/grammar/size.js';
import type { Look } from './look.js';
import { formatCount, formatCounted } from './numbers.js';
import { type Column, table } from './table.js';

/** A topic that goes, and what goes with it: null where its files cannot be read any more. */
export interface DoomedTopic {
  readonly topic: string;
  readonly partitions: number | null;
  readonly records: number | null;
  readonly sizeBytes: number | null;
}

/** `--json` of `topic delete`. */
export interface DeletionDocument {
  readonly dryRun: boolean;
  readonly topics: readonly DoomedTopic[];
}

const COLUMNS: readonly Column[] = [
  { name: 'topic' },
  { name: 'partitions', align: 'right' },
  { name: 'records', align: 'right' },
  { name: 'size', align: 'right' },
];

/** Only a dry run shows anything: what is gone is gone. */
export function deletionView({ dryRun, topics }: DeletionDocument, look: Look): string {
  if (!dryRun) return '';
  const rows = topics.map(({ topic, partitions, records, sizeBytes }) => [
    topic,
    partitions === null ? '?' : formatCount(partitions),
    records === null ? '?' : formatCount(records),
    sizeBytes === null ? '?' : formatSize(sizeBytes),
  ]);
  return table(COLUMNS, rows, look);
}

export function deletionQuestion(topics: readonly DoomedTopic[]): string {
  const losses = topics.map(({ topic, records, sizeBytes }) => {
    if (records === null || sizeBytes === null) return `${topic} (unreadable)`;
    return `${topic} (${formatCounted(records, 'record')}, ${formatSize(sizeBytes)})`;
  });
  return `delete ${losses.join(', ')}?`;
}
