import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import {
  type LockHolder,
  heldLockError,
  holderState,
  stoppedAdvice,
} from '../../../src/core/fs/lock-holder.js';
import { lockBusy } from '../../../src/core/fs/lock-errors.js';
import { ownIdentity } from '../../../src/core/fs/process-identity.js';

const BOOT = 'boot-1';
const SINCE_MS = Date.parse('2026-11-22T09:30:00Z');
const NOBODY = 2 ** 30;

function holderOf(fields: Partial<LockHolder> = {}): LockHolder {
  return { ...ownIdentity('produce'), bootId: BOOT, sinceMs: SINCE_MS, ...fields };
}

describe('the holder of a lock', () => {
  test.each([
    ['this process', holderOf(), 'running'],
    ['a process that was killed', holderOf({ pid: NOBODY }), 'dead'],
    ['of another boot', holderOf({ bootId: 'boot-0' }), 'unseen'],
    ['of another container', holderOf({ pidNamespace: 1 }), 'unseen'],
  ])('%s', (_, holder, state) => {
    expect(holderState(holder, BOOT)).toBe(state);
  });

  test('a number that is nobody here, and may be of another container', () => {
    const { pid, startTime, command, bootId, sinceMs } = holderOf({ pid: NOBODY });
    const holder = { pid, startTime, command, bootId, sinceMs };
    expect(holderState(holder, BOOT)).toBe('unseen');
  });
});

describe('an error says', () => {
  const cause = lockBusy('/locks/registry', 5);
  const errorOf = (holder: LockHolder | undefined) =>
    heldLockError(cause, { what: 'topics are being changed', holder, bootId: BOOT });

  test('who, and since when', () => {
    const { pid } = process;
    expect(errorOf(holderOf())).toMatchObject({
      code: 'BUSY',
      message: `topics are being changed by produce (pid ${pid}) since 2026-11-22T09:30:00.000Z`,
      suggestion: undefined,
      details: { path: '/locks/registry', owner: { pid, command: 'produce', state: 'running' } },
    });
  });

  test('that nobody knows', () => {
    expect(errorOf(undefined)).toMatchObject({
      message: 'topics are being changed by another process',
      details: { owner: null },
    });
  });

  test('that the holder is stopped, and how to let it go on', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid!;
    child.kill('SIGSTOP');
    await sleep(50);
    const { message, suggestion } = errorOf(holderOf({ pid, startTime: 0 }));
    expect(message).toContain(`produce (pid ${pid}, stopped) since`);
    expect(suggestion).toBe(stoppedAdvice(pid));
    expect(suggestion).toContain(`kill -CONT ${pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
