/**
 * A command for `consume --exec` that writes down what it was given, and the checks of what many runs of
 * it wrote. One file a run in the folder that is its first argument:
 *
 *     start TIME ID ATTEMPT COUNT RANGES
 *     PARTITION OFFSET                    what was on standard input, with -F '{partition} {offset}'
 *                                         (after what may be the half of a line, a line that is empty)
 *     end TIME STATUS
 *
 * The second argument is its fate. It does not hear SIGINT and SIGTERM, so each run has its last line.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Shell } from './shell.js';

export const FATES = [
  'works',
  'works-slowly',
  'fails',
  'fails-unread',
  'is-killed',
  'is-killed-halfway',
  'is-not-found',
] as const;

export type Fate = (typeof FATES)[number] | 'any';

const SCRIPT = String.raw`#!/usr/bin/env bash
trap '' INT TERM
fate=$2
if [[ $fate == any ]]; then
  fates=(works works works works works-slowly works-slowly fails is-killed-halfway)
  fate=${'$'}{fates[RANDOM % 8]}
fi
# As far as spool can tell.
[[ $fate == is-not-found ]] && exit 127
file=$1/$EPOCHREALTIME-$$
end() {
  printf '\nend %s %s\n' "$EPOCHREALTIME" "$1" >> "$file"
  echo ended
}
printf 'start %s %s %s %s %s\n' "$EPOCHREALTIME" "$SPOOL_BATCH_ID" "$SPOOL_BATCH_ATTEMPT" \
  "$SPOOL_BATCH_COUNT" "$SPOOL_BATCH_RANGES" > "$file"
echo started
case $fate in
  works) cat >> "$file"; end 0 ;;
  works-slowly) sleep 0.2; cat >> "$file"; sleep 0.2; end 0 ;;
  fails) cat >> "$file"; end 3; exit 3 ;;
  fails-unread) end 3; exit 3 ;;
  is-killed) cat >> "$file"; end 137; kill -9 $$ ;;
  is-killed-halfway) head -n 20 >> "$file"; end 137; kill -9 $$ ;;
  *) end 2; exit 2 ;;
esac
`;

export interface JobRange {
  readonly partition: number;
  readonly firstOffset: number;
  /** Exclusive. */
  readonly endOffset: number;
}

/** One run of the command. */
export interface JobRun {
  readonly id: string;
  readonly attempt: number;
  readonly count: number;
  readonly ranges: readonly JobRange[];
  readonly startedMs: number;
  readonly endedMs: number;
  readonly status: number;
  /** `PARTITION OFFSET` of each record that came. */
  readonly records: readonly string[];
}

/** The runs of the command in one shell. */
export class BatchJob {
  readonly #shell: Shell;
  readonly #ended = new Map<string, JobRun>();
  #isEachEnded = true;

  constructor(shell: Shell) {
    this.#shell = shell;
    shell.write('job.sh', SCRIPT);
  }

  /** The folder `jobs` must have been made. */
  static commandOf(fate: Fate): string {
    return `exec bash job.sh jobs ${fate}`;
  }

