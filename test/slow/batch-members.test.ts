/**
 * Members of a group that give batch after batch to a command, while they join, leave, are killed and
 * are stopped, and their commands fail. SPOOL_MEMBERS_MS: for how long; SPOOL_SEED: what happens to whom.
 */
import { describe, expect, test } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchJob,
  type Fate,
  checkBatches,
  offsetsOf,
  workedRecords,
} from '../support/batch-job.js';
import { GroupLedger, type GroupLook, describeGroup } from '../support/group-ledger.js';
import { KEYED_FEED, Team } from '../support/group-team.js';
import { SeededRandom } from '../support/seeded-random.js';
import { inShell } from '../support/shell.js';
import { printedSeed, printFigure, sizeFrom } from '../support/slow-size.js';

const WHILE_MS = sizeFrom('SPOOL_MEMBERS_MS', 20_000);
const PARTITION_COUNT = 6;
const MOST_MEMBERS = 6;
const ALL_WITHIN_MS = 60_000;
/** The command has failed, and no retry was left. */
const FAILED = 6;

function commandFlags(fate: Fate): string {
  return `-n 50 --retries 1 --backoff 50ms --exec '${BatchJob.commandOf(fate)}'`;
}

describe('members with a command that come, go, die and are stopped', () => {
  test(
    'never work on one batch at once, and repeat what a dead one left under its id',
    inShell(async (shell) => {
      const random = new SeededRandom(printedSeed());
      mkdirSync(join(shell.folder, 'jobs'));
      await shell.run(`spool topic create t -p ${PARTITION_COUNT}`);
      const writer = shell.start(KEYED_FEED);
      const job = new BatchJob(shell);
      const ledger = new GroupLedger();
      const look = async (): Promise<GroupLook> => {
        const found = await describeGroup(shell, 'g');
        ledger.note(found, job.read());
        return found;
      };
      let fate: Fate = 'any';
      const team = new Team(shell, {
        random,
        partitionCount: PARTITION_COUNT,
        mostMembers: MOST_MEMBERS,
        flags: () => commandFlags(fate),
        otherCodes: [FAILED],
      });
      for (let count = 0; count < 3; count++) team.join();
      for (const endMs = Date.now() + WHILE_MS; Date.now() < endMs;) {
        await sleep(200 + random.below(600));
        team.act();
        await look();
      }
      await team.untilNobodyIsStopped();
      writer.killGroup('SIGKILL');

      // Whatever is left, to those whose command works.
      for (const member of team.living) team.end(member, 'SIGINT');
      fate = 'works';
      const endMs = Date.now() + ALL_WITHIN_MS;
      for (team.join(); (await look()).lag > 0;) expect(Date.now()).toBeLessThan(endMs);
      await team.finish();
      const { partitions } = await look();
      const runs = job.read();
      expect(job.isEachEnded).toBe(true);
      const figures = checkBatches(runs);
      ledger.checkNeverGivenAgain(runs);
      const all = partitions.flatMap(({ partition, logEndOffset }) =>
        offsetsOf(0, logEndOffset).map((offset) => `${partition} ${offset}`),
      );
      expect([...workedRecords(runs)].sort()).toEqual(all.sort());
      const acted = [...team.actions].map(([name, count]) => `${count} ${name}`).join(', ');
      printFigure(
        `${acted}; ${all.length} records, ${figures.batchCount} batches in ${runs.length} commands, ` +
          `${figures.repeatedCount} repeated, ${figures.repeatedAfterSuccessCount} of them although ` +
          'the command had worked',
      );
      expect(figures.repeatedCount).toBeGreaterThan(0);
    }),
  );
});
