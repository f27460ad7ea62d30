/**
 * Hostile bytes and words, made from right ones by seeded mutation: batches and segments whose checksums
 * are right again, indexes, control files, snapshots, registry and group files, standard input in each
 * format, and everything that is parsed from a command line. Lengths of -1, 0, 48 and 2^31-1, huge
 * counts, varints of ten bytes and more, negative lengths, nested compression, wrong attributes.
 *
 * Whatever the case: nothing but a CoreError comes out, within a limit of processor time a case, and
 * the process does not grow beyond what the input justifies.
 *
 * SPOOL_FUZZ_CASES: how many cases, of all targets together (100,000). SPOOL_SEED: to see one again.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { printFigure, printedSeed, sizeFrom } from '../../support/slow-size.js';
import { BOMB_COUNT, bombTarget } from './bomb-target.js';
import { FuzzChild } from './fuzz-child.js';
import { FUZZ_TARGETS } from './fuzz-targets.js';

const CASES = sizeFrom('SPOOL_FUZZ_CASES', 100_000);
const SEED = printedSeed();
/** Of the processor: the work of the collector, on all cores, is in it. */
const CASE_LIMIT_MS = 500;

/** 256 MiB are to be opened before one is known for what it is. */
const BOMB_LIMIT_MS = 8000;

const child = new FuzzChild();

beforeAll(() => child.build());
afterAll(() => {
  child.remove();
});

test('the shares of all targets make a hundred', () => {
  expect(FUZZ_TARGETS.reduce((sum, { share }) => sum + share, 0)).toBe(100);
});

describe.each(FUZZ_TARGETS.map((target) => [target.name, target] as const))(
  '%s',
  (name, target) => {
    test('whatever they are, end in a CoreError or in a result, in time and in bounds', async () => {
      const count = Math.ceil((CASES * target.share) / 100);
      const report = await child.run({ target: name, seed: SEED, from: 0, count });
      const { failures, slowestMs, slowestAt, grownBytes, refused } = report;
      const grownMib = Math.round(grownBytes / 1024 / 1024);
      const codes = Object.entries(refused).map(([code, times]) => `${code} ${times}`);
      printFigure(
        `${count} ${name}: slowest ${slowestMs.toFixed(1)} ms (case ${slowestAt}), grown by ${grownMib} MiB; ${codes.join(', ')}`,
      );
      expect(failures).toEqual([]);
      expect(slowestMs).toBeLessThan(CASE_LIMIT_MS);
      expect(grownBytes).toBeLessThan(target.maxGrowthBytes);
    });
  },
);

test('bombs of each codec are refused, and cost no more than a batch may open to', async () => {
  const run = { target: bombTarget.name, seed: SEED, from: 0, count: BOMB_COUNT };
  const { failures, refused, slowestMs, slowestAt, grownBytes } = await child.run(run);
  printFigure(
    `${BOMB_COUNT} bombs: slowest ${Math.round(slowestMs)} ms (case ${slowestAt}), grown by ${Math.round(grownBytes / 1024 / 1024)} MiB`,
  );
  expect(failures).toEqual([]);
  expect(refused).toEqual({ CORRUPT_MESSAGE: BOMB_COUNT });
  expect(slowestMs).toBeLessThan(BOMB_LIMIT_MS);
  expect(grownBytes).toBeLessThan(bombTarget.maxGrowthBytes);
});
