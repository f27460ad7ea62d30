/**
 * A data directory that goes away under those who use it: deleted, or its disk unmounted. Everybody ends
 * at once with an error; nobody makes a new one in its place, for an empty log would look like lost
 * records; what had been acknowledged is there when the disk comes back.
 *
 * Of the faults: the disk removed, the data directory deleted while running.
 */
import { expect, test } from '@jest/globals';
import { readdirSync, rmSync } from 'node:fs';
import { lane } from '../../support/lane.js';
import { type AcknowledgedRange, rangesOf } from '../../support/stored-records.js';
import { type MountedShell, onMounts, system } from './mounted-shell.js';

const START_MS = 60_000;
const FEED = 'while echo tick; do sleep 0.05; done';
const USERS = [
  `${FEED} | spool produce t --report`,
  'spool consume t -f',
  'spool consume t -f -g g',
  'spool consume t -f -g batch --exec "cat > /dev/null; echo ran" -n 3 --every 100ms',
];
const COMMANDS = [
  'produce t -m x',
  'consume t',
  'consume t -g g',
  'topic list',
  'topic describe t',
  'group list',
  'retention prune',
  'verify',
];

lane('a data directory that goes away', { root: true, programs: ['mkfs.ext4'] }, () => {
  test(
    'ends those who use it, when it is deleted',
    onMounts(async (shell) => {
      const parent = shell.makeFolder('parent');
      shell.dataDirectory = `${parent}/data`;
      await useUntil(shell, () => {
        rmSync(shell.dataDirectory, { recursive: true, maxRetries: 100 });
      });
      await expectNotFound(shell);
      expect(readdirSync(parent)).toEqual([]);
    }),
  );

  test(
    'ends those who use it, when its disk is unmounted, and comes back with it',
    onMounts(async (shell) => {
      const image = `${shell.folder}/image`;
      system('truncate', '-s', '32M', image);
      system('mkfs.ext4', '-q', '-m', '0', image);
      const disk = shell.mount('disk', '-o', 'loop', image);
      shell.dataDirectory = `${disk}/data`;
      const acknowledged = await useUntil(shell, () => {
        system('umount', '-l', disk);
      });
      await expectNotFound(shell);
      expect(readdirSync(disk)).toEqual([]);
      shell.mount('disk', '-o', 'loop', image);
      const back = await shell.run("spool verify -q; spool consume t -F '{offset} {value}'");
      expect(back).toMatchObject({ code: 0, err: '' });
      for (const { first, last } of acknowledged) {
        for (let offset = first; offset <= last; offset++) {
          expect(back.out).toContain(`${offset} tick\n`);
        }
      }
    }),
  );
});

/** What had been acknowledged when all users had ended. */
async function useUntil(shell: MountedShell, goAway: () => void): Promise<AcknowledgedRange[]> {
  expect(await shell.run('spool topic create t && spool produce t -m tick')).toMatchObject({
    code: 0,
  });
  const users = USERS.map((script) => shell.start(script));
  for (const user of users) await user.until(() => user.out.split('\n').length > 2, START_MS);
  goAway();
  const ends = await Promise.all(users.map(({ ended }) => ended));
  for (const [at, { code, err }] of ends.entries()) {
    expect({ user: USERS[at], code, err }).toMatchObject({
      user: USERS[at],
      code: expect.any(Number),
    });
    // Half deleted, it may look damaged as well.
    expect([1, 3, 7]).toContain(code);
    expect(err).toMatch(/^error: /m);
    expect(err).not.toContain('bug');
  }
  return rangesOf(ends[0]?.out ?? '');
}

async function expectNotFound(shell: MountedShell): Promise<void> {
  for (const command of COMMANDS) {
    const { code, out, err } = await shell.run(`spool ${command}`);
    expect({ command, code, out, err }).toMatchObject({ command, code: 3, out: '' });
    expect(err).toMatch(/^error: there is no data directory at /);
  }
}
