import { formatSize } from '../cli/grammar/size.js';
import type { TopicSummary } from '../core/index.js';
import type { Look } from './look.js';
import { formatCount } from './numbers.js';
import { type Column, table } from './table.js';

const COLUMNS: readonly Column[] = [
  { name: 'topic' },
  { name: 'partitions', align: 'right' },
  { name: 'records', align: 'right' },
  { name: 'size', align: 'right' },
];

export function topicListView(topics: readonly TopicSummary[], look: Look): string {
  if (topics.length === 0) return '';
  const rows = topics.map(({ topic, partitions, records, sizeBytes }) => [
    topic,
    formatCount(partitions),
    formatCount(records),
    formatSize(sizeBytes),
  ]);
  return table(COLUMNS, rows, look);
}
