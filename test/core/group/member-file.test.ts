import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Environment } from '../../../src/core/fs/environment.js';
import { KernelLocks } from '../../../src/core/fs/kernel-lock.js';
import { NodeFileSystem } from '../../../src/core/fs/node-fs.js';
import { identify, ownIdentity } from '../../../src/core/fs/process-identity.js';
import {
  isMemberAlive,
  MemberFile,
  readMemberFile,
  sweepMemberFiles,
} from '../../../src/core/group/member-file.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { environment, START_MS } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';

const FOLDER = '/members';
const PATH = `${FOLDER}/m-1`;

interface World {
  readonly fs: MemoryFileSystem;
  readonly locks: MemoryLocks;
  readonly env: Environment;
  passMs(ms: number): void;
}

function newWorld(fs = new MemoryFileSystem()): World {
  fs.makeDirectory(FOLDER, 0o700);
  const locks = new MemoryLocks(fs);
  let nowMs = START_MS;
  const env = { ...environment(fs, { locks }), now: () => nowMs };
  return { fs, locks, env, passMs: (ms) => void (nowMs += ms) };
}

describe('a member file', () => {
  test('says who the member is, and that it lives', () => {
    const { env, fs } = newWorld();
    const member = MemberFile.create(env, PATH, 0o660);
    expect(readMemberFile(fs, PATH)).toEqual({
      pid: 42,
      startTime: 1,
      bootId: 'boot-1',
      command: 'test',
      sinceMs: START_MS,
      heartbeatMs: START_MS,
      child: null,
      heartbeatUptimeMs: START_MS,
    });
    expect([isMemberAlive(env, PATH), member.stillHeld()]).toEqual([true, true]);
    expect([member.path, member.descriptor]).toEqual([PATH, undefined]);
    expect(fs.stat(PATH)?.permissions).toBe(0o660);
  });

  test('changes in place, and never in size', () => {
    const { env, fs, passMs } = newWorld();
    const member = MemberFile.create(env, PATH, 0o600);
    const { inode } = fs.stat(PATH)!;
    passMs(5);
    member.heartbeat();
    expect(readMemberFile(fs, PATH)).toMatchObject({
      sinceMs: START_MS,
      heartbeatMs: START_MS + 5,
    });
    passMs(5);
    member.noteChild({ pid: 77, startTime: 123 });
    member.heartbeat();
    expect(readMemberFile(fs, PATH)).toMatchObject({
      child: { pid: 77, startTime: 123 },
      heartbeatMs: START_MS + 10,
    });
    member.noteChild(undefined);
    expect(readMemberFile(fs, PATH)?.child).toBeNull();
    expect(fs.stat(PATH)).toMatchObject({ inode, sizeBytes: 512 });
    expect(fs.trace.filter((step) => /^append|^writeAt/.test(step))).toEqual([
      `append ${PATH} 512`,
      ...Array.from({ length: 4 }, () => `writeAt ${PATH} 512`),
    ]);
  });

  test('goes on being written on a full disk', () => {
    const { env, fs, passMs } = newWorld(new MemoryFileSystem({ capacityBytes: 4096 + 512 }));
    const member = MemberFile.create(env, PATH, 0o600);
    passMs(5);
    member.heartbeat();
    expect(readMemberFile(fs, PATH)).toMatchObject({ heartbeatMs: START_MS + 5 });
    expect(() => MemberFile.create(env, `${FOLDER}/m-2`, 0o600)).toThrow(
      expect.objectContaining({ code: 'DISK_FULL' }),
    );
    expect(fs.list(FOLDER)).toEqual(['m-1']);
  });

  test('of a member whose process is gone is dead', () => {
    const { env, locks } = newWorld();
    MemberFile.create(env, PATH, 0o600);
    locks.forgetAll();
    expect(isMemberAlive(env, PATH)).toBe(false);
  });

  test('is there once', () => {
    const { env } = newWorld();
    MemberFile.create(env, PATH, 0o600);
    expect(() => MemberFile.create(env, PATH, 0o600)).toThrow(
      expect.objectContaining({ code: 'FILE_EXISTS' }),
    );
    expect(isMemberAlive(env, PATH)).toBe(true);
  });

  test('is removed by a member that leaves', () => {
    const { env, fs } = newWorld();
    const member = MemberFile.create(env, PATH, 0o600);
    member.remove();
    member.remove();
    expect(fs.list(FOLDER)).toEqual([]);
    expect([isMemberAlive(env, PATH), readMemberFile(fs, PATH)]).toEqual([false, undefined]);
  });

  test('that is closed stays, for the next sweep', () => {
    const { env, fs } = newWorld();
    MemberFile.create(env, PATH, 0o600).close();
    expect([isMemberAlive(env, PATH), fs.list(FOLDER)]).toEqual([false, ['m-1']]);
  });

  test('cannot say anything while it is torn, at any byte', () => {
    const { env, fs, passMs } = newWorld();
    const member = MemberFile.create(env, PATH, 0o600);
    const before = bytesOf(fs);
    passMs(12_345);
    member.noteChild({ pid: 77, startTime: 123 });
    const after = bytesOf(fs);
    const whole = [START_MS, START_MS + 12_345];
    for (let cut = 0; cut <= 512; cut++) {
      const torn = Buffer.concat([after.subarray(0, cut), before.subarray(cut)]);
      const file = fs.open(PATH, 'update');
      file.writeAt(torn, 0, 512, 0);
      file.close();
      const isWhole = torn.equals(before) || torn.equals(after);
      const found = readMemberFile(fs, PATH)?.heartbeatMs;
      expect([cut, found === undefined ? 'torn' : whole.includes(found)]).toEqual([
        cut,
        isWhole ? true : 'torn',
      ]);
      expect(isMemberAlive(env, PATH)).toBe(true);
    }
  });

  test('that could not be made leaves nothing, whatever fails', () => {
    const count = (() => {
      const { env, fs } = newWorld();
      const faults = new FaultFileSystem(fs);
      MemberFile.create({ ...env, fs: faults, locks: new MemoryLocks(faults) }, PATH, 0o600);
      return faults.operations.length;
    })();
    for (let at = 0; at < count; at++) {
      const { env, fs } = newWorld();
      const faults = new FaultFileSystem(fs);
      faults.failWhen(({ index }) => (index === at ? 'IO_ERROR' : undefined));
      const locks = new MemoryLocks(faults);
      expect(() => MemberFile.create({ ...env, fs: faults, locks }, PATH, 0o600)).toThrow(
        expect.objectContaining({ code: 'IO_ERROR' }),
      );
      expect([at, fs.list(FOLDER)]).toEqual([at, []]);
      fs.open(PATH, 'create').close();
      expect([at, locks.isLocked(PATH)]).toEqual([at, false]);
    }
  });
});

