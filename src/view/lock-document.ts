/** Locks as `--json` shows them. The type is a contract: fields are only ever added. */
import type { HeldLock } from '../core/index.js';
import { utcMoment } from './group-time.js';

export interface LockDocument {
  /** In a few words: `orders:0`, `group load`. */
  readonly what: string;
  readonly kind: HeldLock['target']['kind'];
  readonly topic: string | null;
  readonly partition: number | null;
  readonly group: string | null;
  readonly memberId: string | null;
  /** null: unknown, and so for the rest. */
  readonly pid: number | null;
  readonly command: string | null;
  /** The command that a member has started; it holds the lock too. */
  readonly childPid: number | null;
  readonly since: string | null;
  /** null: its process is not visible from here; it may run in another container. */
  readonly alive: boolean | null;
  readonly stopped: boolean | null;
  /** How many share it; null: one has it alone. */
  readonly sharers: number | null;
}

export function lockDocument({ target, holder, childPid, sharers }: HeldLock): LockDocument {
  const isSeen = holder !== undefined && holder.state !== 'unseen';
  return {
    what: whatOf(target),
    kind: target.kind,
    topic: 'topic' in target ? target.topic : null,
    partition: 'partition' in target ? target.partition : null,
    group: 'group' in target ? target.group : null,
    memberId: 'memberId' in target ? target.memberId : null,
    pid: holder?.pid ?? null,
    command: holder?.command ?? null,
    childPid: childPid ?? null,
    since: utcMoment(holder?.sinceMs ?? 0),
    alive: isSeen ? holder.state !== 'dead' : null,
    stopped: isSeen ? holder.state === 'stopped' : null,
    sharers: sharers ?? null,
  };
}

function whatOf(target: HeldLock['target']): string {
  switch (target.kind) {
    case 'registry':
      return 'topics';
    case 'log':
      return 'log directory';
    case 'partition':
      return `${target.topic}:${target.partition}`;
    case 'group':
      return `group ${target.group}`;
    case 'member':
      return `member of ${target.group}`;
  }
}
