/** What takes longer than a person waits: the commits of a follower, every five seconds. */
import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { inShell } from '../support/shell.js';

test(
  'a follower moves its group every five seconds, and is killed without losing more than that',
  inShell(async (shell) => {
    const where = async (): Promise<string> =>
      (await shell.run('spool group describe g --csv')).out.trim();
    await shell.run('seq 3 | spool produce t --create');
    const running = shell.start('exec spool consume t -g g -f');
    await running.until(() => running.out === '1\n2\n3\n');
    const beganMs = Date.now();
    expect(await where()).toBe('t,0,0');
    while ((await where()) !== 't,0,3') {
      expect(Date.now() - beganMs).toBeLessThan(8000);
      await sleep(100);
    }
    expect(Date.now() - beganMs).toBeGreaterThan(3000);
    // A record that comes later is waited for no longer than that either, though no other follows it.
    await shell.run('spool produce t -m 4');
    await running.until(() => running.out.endsWith('4\n'));
    await sleep(6500);
    running.kill('SIGKILL');
    await running.ended;
    expect(await where()).toBe('t,0,4');
  }),
);
