import { formatSize } from '../cli/grammar/size.js';
import { escapeText } from './escape.js';
import type { Look } from './look.js';
import { formatCount, formatCounted, formatLocalTime } from './numbers.js';
import { type Column, table } from './table.js';
import { formatConfigValue } from './topic-config-value.js';
import type { PartitionDocument, TopicDocument } from './topic-document.js';

const PARTITION_COLUMNS: readonly Column[] = [
  { name: 'partition', align: 'right' },
  { name: 'start', align: 'right' },
  { name: 'end', align: 'right' },
  { name: 'records', align: 'right' },
  { name: 'size', align: 'right' },
  { name: 'segments', align: 'right' },
  { name: 'newest record' },
  { name: 'writer' },
];

const CONFIG_COLUMNS: readonly Column[] = [{ name: 'config' }, { name: 'value' }, { name: 'note' }];

/** Each topic by itself: what it is, its partitions, its configs. */
export function topicDescriptionView(topics: readonly TopicDocument[], look: Look): string {
  return topics.map((topic) => topicText(topic, look)).join('\n');
}

function topicText(document: TopicDocument, look: Look): string {
  const { topic, topicId, createdAt, records, sizeBytes, partitions } = document;
  const facts = [
    ['topic', look.palette.name(escapeText(topic))],
    ['id', topicId],
    ['created', localTime(createdAt)],
    ['records', formatCount(records)],
    ['size', `${formatSize(sizeBytes)} in ${formatCounted(partitions.length, 'partition')}`],
  ] as const;
  const blocks = [
    facts.map(([name, value]) => `${name.padEnd(9)}${value}\n`).join(''),
    table(PARTITION_COLUMNS, partitions.map(partitionRow), look),
  ];
  const configs = configRows(document);
  if (configs.length > 0) blocks.push(table(CONFIG_COLUMNS, configs, look));
  return blocks.join('\n');
}

function partitionRow(partition: PartitionDocument): string[] {
  const { writer } = partition;
  return [
    String(partition.partition),
    formatCount(partition.logStartOffset),
    formatCount(partition.logEndOffset),
    formatCount(partition.records),
    formatSize(partition.sizeBytes),
    formatCount(partition.segments),
    localTime(partition.newestTimestamp),
    writer === null ? '-' : `${writer.command} (pid ${writer.pid})`,
  ];
}

function configRows({ config, ignoredConfig, defaultConfig = {} }: TopicDocument): string[][] {
  const rows = Object.entries(config).map(([name, value]) => {
    const reason = ignoredConfig[name];
    return [name, formatConfigValue(name, value), reason === undefined ? '' : `ignored: ${reason}`];
  });
  const defaults = Object.entries(defaultConfig).map(([name, value]) => [
    name,
    value === '' ? '-' : formatConfigValue(name, value),
    'default',
  ]);
  return [...rows, ...defaults].sort(([one = ''], [other = '']) => (one < other ? -1 : 1));
}

function localTime(time: string | null): string {
  return time === null ? '-' : formatLocalTime(Date.parse(time));
}
