import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KernelLocks } from '../../src/core/fs/kernel-lock.js';
import { identify, readBootId } from '../../src/core/fs/process-identity.js';
import { OwnedLock } from '../../src/core/topic/owned-lock.js';
import { Place } from '../support/in-process.js';

/** In the name of a process: the lock itself is ours, what the file says is its. */
function hold(place: Place, path: string, pid = process.pid): OwnedLock {
  const full = join(place.dataDir, path);
  closeSync(openSync(full, 'a'));
  const owner = { ...identify(pid), command: 'topic delete' };
  const user = { owner, bootId: readBootId(0), now: Date.now };
  const lock = new OwnedLock(new KernelLocks().open(full), { user, what: 'it is held' });
  lock.tryLock();
  return lock;
}

async function placeWithTopic(): Promise<Place> {
  const place = new Place();
  await place.produce('orders', 'a');
  return place;
}

test('no locks: silence, an empty list, and a word to who watches', async () => {
  const place = await placeWithTopic();
  expect(await place.spool('locks')).toEqual({ code: 0, out: '', err: '' });
  expect(await place.spool('locks --json')).toEqual({ code: 0, out: '[]\n', err: '' });
  place.isWatched = true;
  expect(await place.spool('locks')).toEqual({ code: 0, out: '', err: 'no locks are held\n' });
});

test('no data directory is exit 3, and none is made', async () => {
  expect(await new Place().spool('locks')).toMatchObject({ code: 3, out: '' });
});

describe('what is held', () => {
  test('is shown with who, since when and how it does', async () => {
    const place = await placeWithTopic();
    const [registry, group] = [hold(place, 'locks/registry'), hold(place, 'locks/groups/load')];
    const { code, out } = await place.spool('locks');
    expect(code).toBe(0);
    const { pid } = process;
    expect(out).toMatch(
      new RegExp(
        `^WHAT .*\\ntopics +${pid} +topic delete +20\\S+ \\S+ +<?\\d+s +running\\ngroup load +${pid} .*\\n$`,
      ),
    );
    const json = JSON.parse((await place.spool('locks --json')).out) as unknown;
    expect(json).toMatchObject([
      {
        what: 'topics',
        kind: 'registry',
        pid,
        command: 'topic delete',
        alive: true,
        stopped: false,
      },
      { kind: 'group', group: 'load', since: expect.stringMatching(/^20.*Z$/) },
    ]);
    registry.close();
    group.close();
    expect((await place.spool('locks')).out).toBe('');
  });

  test('by a stopped process is shown with what lets it go on', async () => {
    const place = await placeWithTopic();
    const child = spawn('sleep', ['60']);
    const pid = child.pid!;
    process.kill(pid, 'SIGSTOP');
    await sleep(50);
    const lock = hold(place, 'locks/groups/load', pid);
    expect((await place.spool('locks')).out).toContain(`stopped; kill -CONT ${pid}\n`);
    lock.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
