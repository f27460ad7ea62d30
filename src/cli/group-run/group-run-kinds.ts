/** The kinds of runs that `consume -g` has. */
import { describeBatch, runBatches, runFollowing } from './batch-run.js';
import type { GroupRun } from './group-run.js';
import { printBatch, printFollowing, printReading } from './print-run.js';

/** Resolves with the number of records; undefined: the group was busy, or nothing was to be done. */
export async function runGroup(run: GroupRun): Promise<number | undefined> {
  const { batch, join, isDryRun, isPeek, receipt } = run.plan;
  if (isDryRun) return describeBatch(run);
  const follows = join.kind === 'follow';
  if (batch !== undefined) return follows ? runFollowing(run, batch) : runBatches(run, batch);
  if (isPeek || receipt !== undefined) return printReading(run);
  return follows ? printFollowing(run) : printBatch(run);
}
