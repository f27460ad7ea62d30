/** Who a member is, and what it has, in a few words. */
import type { TopicPartition } from '../core/index.js';
import type { MemberDocument } from './group-document.js';

/** `consume (pid 123)`, `ada (pid 123)` for a static member, and what it runs, if it does. */
export function memberText({
  instanceId,
  command,
  pid,
  childPid,
  isAlive,
}: MemberDocument): string {
  const runs = childPid === null ? '' : `, runs pid ${childPid}`;
  return `${instanceId ?? command} (pid ${pid}${isAlive ? '' : ', dead'}${runs})`;
}

/** `orders:0-2,5 payments:1`; `-` for none. */
export function partitionsText(places: readonly TopicPartition[]): string {
  const byTopic = new Map<string, number[]>();
  for (const { topic, partition } of places) {
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition]);
  }
  if (byTopic.size === 0) return '-';
  return [...byTopic]
    .map(([topic, partitions]) => `${topic}:${runsOf(partitions).join(',')}`)
    .join(' ');
}

function runsOf(numbers: readonly number[]): string[] {
  const runs: [first: number, last: number][] = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run?.[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
}
