import type { GroupDocument, MemberDocument } from './group-document.js';
import { partitionsText } from './group-member.js';
import { localMoment } from './group-time.js';
import type { Look } from './look.js';
import { type Column, table } from './table.js';

/** `--json` of `group members`. */
export type GroupMembersDocument = Pick<
  GroupDocument,
  'group' | 'state' | 'generation' | 'members'
>;

const COLUMNS: readonly Column[] = [
  { name: 'member' },
  { name: 'kind' },
  { name: 'state' },
  { name: 'pid', align: 'right' },
  { name: 'command' },
  { name: 'runs pid', align: 'right' },
  { name: 'since' },
  { name: 'heartbeat' },
  { name: 'partitions' },
];

export function groupMembersDocument(document: GroupDocument): GroupMembersDocument {
  const { group, state, generation, members } = document;
  return { group, state, generation, members };
}

export function groupMembersView({ members }: GroupMembersDocument, look: Look): string {
  return members.length === 0 ? '' : table(COLUMNS, members.map(memberRow), look);
}

function memberRow(member: MemberDocument): string[] {
  return [
    member.instanceId ?? member.memberId,
    member.kind,
    member.isAlive ? 'alive' : 'dead',
    String(member.pid),
    member.command,
    member.childPid === null ? '-' : String(member.childPid),
    localMoment(member.since),
    localMoment(member.heartbeat),
    partitionsText(member.partitions),
  ];
}
