import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import process from 'node:process';

import { expect, test } from '@jest/globals';

import {
  effectiveUserId,
  isAlive,
  ownIdentity,
  parseProcStat,
  processState,
  readBootId,
} from '../../../src/core/fs/process-identity.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("the boot id is the kernel's, the same each time", () => {
  expect(readBootId(0)).toMatch(/^[0-9a-f-]{36}$/);
  expect(readBootId(1e12)).toBe(readBootId(0));
});

test('this process is alive, and says what it does', () => {
  const identity = ownIdentity('produce');
  expect(identity).toMatchObject({ pid: process.pid, command: 'produce' });
  expect(identity.startTime).toBeGreaterThan(0);
  expect(processState(identity)).toBe('running');
});

test('the same number with another start time is another process', () => {
  const { pid, startTime } = ownIdentity('produce');
  expect(isAlive({ pid, startTime: startTime - 1 })).toBe(false);
  expect(isAlive({ pid, startTime: 0 })).toBe(true);
});

test('a stopped process is told from a running one, and a killed one from both', async () => {
  const child = spawn('sleep', ['60']);
  const identity = { pid: child.pid!, startTime: 0 };
  expect(processState(identity)).toBe('running');
  child.kill('SIGSTOP');
  await pause(20);
  expect(processState(identity)).toBe('stopped');
  expect(isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processState(identity)).toBe('dead');
});

test('a zombie is dead: its files are closed', async () => {
  // The shell starts a process that ends soon, and becomes a program that never asks after it.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  await pause(300);
  expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z ');
  expect(isAlive({ pid, startTime: 0 })).toBe(false);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});

test.each([
  ['1 (node) S 0 1 1 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 11 0 4711 1 1', 'S', 4711],
  ['1 (a) b) R (c) T 0 1 1 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 11 0 12 1 1', 'T', 12],
])('parses %s', (text, state, startTime) => {
  expect(parseProcStat(text)).toEqual({ state, startTime });
});

test('a process of another namespace is not seen from here, which is no death', () => {
  const identity = ownIdentity('produce');
  expect(identity.pidNamespace).toBe(statSync('/proc/self/ns/pid').ino);
  const elsewhere = { ...identity, pid: 2 ** 30, pidNamespace: identity.pidNamespace! + 1 };
  expect([processState(elsewhere), isAlive(elsewhere)]).toEqual(['unseen', true]);
  expect(processState({ pid: 2 ** 30, startTime: 1 })).toBe('dead');
});

test('users have numbers', () => {
  expect(effectiveUserId()).toBe(process.geteuid?.());
});
