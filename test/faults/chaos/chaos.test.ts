/**
 * Writers, readers, groups, prunes and trims of the real program, all at once, while they are killed
 * (kill -9), stopped and resumed, run with a clock that is an hour off, and the disk fills up to the
 * last byte (root only). Everything that was done and answered is written down; the checker then asks
 * that history for every promise. Each round has a data directory of its own.
 *
 * Faults: kill -9 of every command at any moment; kill inside a write; SIGSTOP of a holder; clocks that
 * jump; a disk that fills up while records are produced and groups commit; prune on a full disk; readers
 * during prune and roll; many producers at once.
 *
 * SPOOL_CHAOS_KILLS: how many processes are killed in all (500; the long mode is 10000).
 * SPOOL_SEED: the choices. A round that fails leaves its history and its data directory behind.
 */
import { describe, expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lane } from '../../support/lane.js';
import { printFigure, printedSeed, sizeFrom } from '../../support/slow-size.js';
import { runRound } from './chaos-round.js';
import { type Violation, checkHistory, describeViolations } from './checker.js';
import type { Operation } from './history.js';
import { LAUNCHER } from './spool-process.js';
import { World } from './world.js';

const KILLS = sizeFrom('SPOOL_CHAOS_KILLS', 500);
const KILLS_PER_ROUND = 125;
const ROUND_COUNT = Math.ceil(KILLS / KILLS_PER_ROUND);
/** A machine that is busy otherwise kills fewer. */
const ROUND_LIMIT_MS = 300_000;

interface RoundResult {
  readonly kills: number;
  readonly violations: readonly Violation[];
}

async function playRound(seed: number, kills: number): Promise<RoundResult> {
  const world = new World(LAUNCHER);
  try {
    await runRound(world, { seed, kills, limitMs: ROUND_LIMIT_MS });
    const violations = checkHistory(world.history.operations);
    if (violations.length > 0) keepEvidence(world, seed);
    printFigure(figuresOf(world, seed));
    return { kills: world.tally.kills, violations };
  } catch (error) {
    keepEvidence(world, seed);
    throw error;
  } finally {
    world.remove();
  }
}

function keepEvidence(world: World, seed: number): void {
  const folder = mkdtempSync(join(tmpdir(), `spool-chaos-${seed}-`));
  world.history.write(join(folder, 'history.jsonl'));
  world.disk.keep(join(folder, 'data'));
  printFigure(`seed ${seed}: the history and the data directory are in ${folder}`);
}

function figuresOf({ tally, history }: World, seed: number): string {
  const count = (fits: (operation: Operation) => boolean): number =>
    history.operations.filter(fits).length;
  const acknowledged = count((one) => one.op === 'produce' && one.result.kind === 'acknowledged');
  const unknown = count((one) => one.op === 'produce' && one.result.kind === 'unknown');
  const refused = count((one) => one.op === 'produce' && one.result.kind === 'failed');
  return (
    `seed ${seed}: ${tally.kills} kills, ${tally.stops} stops, ${tally.clocks} odd clocks, ` +
    `${tally.fullDisks} full disks; ${acknowledged} records acknowledged, ${unknown} unknown, ` +
    `${refused} refused; ${count((one) => one.op === 'consume')} reads, ` +
    `${count((one) => one.op === 'deliver')} deliveries, ${count((one) => one.op === 'position')} positions`
  );
}

lane('chaos', {}, () => {
  describe('everything at once', () => {
    const seed = printedSeed();

    test.each(Array.from({ length: ROUND_COUNT }, (_, round) => round))(
      'keeps every promise (round %i)',
      async (round) => {
        const kills = Math.min(KILLS_PER_ROUND, KILLS - round * KILLS_PER_ROUND);
        const result = await playRound(seed + round, kills);
        expect(describeViolations(result.violations)).toBe('');
        expect(result.kills).toBeGreaterThanOrEqual(kills);
      },
    );
  });
});
