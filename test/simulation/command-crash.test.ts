/**
 * Every writing command, stopped before each of its changes to the disk and inside each of its writes: by
 * a kill, and by power cuts that take any part of what was not synced (zeros and garbage in its place
 * included). Then ordinary commands go on, and are stopped in the same way, so that recovery is recovered
 * from.
 *
 * SPOOL_TEST_SEEDS: at 240 two disks of a power cut at each change, two stops in each recovery, and all of
 * the commands after each; at 40 a kill at each change, a power cut at one in three, and a stop in one
 * recovery in three; at 6 a kill at every other change. A power cut before each sync and after each command
 * in any case.
 */
import { expect, test } from '@jest/globals';

import { sizeFrom } from '../support/slow-size.js';
import { goOn, named } from './aftermath.js';
import { newStage } from './stage.js';
import { STORIES } from './stories.js';
import { type Choice, DONE, allowedAt, tell } from './telling.js';

const SEEDS = sizeFrom('SPOOL_TEST_SEEDS', 6);
const SHARE = SEEDS / 120;
/** About as many changes as a recovery makes. */
const STRIDE = SHARE < 1 ? 25 : 60;

test.each(STORIES)('$name', async (story) => {
  const telling = await tell(await newStage(story), story.steps, (at, change) => {
    // Just before a sync most is unsynced.
    const isSync = change.startsWith('sync');
    const count = Math.max(countAt(at), isSync ? 1 : 0);
    const seeds = seedsAt(at, count);
    if (change === DONE) seeds.push(0);
    return { isKilled: isKilledAt(at), seeds };
  });
  expect(telling.places).toBeGreaterThan(15 * story.steps.length);
  for (const [turn, cut] of telling.cuts.entries()) {
    await named(cut.name, async () => {
      const accident = { ...cut, allowed: await allowedAt(telling, cut.step) };
      const again = await goOn(accident, turn, stopsOf(turn));
      for (const [next, second] of again.telling.cuts.entries()) {
        const allowed = await again.allowedAt(second.step);
        const { wasPowerCut: isUnrecovered } = cut;
        await named(second.name, () =>
          goOn({ ...second, allowed, isUnrecovered }, turn + next + 1),
        );
      }
    });
  }
});

/** With few seeds, every other place. */
function isKilledAt(at: number): boolean {
  return SEEDS >= 24 || at % 2 === 0;
}

/** Where to stop the recovery as well: a kill, the worst disk, or some other. */
function stopsOf(turn: number): Choice | undefined {
  const count = countAt(turn);
  if (count === 0) return undefined;
  return (at) => {
    const isLookedAt = (at + turn * 7) % STRIDE < count;
    if (!isLookedAt || turn % 3 === 0) return { isKilled: isLookedAt, seeds: [] };
    return { isKilled: false, seeds: [turn % 3 === 1 ? 0 : 2 + at] };
  };
}

/** How many of the things that are numbered by `at` come up at this one: `SHARE` on average. */
function countAt(at: number): number {
  return Math.floor((at + 1) * SHARE) - Math.floor(at * SHARE);
}

/** The worst disk now and then, and others that differ from place to place. */
function seedsAt(at: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    (at + index) % 3 === 0 ? 0 : 2 + at * count + index,
  );
}