  /** Those that have ended, as they began. */
  read(): JobRun[] {
    const folder = join(this.#shell.folder, 'jobs');
    this.#isEachEnded = true;
    for (const name of readdirSync(folder)) {
      if (this.#ended.has(name)) continue;
      const run = parseRun(readFileSync(join(folder, name), 'latin1'));
      if (run === undefined) this.#isEachEnded = false;
      else this.#ended.set(name, run);
    }
    return [...this.#ended.values()].sort((left, right) => left.startedMs - right.startedMs);
  }

  /** Of all that had begun when `read` was called last. */
  get isEachEnded(): boolean {
    return this.#isEachEnded;
  }
}

const RUN = /^start (\S+) (\w+) (\d+) (\d+) (\S+)\n([^]*)\nend (\S+) (\d+)\n$/;

function parseRun(text: string): JobRun | undefined {
  const found = RUN.exec(text);
  if (found === null) return undefined;
  const [, started, id = '', attempt, count, ranges = '', records = '', ended, status] = found;
  return {
    id,
    attempt: Number(attempt),
    count: Number(count),
    ranges: ranges.split(',').map(parseRange),
    startedMs: Number(started) * 1000,
    endedMs: Number(ended) * 1000,
    status: Number(status),
    // Behind the last newline is nothing, or a record that was cut off.
    records: records.split('\n').slice(0, -1),
  };
}

function parseRange(text: string): JobRange {
  const [, partition, offsets = ''] = text.split(':');
  const [first, last] = offsets.split('-');
  return {
    partition: Number(partition),
    firstOffset: Number(first),
    endOffset: Number(last) + 1,
  };
}

/** It had all of the batch, and said that all was well. */
export function hasWorked({ status, records, count }: JobRun): boolean {
  return status === 0 && records.length === count;
}

export interface BatchFigures {
  readonly batchCount: number;
  readonly repeatedCount: number;
  /** Batches that were repeated although the command had exited 0: spool was gone by then. */
  readonly repeatedAfterSuccessCount: number;
}

/**
 * Throws unless: every run of one batch had the same ranges and the same records, in the same order, and
 * a higher attempt than the one before; no record was in two batches; no two runs were at work on one
 * partition at the same time; and the records of a batch are those of its ranges, each once.
 */
export function checkBatches(runs: readonly JobRun[]): BatchFigures {
  const byId = new Map<string, JobRun[]>();
  for (const run of runs) byId.set(run.id, [...(byId.get(run.id) ?? []), run]);
  for (const ofBatch of byId.values()) checkAttempts(ofBatch);
  checkApart([...byId.values()].flatMap(([first]) => first!.ranges));
  checkNeverTwoAtOnce(runs);
  const repeated = [...byId.values()].filter(({ length }) => length > 1);
  return {
    batchCount: byId.size,
    repeatedCount: repeated.length,
    repeatedAfterSuccessCount: repeated.filter((ofBatch) => ofBatch.slice(0, -1).some(hasWorked))
      .length,
  };
}

function checkAttempts(ofBatch: readonly JobRun[]): void {
  const [first] = ofBatch;
  const longest = ofBatch.reduce((left, right) =>
    right.records.length > left.records.length ? right : left,
  );
  for (const [at, run] of ofBatch.entries()) {
    const before = ofBatch[at - 1];
    const isSame =
      JSON.stringify([run.count, run.ranges]) === JSON.stringify([first!.count, first!.ranges]) &&
      run.records.every((record, line) => record === longest.records[line]);
    if (!isSame) fail('a batch was repeated with other records', first!, run);
    if (before !== undefined && run.attempt <= before.attempt) {
      fail('an attempt does not count on', before, run);
    }
    if (run.records.length === run.count) checkRecords(run);
  }
}

/** In order within each partition, which is all that is promised. */
function checkRecords(run: JobRun): void {
  for (const { partition, firstOffset, endOffset } of run.ranges) {
    const found = run.records.filter((record) => record.startsWith(`${partition} `));
    const expected = offsetsOf(firstOffset, endOffset).map((offset) => `${partition} ${offset}`);
    if (found.join() !== expected.join()) fail('the records are not those of the ranges', run);
  }
}

function checkApart(ranges: readonly JobRange[]): void {
  const sorted = ranges.toSorted(
    (left, right) => left.partition - right.partition || left.firstOffset - right.firstOffset,
  );
  for (const [at, range] of sorted.entries()) {
    const before = sorted[at - 1];
    if (before?.partition !== range.partition || before.endOffset <= range.firstOffset) continue;
    fail('two batches share a record', before, range);
  }
}

function checkNeverTwoAtOnce(runs: readonly JobRun[]): void {
  const last = new Map<number, JobRun>();
  for (const run of runs) {
    for (const { partition } of run.ranges) {
      const before = last.get(partition);
      if (before !== undefined && before.endedMs > run.startedMs) {
        fail(`two commands were at work on partition ${partition}`, before, run);
      }
      if (before === undefined || before.endedMs < run.endedMs) last.set(partition, run);
    }
  }
}

/** `PARTITION OFFSET` of every record of which the last command that had it exited 0. */
export function workedRecords(runs: readonly JobRun[]): Set<string> {
  const worked = new Set<string>();
  for (const run of runs) {
    for (const { partition, firstOffset, endOffset } of run.ranges) {
      for (const offset of offsetsOf(firstOffset, endOffset)) {
        if (hasWorked(run)) worked.add(`${partition} ${offset}`);
        else worked.delete(`${partition} ${offset}`);
      }
    }
  }
  return worked;
}

export function offsetsOf(firstOffset: number, endOffset: number): number[] {
  return Array.from({ length: endOffset - firstOffset }, (_, at) => firstOffset + at);
}

function fail(what: string, ...about: readonly object[]): never {
  const texts = about.map((one) => JSON.stringify({ ...one, records: undefined }));
  throw new Error([what, ...texts].join('\n'));
}
