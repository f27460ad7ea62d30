/**
 * Runs the cases of one target, and prints what became of them as JSON. A process of its own, so that
 * one that hangs can be ended and memory can be measured: it writes the number of each case into a file
 * before it begins with it.
 *
 *   node fuzz-process.js TARGET SEED FROM COUNT PROGRESS_FILE
 */
import { openSync, writeSync } from 'node:fs';
import { isCoreError } from '../../../src/core/errors.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { bombTarget } from './bomb-target.js';
import { FUZZ_TARGETS } from './fuzz-targets.js';

export interface FuzzReport {
  readonly cases: number;
  /** How many ended in a CoreError, by its code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Anything else that came out: the first few. */
  readonly failures: readonly { readonly at: number; readonly stack: string }[];
  /** Of the processor, for one case. */
  readonly slowestMs: number;
  readonly slowestAt: number;
  /** By how much the process grew after the first cases. */
  readonly grownBytes: number;
}

const FAILURES_MAX = 5;
/** Codecs and tables are loaded in these, where there are many. */
const WARM_UP_CASES = Number(process.argv[5]) > 1000 ? 200 : 0;
/** For one seed, cases of different numbers share nothing. */
const CASE_STEP = 0x9e3779b1;

const [name = '', seed = '', from = '', count = '', progressPath = ''] = process.argv.slice(2);
const target = [...FUZZ_TARGETS, bombTarget].find((each) => each.name === name);
if (target === undefined) throw new Error(`there is no target ${name}`);
const progress = openSync(progressPath, 'w');

const runCase = await target.prepare();
const refused: Record<string, number> = {};
const failures: { at: number; stack: string }[] = [];
let [slowestMs, slowestAt] = [0, -1];
let firstBytes = 0;
const end = Number(from) + Number(count);
for (let at = Number(from); at < end; at++) {
  writeSync(progress, String(at).padEnd(12), 0);
  if (at - Number(from) === WARM_UP_CASES) firstBytes = maxBytes();
  const before = process.cpuUsage();
  try {
    await runCase(new SeededRandom(Number(seed) ^ Math.imul(at, CASE_STEP)));
  } catch (error) {
    if (isCoreError(error)) refused[error.code] = (refused[error.code] ?? 0) + 1;
    else if (failures.length < FAILURES_MAX) failures.push({ at, stack: textOf(error) });
  }
  const { user, system } = process.cpuUsage(before);
  const tookMs = (user + system) / 1000;
  if (tookMs > slowestMs && at - Number(from) >= WARM_UP_CASES)
    [slowestMs, slowestAt] = [tookMs, at];
}

function maxBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const grownBytes = firstBytes === 0 ? 0 : maxBytes() - firstBytes;
const report: FuzzReport = {
  cases: Number(count),
  refused,
  failures,
  slowestMs,
  slowestAt,
  grownBytes,
};
process.stdout.write(JSON.stringify(report));