describe('where locks cannot be handed on', () => {
  test('a running child keeps its member alive, in this boot only', async () => {
    const { env, locks } = newWorld();
    const member = MemberFile.create(env, PATH, 0o600);
    const child = spawn('sleep', ['60']);
    member.noteChild({ pid: child.pid!, startTime: 0 });
    locks.forgetAll();
    expect(isMemberAlive(env, PATH)).toBe(true);
    expect(isMemberAlive({ ...env, bootId: 'boot-2' }, PATH)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isMemberAlive(env, PATH)).toBe(false);
  });

  test('a number that another process has by now does not', () => {
    const { env, locks } = newWorld();
    const { pid, startTime } = ownIdentity('test');
    const member = MemberFile.create(env, PATH, 0o600);
    member.noteChild({ pid, startTime: startTime - 1 });
    locks.forgetAll();
    expect(isMemberAlive(env, PATH)).toBe(false);
  });
});

describe('where locks can be handed on', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'spool-members-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('the child that has the open file keeps the member alive, and no other does', async () => {
    const env = environment(new NodeFileSystem(), { locks: new KernelLocks() });
    const path = join(folder, 'm-1');
    const member = MemberFile.create(env, path, 0o600);
    const child = spawn('sleep', ['60'], {
      stdio: ['ignore', 'ignore', 'ignore', member.descriptor],
    });
    member.noteChild(identify(child.pid!));
    member.close();
    expect(isMemberAlive(env, path)).toBe(true);
    sweepMemberFiles(env, folder, new Set());
    expect(statSync(path).size).toBe(512);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isMemberAlive(env, path)).toBe(false);
    sweepMemberFiles(env, folder, new Set());
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });
});

test('a sweep removes what is dead and not named, with the lease beside it', () => {
  const { env, fs, locks } = newWorld();
  for (const name of ['named', 'unnamed']) MemberFile.create(env, `${FOLDER}/${name}`, 0o600);
  locks.forgetAll();
  for (const name of ['named.lock', 'unnamed.lock', 'gone.lock', 'living.lock']) {
    fs.makeDirectory(`${FOLDER}/${name}`, 0o700);
  }
  MemberFile.create(env, `${FOLDER}/living`, 0o600);
  sweepMemberFiles(env, FOLDER, new Set(['named']));
  expect(fs.list(FOLDER).toSorted()).toEqual(['living', 'living.lock', 'named', 'named.lock']);
});

function bytesOf(fs: MemoryFileSystem): Buffer {
  const file = fs.open(PATH, 'read');
  const bytes = Buffer.alloc(512);
  file.readAt(bytes, 0, 512, 0);
  file.close();
  return bytes;
}
