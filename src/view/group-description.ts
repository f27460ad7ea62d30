import { escapeText } from './escape.js';
import { pendingText } from './group-batch.js';
import type { GroupDocument, GroupPartitionDocument } from './group-document.js';
import { memberText } from './group-member.js';
import { problemText } from './group-problem.js';
import { formatSpan } from './group-time.js';
import type { Look } from './look.js';
import { formatCount, formatCounted } from './numbers.js';
import { type Column, table } from './table.js';

const COLUMNS: readonly Column[] = [
  { name: 'topic' },
  { name: 'partition', align: 'right' },
  { name: 'position', align: 'right' },
  { name: 'start', align: 'right' },
  { name: 'end', align: 'right' },
  { name: 'lag', align: 'right' },
  { name: 'behind', align: 'right' },
  { name: 'member' },
];

/** Each group by itself: what it is, its positions, its batches, what is wrong. */
export function groupDescriptionView(groups: readonly GroupDocument[], look: Look): string {
  return groups.map((group) => groupText(group, look)).join('\n');
}

function groupText(document: GroupDocument, look: Look): string {
  const { partitions, pending } = document;
  const sentences = [
    ...pending.map((batch) => pendingText(batch, nameOf(document, batch.memberId))),
    ...partitions.flatMap((place) => problemText(place) ?? []),
  ];
  const blocks = [`${headline(document, look)}\n`];
  if (partitions.length > 0) blocks.push(table(COLUMNS, rowsOf(document), look));
  if (sentences.length > 0) blocks.push(sentences.map((text) => `${escapeText(text)}\n`).join(''));
  return blocks.join('\n');
}

/** `group load: stable, generation 7, 2 members, 1 pending batch` */
function headline(document: GroupDocument, look: Look): string {
  const { group, state, generation, memberCount, pendingCount } = document;
  const facts = [state, `generation ${generation}`, formatCounted(memberCount, 'member')];
  if (pendingCount > 0) {
    facts.push(`${formatCount(pendingCount)} pending ${pendingCount === 1 ? 'batch' : 'batches'}`);
  }
  return `group ${look.palette.name(escapeText(group))}: ${facts.join(', ')}`;
}

function rowsOf(document: GroupDocument): string[][] {
  const { partitions, lag, lagMs } = document;
  const rows = partitions.map((place) => [
    place.topic,
    String(place.partition),
    formatCount(place.committedOffset),
    countOrNone(place.logStartOffset),
    countOrNone(place.logEndOffset),
    countOrNone(place.lag),
    behindText(place),
    nameOf(document, place.memberId) ?? '-',
  ]);
  // No topic has a blank in its name.
  const total = ['in all', '', '', '', '', formatCount(lag), behindText({ lag, lagMs }), ''];
  return partitions.length > 1 ? [...rows, total] : rows;
}

function countOrNone(count: number | null): string {
  return count === null ? '-' : formatCount(count);
}

function behindText({ lag, lagMs }: Pick<GroupPartitionDocument, 'lag' | 'lagMs'>): string {
  return lag === null || lag === 0 || lagMs === null ? '-' : formatSpan(lagMs);
}

function nameOf({ members }: GroupDocument, memberId: string | null): string | undefined {
  if (memberId === null) return undefined;
  const member = members.find((each) => each.memberId === memberId);
  return member === undefined ? memberId : memberText(member);
}
