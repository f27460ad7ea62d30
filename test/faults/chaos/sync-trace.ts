/** Whether what a command acknowledges was synced before, by the system calls that strace saw. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from './world.js';

/** The system calls of one `produce --report` of one record, as strace writes them. */
export function traceProduce(world: World): string[] {
  const trace = join(world.disk.root, 'trace');
  execFileSync(
    'strace',
    [
      ...['-f', '-y', '-s', '200', '-o', trace, '-e', 'trace=write,pwrite64,fdatasync,fsync'],
      ...[process.execPath, world.launcher, 'produce', 't', '--report', '-m', 'traced'],
    ],
    { env: { ...process.env, SPOOL_DIR: world.disk.dataDirectory }, stdio: 'pipe' },
  );
  return readFileSync(trace, 'latin1').split('\n');
}

/**
 * Every write to a log has a sync of the same file that began after it and ended well before the next
 * acknowledgement was written.
 */
export function acknowledgesOnlySynced(trace: readonly string[]): boolean {
  const unsynced = new Set<string>();
  /** By thread: a sync that another thread's call interrupts in the trace. */
  const underWay = new Map<string, string>();
  let isAcknowledged = false;
  for (const line of trace) {
    const thread = line.split(' ', 1)[0]!;
    const path = /\((?:\d+)<([^>]*\.log)>/.exec(line)?.[1];
    if (/ (?:write|pwrite64)\(\d/.test(line)) {
      if (path !== undefined) unsynced.add(path);
      if (line.includes('\\"first\\"')) {
        isAcknowledged = true;
        if (unsynced.size > 0) return false;
      }
    } else if (path !== undefined && / f(?:data)?sync\(/.test(line)) {
      if (line.includes('<unfinished')) underWay.set(thread, path);
      else if (line.endsWith('= 0')) unsynced.delete(path);
    } else if (/sync resumed/.test(line) && line.endsWith('= 0')) {
      unsynced.delete(underWay.get(thread) ?? '');
    }
  }
  return isAcknowledged;
}
