import type { Finding, TopicVerification } from '../core/index.js';
import { escapeText } from './escape.js';
import type { Look } from './look.js';
import { formatCounted } from './numbers.js';
import type { Palette } from './palette.js';

/** The document that `--json` shows: fields are only ever added. */
export interface VerifyReport {
  readonly topics: readonly TopicVerification[];
  /** No damage; there may be notes. */
  readonly ok: boolean;
}

export function verifyReport(topics: readonly TopicVerification[]): VerifyReport {
  return { topics, ok: topics.every((topic) => countOf(topic, 'damage') === 0) };
}

/** One line a topic, and one for each finding. */
export function verifyReportView({ topics }: VerifyReport, { palette }: Look): string {
  const lines = topics.flatMap((topic) => [
    topicLine(topic, palette),
    ...findingsOf(topic).map((finding) => findingLine(finding, palette)),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

function topicLine(topic: TopicVerification, palette: Palette): string {
  const records = topic.partitions.reduce((sum, partition) => sum + partition.records, 0);
  const damaged = countOf(topic, 'damage');
  const noted = countOf(topic, 'note');
  const parts = [
    formatCounted(topic.partitions.length, 'partition'),
    formatCounted(records, 'record'),
    damaged === 0 ? palette.good('ok') : palette.bad(formatCounted(damaged, 'damaged place')),
    ...(noted === 0 ? [] : [formatCounted(noted, 'note')]),
  ];
  return `${palette.name(escapeText(topic.topic))}: ${parts.join(', ')}`;
}

function findingLine({ kind, file, position, offset, reason }: Finding, palette: Palette): string {
  const place = [
    escapeText(file),
    ...(position === null ? [] : [`byte ${position}`]),
    ...(offset === null ? [] : [`offset ${offset}`]),
  ].join(', ');
  const label = kind === 'damage' ? palette.bad('damage') : palette.caution('note');
  return `  ${label}: ${place}: ${escapeText(reason)}`;
}

function findingsOf({ partitions }: TopicVerification): Finding[] {
  return partitions.flatMap(({ findings }) => findings);
}

function countOf(topic: TopicVerification, kind: Finding['kind']): number {
  return findingsOf(topic).filter((finding) => finding.kind === kind).length;
}
