/**
 * One volume in several containers: every process has a number of its own only within its container. A
 * lock is held or free whoever looks, and nobody takes a process of another container for a dead one, or
 * for one of the same number in its own.
 *
 * Of the faults: two containers with one volume.
 */
import { expect, test } from '@jest/globals';
import { lane } from '../../support/lane.js';
import {
  countBySender,
  expectAcknowledged,
  rangesOf,
  readDense,
} from '../../support/stored-records.js';
import { type MountedShell, onMounts, quoted } from './mounted-shell.js';

const WAIT_MS = 60_000;
const RECORD_COUNT = 300;

/** The script is process 1 of a container; it must be one command. */
const contained = (script: string): string =>
  `exec unshare --pid --fork --kill-child --mount-proc bash -c ${quoted(script)}`;

lane('containers with one volume', { root: true, programs: ['unshare'] }, () => {
  test(
    'append side by side',
    onMounts(async (shell) => {
      await shell.run('spool topic create t -c internal.segment.bytes=8192');
      const senders = ['a', 'b', 'c'];
      const ends = await Promise.all(
        senders.map((sender) => {
          const feed = `seq -f ${sender}:%.0f 0 ${RECORD_COUNT - 1}`;
          const flags = '--report --linger 1ms --rate 500/s';
          return shell.run(contained(`${feed} | spool produce t ${flags}`));
        }),
      );
      const values = await readDense(shell, 't');
      expect(countBySender(values)).toEqual(
        new Map(senders.map((sender) => [sender, RECORD_COUNT])),
      );
      for (const [at, { code, out, err }] of ends.entries()) {
        expect({ code, err }).toEqual({ code: 0, err: '' });
        expect(expectAcknowledged(values, senders[at] ?? '', rangesOf(out))).toBe(RECORD_COUNT);
      }
    }),
  );

  test(
    'see that a group is busy, and that it is free again',
    onMounts(async (shell) => {
      await shell.run('spool topic create t && seq 3 | spool produce t');
      const run = 'spool consume t -g g -F value';
      const holder = shell.start(
        contained(`${run} --exec ${quoted('echo up; cat > /dev/null; sleep 600')}`),
      );
      await holder.until(() => holder.out.includes('up'), WAIT_MS);
      const others = await Promise.all([
        shell.run(contained(`${run} --exec cat; echo $?`)),
        shell.run(`${run} --exec cat; echo $?`),
      ]);
      for (const { out, err } of others) {
        expect(out).toBe('75\n');
        expect(err).toMatch(/^error: /);
      }
      holder.killGroup('SIGKILL');
      await holder.ended;
      expect(await retried(shell, contained(`${run} --exec cat`))).toBe('1\n2\n3\n');
    }),
  );
});

/** A kill reaches all of a container, but not all of it at once. */
async function retried(shell: MountedShell, script: string): Promise<string> {
  for (const deadlineMs = Date.now() + WAIT_MS; ;) {
    const { code, out, err } = await shell.run(script);
    if (code === 0) return out;
    expect({ code, err: Date.now() < deadlineMs ? '' : err }).toEqual({ code: 75, err: '' });
  }
}
