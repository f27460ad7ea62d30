import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import type { Cluster } from '../../../src/core/cluster/cluster.js';
import type { GroupMembership } from '../../../src/core/cluster/groups.js';
import { createDirectoryCluster } from '../../../src/core/cluster/open-cluster.js';
import { readMemberFile } from '../../../src/core/group/member-file.js';
import { codeOf } from '../../support/log-fixture.js';
import { MemoryMachine } from '../../support/memory-machine.js';
import { GROUP, endMembers, join, namesOf, requestOf, stateOf } from './group-fixture.js';

const SECOND_MS = 1000;

function isAsked({ mustRebalance }: GroupMembership): boolean {
  return mustRebalance.aborted;
}

describe('by the clock', () => {
  let machine: MemoryMachine;

  beforeEach(async () => {
    machine = await MemoryMachine.boot({ orders: 2 });
    jest.useFakeTimers();
  });

  afterEach(async () => {
    await endMembers();
    jest.useRealTimers();
  });

  /** Of all processes: their timers go on with the clock. */
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      machine.nowMs += 100;
      await jest.advanceTimersByTimeAsync(100);
    }
  }

  const heartbeatMs = ({ memberId }: GroupMembership): number | undefined =>
    readMemberFile(machine.fs, `${machine.directory.paths.groups}/${GROUP}/members/${memberId}`)
      ?.heartbeatMs;

  test.each(['batch', 'follow'] as const)(
    'a %s member is heard every 3 s, until it leaves',
    async (kind) => {
      const process = machine.start();
      const member = await join(process, { kind });
      const joinedMs = machine.nowMs;
      await pass(2 * SECOND_MS);
      expect(heartbeatMs(member)).toBe(joinedMs);
      await pass(2 * SECOND_MS);
      expect(heartbeatMs(member)).toBeGreaterThanOrEqual(joinedMs + 3 * SECOND_MS);
      await pass(3 * SECOND_MS);
      expect(heartbeatMs(member)).toBeGreaterThanOrEqual(joinedMs + 6 * SECOND_MS);
      await member.leave();
      const { length } = process.fs.operations;
      await pass(10 * SECOND_MS);
      expect(process.fs.operations).toHaveLength(length);
    },
  );

  test('is heard thrice in a session that is short', async () => {
    const member = await join(machine.start(), { sessionTimeoutMs: 1500 });
    const joinedMs = machine.nowMs;
    await pass(600);
    expect(heartbeatMs(member)).toBe(joinedMs + 500);
  });

  test('one whose group was deleted while it was silent is told, and makes it anew', async () => {
    const member = await join(machine.start(), { kind: 'follow' });
    machine.nowMs += 45 * SECOND_MS + 1;
    await (await machine.start().groups()).delete(GROUP);
    await pass(4 * SECOND_MS);
    expect(isAsked(member)).toBe(true);
    expect(await member.rebalance()).toBe(false);
    expect(namesOf(member.partitions)).toBe('orders:0 orders:1');
  });

  test('a killed member is noticed within a second, and its partitions are free', async () => {
    const process = machine.start();
    await join(process, { kind: 'follow' });
    const survivor = await join(machine.start(), { kind: 'follow' });
    await pass(SECOND_MS);
    expect(isAsked(survivor)).toBe(false);
    process.kill();
    await pass(SECOND_MS);
    expect(isAsked(survivor)).toBe(true);
    expect(stateOf(machine).members).toHaveLength(1);
    await survivor.rebalance();
    expect(namesOf(survivor.partitions)).toBe('orders:0 orders:1');
  });

  test('of many killed at once none is left after a second for each', async () => {
    const processes = [machine.start(), machine.start(), machine.start()];
    for (const process of processes) await join(process, { kind: 'follow' });
    const survivor = await join(machine.start(), { kind: 'follow' });
    for (const process of processes) process.kill();
    await pass(3 * SECOND_MS);
    expect(stateOf(machine).members.map(({ memberId }) => memberId)).toEqual([survivor.memberId]);
  });

  test('a member that is silent too long is left out by its neighbour', async () => {
    const process = machine.start();
    const silent = await join(process, { kind: 'follow', sessionTimeoutMs: 6 * SECOND_MS });
    await join(machine.start(), { kind: 'follow' });
    // As one that hangs: it lives, and its lock is held.
    process.fs.failWhen(({ kind }) => (kind === 'writeAt' ? 'IO_ERROR' : undefined));
    await pass(5 * SECOND_MS);
    expect(stateOf(machine).members).toHaveLength(2);
    await pass(3 * SECOND_MS);
    expect(stateOf(machine).members.map(({ memberId }) => memberId)).not.toContain(silent.memberId);
  });

  test('one that was left out is told so, where nothing tells of changes', async () => {
    const process = machine.start();
    const member = await join(process, { kind: 'follow' });
    machine.nowMs += 45 * SECOND_MS + 1;
    await join(machine.start(), { kind: 'follow' });
    await pass(4 * SECOND_MS);
    expect(isAsked(member)).toBe(true);
    expect(await member.rebalance()).toBe(false);
  });

  test('new partitions are noticed', async () => {
    const member = await join(machine.start(), { kind: 'follow' });
    await machine.start('topic').cluster.addPartitions('orders', 3);
    await pass(6 * SECOND_MS);
    expect(isAsked(member)).toBe(true);
    await member.rebalance();
    expect(namesOf(member.partitions)).toBe('orders:0 orders:1 orders:2');
    await pass(6 * SECOND_MS);
    expect(isAsked(member)).toBe(false);
  });

  test('what the watch fails of is what the next rebalance fails of', async () => {
    const process = machine.start();
    const member = await join(process, { kind: 'follow' });
    process.fs.failWhen(({ kind }) => (kind === 'writeAt' ? 'IO_ERROR' : undefined));
    await pass(4 * SECOND_MS);
    expect(isAsked(member)).toBe(true);
    process.fs.failWhen(() => undefined);
    expect(await codeOf(() => member.rebalance())).toBe('IO_ERROR');
  });

  test('a batch run is never asked to give up anything', async () => {
    const member = await join(machine.start());
    await join(machine.start(), { kind: 'follow' });
    await machine.start('topic').cluster.addPartitions('orders', 3);
    await pass(10 * SECOND_MS);
    expect(isAsked(member)).toBe(false);
  });
});

