import { formatSpan, localMoment } from './group-time.js';
import type { LockDocument } from './lock-document.js';
import type { Look } from './look.js';
import { type Column, table } from './table.js';

const COLUMNS: readonly Column[] = [
  { name: 'what' },
  { name: 'pid', align: 'right' },
  { name: 'command' },
  { name: 'since' },
  { name: 'for' },
  { name: 'state' },
];

/** `nowMs`: what the ages are counted to. */
export function lockListView(
  { locks, nowMs }: { readonly locks: readonly LockDocument[]; readonly nowMs: number },
  look: Look,
): string {
  if (locks.length === 0) return '';
  const rows = locks.map((lock) => [
    lock.what,
    lock.pid === null ? '-' : String(lock.pid),
    commandOf(lock),
    localMoment(lock.since),
    lock.since === null ? '-' : formatSpan(nowMs - Date.parse(lock.since)),
    stateOf(lock),
  ]);
  return table(COLUMNS, rows, look);
}

function commandOf({ command, childPid, sharers }: LockDocument): string {
  if (sharers !== null) return sharers === 1 ? 'a writer' : `${sharers} writers`;
  const runs = childPid === null ? '' : `, runs pid ${childPid}`;
  return `${command ?? '-'}${runs}`;
}

/** What is stopped holds up everybody else, so how to let it go on is said beside it. */
function stateOf({ pid, alive, stopped, sharers, childPid }: LockDocument): string {
  if (sharers !== null) return 'shared';
  if (pid === null) return 'unknown';
  if (alive === null) return 'not visible from here';
  if (!alive) return childPid === null ? 'killed' : `killed; pid ${childPid} goes on`;
  return stopped === true ? `stopped; kill -CONT ${pid}` : 'running';
}
