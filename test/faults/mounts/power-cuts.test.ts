/**
 * Power cuts at any moment: while producers append and roll, a group reads on, topics are made and
 * deleted, and old records are trimmed and pruned. Whatever was acknowledged before the cut is there
 * after it, nothing is there that nobody sent, a position is the last acknowledged or the one after it
 * and never above the end, a deleted topic is gone, and everybody works on.
 *
 * A real power cut is seen as another boot, and then the log may be cut behind what was synced. Under
 * the boot of before (a volume that was taken away and came back) nothing may be lost either.
 *
 * Of the faults: power cuts after each acknowledgement and during create, rename, prune.
 * SPOOL_POWER_CUTS: how many for each file system and kind of boot. SPOOL_SEED: at which moments.
 */
import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { lane } from '../../support/lane.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { printedSeed, printFigure, sizeFrom } from '../../support/slow-size.js';
import { LOOP_PROGRAMS, LoopDisk, type LoopKind } from './loop-disk.js';
import { type MountedShell, onMounts } from './mounted-shell.js';
import { GroupReader, Sender, TopicMaker, Trimmer, type Worker } from './power-crew.js';
import { survey } from './survey.js';

const CUT_COUNT = sizeFrom('SPOOL_POWER_CUTS', 2);
const END_MS = 60_000;

interface Case {
  readonly kind: LoopKind;
  readonly isNewBoot: boolean;
}

lane('power cuts', { root: true, programs: LOOP_PROGRAMS }, () => {
  test.each<Case>([
    { kind: 'ext4', isNewBoot: true },
    { kind: 'xfs', isNewBoot: true },
    { kind: 'ext4', isNewBoot: false },
    { kind: 'xfs', isNewBoot: false },
  ])(
    `take nothing that was acknowledged ($kind, seen as a new boot: $isNewBoot, ${CUT_COUNT} cuts)`,
    (given) => onMounts((shell) => cutOften(shell, given))(),
  );
});

async function cutOften(shell: MountedShell, { kind, isNewBoot }: Case): Promise<void> {
  const random = new SeededRandom(printedSeed());
  const disk = new LoopDisk(shell, kind);
  shell.dataDirectory = `${disk.path}/data`;
  const made = await shell.run(
    'spool topic create t -c internal.segment.bytes=16384 && ' +
      'spool topic create old -c internal.segment.bytes=4096 -c retention.bytes=16384',
  );
  expect(made).toMatchObject({ code: 0, err: '' });
  const senders = [new Sender('a', 't'), new Sender('b', 't'), new Sender('c', 'old')];
  const crew = [...senders, new GroupReader('g', 't'), new TopicMaker(), new Trimmer('old')];
  for (let round = 0; round < CUT_COUNT; round++) {
    await workUntilCut(shell, disk, crew, round, random);
    disk.restorePower();
    if (isNewBoot) shell.reboot(`after-${round}`);
    const found = await survey(shell, 'g');
    for (const worker of crew) worker.check(found);
  }
  const count = senders.reduce((sum, { acknowledgedCount }) => sum + acknowledgedCount, 0);
  expect(count).toBeGreaterThan(0);
  printFigure(`${kind}, ${CUT_COUNT} power cuts: ${count} records had been acknowledged`);
}

/** All work at once; the power goes up to a second after the first of them is being answered. */
async function workUntilCut(
  shell: MountedShell,
  disk: LoopDisk,
  crew: readonly Worker[],
  round: number,
  random: SeededRandom,
): Promise<void> {
  const running = crew.map((worker) => shell.start(worker.script(round)));
  await running[0]?.until(() => running[0]?.out !== '', END_MS);
  await sleep(random.below(1000));
  disk.cutPower();
  const ends = await Promise.all(running.map(({ ended }) => ended));
  for (const [at, { out, err }] of ends.entries()) {
    // Whatever failed says so as an error, not as a bug.
    expect(err).not.toMatch(/bug|^ {4}at /m);
    crew[at]?.learn(round, out);
  }
}