describe('by the notification of a real file system', () => {
  const stop = new AbortController();
  let root: string;
  const clusters: Cluster[] = [];
  const members: GroupMembership[] = [];

  beforeEach(() => {
    root = mkdtempSync(joinPath(tmpdir(), 'spool-watch-'));
  });

  afterEach(async () => {
    for (const member of members.splice(0)) await member.leave();
    for (const cluster of clusters.splice(0)) cluster.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function open(): Promise<Cluster> {
    const request = {
      path: joinPath(root, 'data'),
      command: 'consume',
      lockTimeoutMs: 5000,
      now: Date.now,
      random: Math.random,
      stop: stop.signal,
    };
    const cluster = await createDirectoryCluster(request, () => undefined);
    clusters.push(cluster);
    return cluster;
  }

  async function follow(): Promise<GroupMembership> {
    const groups = await (await open()).openGroups();
    const member = await groups.join(requestOf({ kind: 'follow' }));
    members.push(member);
    return member;
  }

  function asked({ mustRebalance }: GroupMembership): Promise<unknown> {
    if (mustRebalance.aborted) return Promise.resolve();
    return new Promise((resolve) => mustRebalance.addEventListener('abort', resolve));
  }

  test('one that joins and one that leaves are noticed, and the partitions move', async () => {
    const request = { name: 'orders', partitions: 2, replicationFactor: 1, config: {} };
    await (await open()).createTopic(request);
    const first = await follow();
    expect(isAsked(first)).toBe(false);
    const second = await follow();
    await asked(first);
    await first.rebalance();
    await asked(second);
    await second.rebalance();
    expect([first, second].map(({ partitions }) => partitions.length)).toEqual([1, 1]);
    await first.leave();
    await asked(second);
    await second.rebalance();
    expect(namesOf(second.partitions)).toBe('orders:0 orders:1');
  });
});
