import type { GroupSummaryDocument } from './group-document.js';
import { formatSpan, localMoment } from './group-time.js';
import type { Look } from './look.js';
import { formatCount } from './numbers.js';
import { type Column, table } from './table.js';

const COLUMNS: readonly Column[] = [
  { name: 'group' },
  { name: 'state' },
  { name: 'members', align: 'right' },
  { name: 'topics' },
  { name: 'lag', align: 'right' },
  { name: 'behind', align: 'right' },
  { name: 'last active' },
];

export function groupListView(groups: readonly GroupSummaryDocument[], look: Look): string {
  if (groups.length === 0) return '';
  const rows = groups.map(({ group, state, memberCount, topics, lag, lagMs, lastActive }) => [
    group,
    state,
    formatCount(memberCount),
    topics.length === 0 ? '-' : topics.join(' '),
    formatCount(lag),
    lag === 0 ? '-' : formatSpan(lagMs),
    localMoment(lastActive),
  ]);
  return table(COLUMNS, rows, look);
}
