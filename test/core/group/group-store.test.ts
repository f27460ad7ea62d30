import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CoreError } from '../../../src/core/errors.js';
import type { Environment } from '../../../src/core/fs/environment.js';
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import { KernelLocks } from '../../../src/core/fs/kernel-lock.js';
import type { LockableFile, LockProvider } from '../../../src/core/fs/lock.js';
import { NodeFileSystem } from '../../../src/core/fs/node-fs.js';
import { type GroupState, emptyGroup } from '../../../src/core/group/group-state.js';
import { GroupStore } from '../../../src/core/group/group-store.js';
import { createDataDirectory } from '../../../src/core/topic/create-data-directory.js';
import { openDataDirectory } from '../../../src/core/topic/data-directory.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import type { Operation } from '../../support/fault-fs.js';
import { NO_WAIT, environment } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';
import { crashEverywhere, newFileSystem, ROOT } from '../topic/registry-fixture.js';

const GROUP = 'load';
const FOLDER = `${ROOT}/groups/${GROUP}`;
const STATE = `${FOLDER}/state.json`;
const PREVIOUS = `${FOLDER}/state.prev`;
const PATIENCE = { timeoutMs: 5000 };

const damaged = (fields: object = {}) =>
  expect.objectContaining({ code: 'DATA_DIR_DAMAGED', ...fields });

/** What a process that starts now has. */
function openStore(fs: FileSystem, locks: LockProvider = new MemoryLocks(fs)): GroupStore {
  return new GroupStore(environment(fs, { locks }), openDataDirectory(fs, ROOT));
}

const toGeneration =
  (generation: number) =>
  (state: GroupState): GroupState => ({ ...state, generation });

const grow = (state: GroupState): GroupState => ({ ...state, generation: state.generation + 1 });

/** A group that was changed so many times; its generation counts them. */
async function withGroup(changes = 1, group = GROUP): Promise<MemoryFileSystem> {
  const fs = await newFileSystem();
  for (let i = 0; i < changes; i++) await openStore(fs).change(group, NO_WAIT, grow);
  return fs;
}

/** Undone by nothing: what a bad disk or a person has done. */
function overwrite(fs: FileSystem, path: string, change: (bytes: Buffer) => Uint8Array): void {
  const file = fs.open(path, 'update');
  const bytes = Buffer.alloc(file.stat().sizeBytes);
  file.readAt(bytes, 0, bytes.length, 0);
  const changed = change(bytes);
  file.truncate(0);
  file.writeAt(changed, 0, changed.length, 0);
  file.close();
}

function flipBit(bytes: Buffer): Buffer {
  bytes[bytes.length >> 1]! ^= 4;
  return bytes;
}

/** Names in the folder of the group, and beside it, that no group accounts for. */
function debrisIn(fs: FileSystem): string[] {
  const beside = fs.list(`${ROOT}/groups`).filter((name) => name.startsWith('.'));
  const known = ['state.json', 'state.prev', 'members'];
  const inside = fs.stat(FOLDER) === undefined ? [] : fs.list(FOLDER);
  return [...beside, ...inside.filter((name) => !known.includes(name))];
}

describe('a change', () => {
  test('creates the group, and later ones replace its state', async () => {
    const store = openStore(await newFileSystem());
    expect(store.read(GROUP)).toBeUndefined();
    const first = await store.change(GROUP, NO_WAIT, (state) => {
      expect(state).toEqual(emptyGroup(GROUP));
      return { ...state, lastActiveMs: 7 };
    });
    expect(first).toEqual({ ...emptyGroup(GROUP), revision: 1, lastActiveMs: 7 });
    expect(store.read(GROUP)).toEqual(first);
    const second = await store.change(GROUP, NO_WAIT, toGeneration(3));
    expect(second).toEqual({ ...first, revision: 2, generation: 3 });
    expect(store.read(GROUP)).toEqual(second);
  });

  test('writes in an order that leaves a whole state at every moment', async () => {
    const fs = await withGroup(2);
    const before = fs.trace.length;
    await openStore(fs).change(GROUP, NO_WAIT, grow);
    const steps = fs.trace
      .slice(before)
      .map((step) => step.replaceAll(FOLDER, '').replaceAll(/[0-9a-f]{16}| \d+$/g, ''));
    expect(steps).toEqual([
      'link /state.json -> /.tmp-',
      'rename /.tmp- -> /state.prev',
      'create /.tmp-',
      'append /.tmp-',
      'sync /.tmp-',
      'rename /.tmp- -> /state.json',
      'syncDirectory ',
    ]);
  });

  test('that changes nothing writes nothing, also where there is no group', async () => {
    const fs = await withGroup();
    const before = fs.tree();
    const store = openStore(fs);
    const found = store.read(GROUP);
    expect(await store.change(GROUP, NO_WAIT, (state) => state)).toEqual(found);
    expect(await store.change('other', NO_WAIT, (state) => state)).toEqual(emptyGroup('other'));
    expect(store.read('other')).toBeUndefined();
    expect(fs.tree()).toEqual({ ...before, [`${ROOT}/locks/groups/other`]: '0 bytes' });
  });

  test('that throws leaves all as it was, and the lock free', async () => {
    const fs = await withGroup();
    const before = fs.tree();
    const store = openStore(fs);
    const change = store.change(GROUP, NO_WAIT, () => {
      throw new RangeError('no');
    });
    await expect(change).rejects.toThrow('no');
    expect(fs.tree()).toEqual(before);
    expect(await store.change(GROUP, NO_WAIT, grow)).toMatchObject({ generation: 2 });
  });

  test('may put files into the folders of a new group before it exists', async () => {
    const fs = await newFileSystem();
    const store = openStore(fs);
    const path = `${store.membersFolder(GROUP)}/m-1`;
    await store.change(GROUP, NO_WAIT, (state) => {
      store.makeFolders(GROUP);
      store.makeFolders(GROUP);
      fs.open(path, 'create').close();
      expect([openStore(fs).read(GROUP), openStore(fs).list().states]).toEqual([undefined, []]);
      return grow(state);
    });
    expect(fs.stat(path)).toBeDefined();
    expect(openStore(fs.crashClone(0)).read(GROUP)).toMatchObject({ revision: 1 });
  });

  test('of one group touches no other', async () => {
    const fs = await withGroup();
    await openStore(fs).change('other', NO_WAIT, grow);
    const { inode } = fs.stat(STATE)!;
    await openStore(fs).change('other', NO_WAIT, grow);
    expect(fs.stat(STATE)!.inode).toBe(inode);
    expect(openStore(fs).read(GROUP)).toMatchObject({ revision: 1 });
  });

  test('keeps the revision before', async () => {
    const fs = await withGroup(3);
    overwrite(fs, STATE, flipBit);
    fs.rename(PREVIOUS, STATE);
    expect(openStore(fs).read(GROUP)).toMatchObject({ revision: 2, generation: 2 });
  });

  test('keeps it on a file system without links too', async () => {
    const fs = new FaultFileSystem(await withGroup(2));
    fs.failWhen(({ kind }) => (kind === 'link' ? 'PERMISSION_DENIED' : undefined));
    await openStore(fs).change(GROUP, NO_WAIT, grow);
    expect(openStore(fs).read(GROUP)).toMatchObject({ revision: 3 });
    fs.rename(PREVIOUS, STATE);
    expect(openStore(fs).read(GROUP)).toMatchObject({ revision: 2 });
  });

  test('waits its turn, or is BUSY with the name of the group', async () => {
    const fs = await withGroup();
    const locks = new MemoryLocks(fs);
    const lock = locks.open(`${ROOT}/locks/groups/${GROUP}`);
    lock.tryLock();
    const store = openStore(fs, locks);
    await expect(store.change(GROUP, { timeoutMs: 5 }, grow)).rejects.toMatchObject({
      code: 'BUSY',
      message: 'group load is being changed by another process',
      details: { group: GROUP, path: `${ROOT}/locks/groups/${GROUP}` },
    });
    const stop = new AbortController();
    const stopped = store.change(GROUP, { timeoutMs: 5000, signal: stop.signal }, grow);
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED', details: { group: GROUP } });
    const waiting = store.change(GROUP, PATIENCE, grow);
    lock.unlock();
    expect(await waiting).toMatchObject({ generation: 2 });
  });

  test('is lost to nobody, however many there are at once', async () => {
    const root = mkdtempSync(join(tmpdir(), 'spool-groups-'));
    try {
      const fs = new NodeFileSystem();
      const path = join(root, 'data');
      const locks = new KernelLocks();
      const openLock = (lockPath: string): LockableFile => locks.open(lockPath);
      await createDataDirectory({ fs, path, lockProtocol: 'kernel', openLock, lockTimeoutMs: 0 });
      // Kernel locks exclude each other within one process as between two.
      const change = (): Promise<GroupState> => {
        const env: Environment = environment(fs, { locks: new KernelLocks() });
        return new GroupStore(env, openDataDirectory(fs, path)).change(GROUP, PATIENCE, grow);
      };
      await Promise.all(Array.from({ length: 40 }, change));
      expect(await change()).toMatchObject({ revision: 41, generation: 41 });
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test('may be of any name, and a long one is kept apart by its hash', async () => {
    const fs = await newFileSystem();
    const names = ['../../evil', 'Load', 'load', 'ü'.repeat(127), 'ü'.repeat(126), '.', 'a\u2028b'];
    for (const name of names) await openStore(fs).change(name, NO_WAIT, grow);
    const store = openStore(fs);
    expect(store.list().states.map(({ group }) => group)).toEqual(names.toSorted());
    for (const name of names) expect(store.read(name)).toMatchObject({ group: name, revision: 1 });
    expect(Object.keys(fs.tree()).filter((path) => path.includes('evil'))).not.toEqual([]);
    expect(fs.list('/home')).toEqual(['spool']);
    await expect(store.change('a\nb', NO_WAIT, grow)).rejects.toMatchObject({
      code: 'INVALID_GROUP_ID',
    });
  });
});

describe('a lock that was lost', () => {
  /** A lease that is taken away after it was asked after so many times. */
  function fading(fs: FileSystem, checks: number): LockProvider {
    const locks = new MemoryLocks(fs);
    let left = checks;
    return {
      protocol: 'lockfile',
      isLocked: (path) => locks.isLocked(path),
      open: (path) => {
        const lock = locks.open(path);
        lock.stillHeld = () => left-- > 0;
        return lock;
      },
    };
  }

  test('before the write: FENCED, and nothing is changed', async () => {
    const fs = await withGroup();
    const change = openStore(fs, fading(fs, 0)).change(GROUP, NO_WAIT, grow);
    await expect(change).rejects.toMatchObject({
      code: 'FENCED',
      details: { group: GROUP },
      suggestion: expect.stringContaining('Nothing was changed'),
    });
    expect(openStore(fs).read(GROUP)).toMatchObject({ revision: 1 });
    expect(debrisIn(fs)).toEqual([]);
  });

  test('during the write: FENCED, and the outcome is not certain', async () => {
    const fs = await withGroup();
    const change = openStore(fs, fading(fs, 1)).change(GROUP, NO_WAIT, grow);
    await expect(change).rejects.toMatchObject({
      code: 'FENCED',
      suggestion: expect.stringContaining('not certain'),
    });
  });

  test('before a deletion: FENCED, and the group is whole', async () => {
    const fs = await withGroup();
    const deletion = openStore(fs, fading(fs, 0)).delete(GROUP, NO_WAIT, () => undefined);
    await expect(deletion).rejects.toMatchObject({ code: 'FENCED' });
    expect(openStore(fs).read(GROUP)).toMatchObject({ revision: 1 });
  });
});

describe('a crash at any moment', () => {
  /** What is there is one of these generations, and the next change goes on from it and tidies up. */
  async function expectGeneration(
    disk: MemoryFileSystem,
    point: string,
    allowed: readonly (number | undefined)[],
  ): Promise<void> {
    const store = openStore(disk);
    const found = store.read(GROUP);
    const { states, failures } = store.list();
    expect({ point, allowed, found: found?.generation }).toEqual({
      point,
      allowed: expect.arrayContaining([found?.generation]),
      found: found?.generation,
    });
    expect({ point, states, failures }).toEqual({
      point,
      states: found === undefined ? [] : [found],
      failures: [],
    });
    const after = await store.change(GROUP, NO_WAIT, grow);
    expect(openStore(disk.crashClone(0)).read(GROUP)).toEqual(after);
    expect({ point, revision: after.revision }).toEqual({
      point,
      revision: (found?.revision ?? 0) + 1,
    });
    expect({ point, debris: debrisIn(disk) }).toEqual({ point, debris: [] });
  }

  test.each([
    ['the first change', 0, [undefined, 1]],
    ['the second', 1, [1, 2]],
    ['a later one', 4, [4, 5]],
  ] as const)('%s: the old state or the new one', async (_, changes, allowed) => {
    const total = await crashEverywhere(
      () => withGroup(changes),
      (fs) => openStore(fs).change(GROUP, NO_WAIT, grow),
      (disk, { isDone, name }) =>
        expectGeneration(disk, name, isDone ? allowed.slice(1) : [...allowed]),
    );
    expect(total).toBeGreaterThanOrEqual(6);
  });

  test('two crashes in a row', async () => {
    const prepare = async (): Promise<MemoryFileSystem> => {
      const fs = await withGroup(2);
      // Between the second name of the old file and the new one: both names lead to one file.
      fs.crashAfter(2);
      await openStore(fs)
        .change(GROUP, NO_WAIT, grow)
        .catch(() => undefined);
      const disk = fs.crashClone(1);
      expect(disk.stat(PREVIOUS)?.inode).toBe(disk.stat(STATE)?.inode);
      return disk;
    };
    await crashEverywhere(
      prepare,
      (fs) => openStore(fs).change(GROUP, NO_WAIT, grow),
      (disk, { isDone, name }) => expectGeneration(disk, name, isDone ? [3] : [2, 3]),
    );
  });

  test('a killed creator, and a power cut after the next one', async () => {
    const fs = await newFileSystem();
    fs.crashAfter(3);
    await openStore(fs)
      .change(GROUP, NO_WAIT, grow)
      .catch(() => undefined);
    // All that it did is there, and none of it is synced.
    const next = fs.crashClone(1);
    await openStore(next).change(GROUP, NO_WAIT, grow);
    expect(openStore(next.crashClone(0)).read(GROUP)).toMatchObject({ revision: 1 });
  });

  test('of a deletion: the whole group or none, and its name is free', async () => {
    const total = await crashEverywhere(
      () => withGroup(3),
      (fs) => openStore(fs).delete(GROUP, NO_WAIT, () => undefined),
      (disk, { isDone, name }) =>
        expectGeneration(disk, name, isDone ? [undefined] : [undefined, 3]),
    );
    expect(total).toBeGreaterThanOrEqual(6);
  });
});

describe('a failing disk', () => {
  const run = async (
    changes: number,
    act: (store: GroupStore) => Promise<unknown>,
    fails: (operation: Operation) => boolean,
    code: 'DISK_FULL' | 'IO_ERROR',
  ) => {
    const disk = await withGroup(changes);
    const fs = new FaultFileSystem(disk);
    const store = openStore(fs);
    expect(store.read(GROUP)?.generation ?? 0).toBe(changes);
    const begin = fs.operations.length;
    fs.failWhen((operation) =>
      fails({ ...operation, index: operation.index - begin }) ? code : undefined,
    );
    const outcome = await act(store).then(
      () => 'done',
      (error: unknown) => (error as CoreError).code,
    );
    return { disk, outcome, operations: fs.operations.slice(begin) };
  };
  const change = (store: GroupStore): Promise<unknown> => store.change(GROUP, NO_WAIT, grow);
  const remove = (store: GroupStore): Promise<unknown> =>
    store.delete(GROUP, NO_WAIT, () => undefined);

  test.each([
    ['a new group', 0, change, [undefined, 1]],
    ['a change', 3, change, [3, 4]],
    ['a deletion', 3, remove, [3, undefined]],
  ] as const)('%s: any operation may fail', async (_, changes, act, [before, after]) => {
    const whole = await run(changes, act, () => false, 'IO_ERROR');
    expect(whole.outcome).toBe('done');
    for (const code of ['DISK_FULL', 'IO_ERROR'] as const) {
      for (let at = 0; at < whole.operations.length; at++) {
        for (const lasting of [false, true]) {
          const { disk, outcome } = await run(
            changes,
            act,
            ({ index }) => index === at || (lasting && index > at),
            code,
          );
          const point = `${code} at ${at}: ${whole.operations[at]!.kind}, lasting: ${lasting}`;
          const found = openStore(disk).read(GROUP)?.generation;
          const allowed = outcome === 'done' ? [after] : [before, after];
          expect({ point, outcome }).toEqual({
            point,
            outcome: expect.stringMatching(`^(done|${code})$`),
          });
          expect({ point, found, isAllowed: allowed.some((each) => each === found) }).toEqual({
            point,
            found,
            isAllowed: true,
          });
          await openStore(disk).change(GROUP, NO_WAIT, grow);
          expect({ point, debris: debrisIn(disk) }).toEqual({ point, debris: [] });
        }
      }
    }
  });
});

describe('damage', () => {
  const harm: readonly (readonly [string, (fs: MemoryFileSystem) => void])[] = [
    ['a flipped bit', (fs) => overwrite(fs, STATE, flipBit)],
    ['an empty file', (fs) => overwrite(fs, STATE, () => new Uint8Array(0))],
    ['a file cut short', (fs) => overwrite(fs, STATE, (bytes) => bytes.subarray(0, 40))],
    ['a missing file', (fs) => fs.removeFile(STATE)],
  ];

  test.each(harm)('%s is told, with the way back', async (_, act) => {
    const fs = await withGroup(3);
    act(fs);
    const expected = damaged({
      message: expect.stringContaining(STATE),
      suggestion: `The revision before it (2) is whole. To go on from there: cp ${PREVIOUS} ${STATE}`,
      details: expect.objectContaining({
        path: STATE,
        group: GROUP,
        previous: PREVIOUS,
        previousRevision: 2,
      }),
    });
    const store = openStore(fs);
    const before = fs.tree();
    expect(() => store.read(GROUP)).toThrow(expected);
    await expect(store.change(GROUP, NO_WAIT, grow)).rejects.toEqual(expected);
    await expect(store.delete(GROUP, NO_WAIT, () => undefined)).rejects.toEqual(expected);
    expect(fs.tree()).toEqual(before);
    if (fs.stat(STATE) !== undefined) fs.removeFile(STATE);
    fs.link(PREVIOUS, STATE);
    expect(await store.change(GROUP, NO_WAIT, grow)).toMatchObject({ revision: 3, generation: 3 });
  });

  test.each(harm.slice(0, 3))('%s of the first state has no way back', async (_, act) => {
    const fs = await withGroup(1);
    act(fs);
    expect(() => openStore(fs).read(GROUP)).toThrow(
      damaged({
        suggestion: expect.stringContaining(`rm -r ${FOLDER}`),
        details: expect.objectContaining({ previous: null, previousRevision: null }),
      }),
    );
  });

  test('of both revisions offers neither', async () => {
    const fs = await withGroup(3);
    overwrite(fs, STATE, flipBit);
    overwrite(fs, PREVIOUS, flipBit);
    expect(() => openStore(fs).read(GROUP)).toThrow(
      damaged({ details: expect.objectContaining({ previous: null }) }),
    );
  });

  test('is the state of another group in its place', async () => {
    const fs = await withGroup(1, 'other');
    await openStore(fs).change(GROUP, NO_WAIT, grow);
    fs.rename(`${ROOT}/groups/other/state.json`, STATE);
    expect(() => openStore(fs).read(GROUP)).toThrow(
      damaged({ message: expect.stringContaining('state of group other') }),
    );
  });

  test('of a longer name, which is a hash, is told by the name in the revision before', async () => {
    const name = 'n'.repeat(250);
    const fs = await withGroup(2, name);
    overwrite(fs, join(openStore(fs).folder(name), 'state.json'), flipBit);
    expect(openStore(fs).list().failures).toEqual([
      damaged({ details: expect.objectContaining({ group: name }) }),
    ]);
  });
});

describe('the list of groups', () => {
  test('is sorted, and tells what cannot be read apart', async () => {
    const fs = await withGroup(2, 'b');
    for (const name of ['c', 'a', 'B']) await openStore(fs).change(name, NO_WAIT, grow);
    overwrite(fs, `${ROOT}/groups/b/state.json`, flipBit);
    const { states, failures } = openStore(fs).list();
    expect(states.map(({ group }) => group)).toEqual(['B', 'a', 'c']);
    expect(failures).toEqual([damaged({ details: expect.objectContaining({ group: 'b' }) })]);
  });

  test('passes over what is no group: an unfinished one, a deleted one, a stranger', async () => {
    const fs = await withGroup();
    for (const name of ['unfinished', '.deleted-1', '.tmp-1', 'Stranger']) {
      fs.makeDirectory(`${ROOT}/groups/${name}`, 0o700);
    }
    const { states, failures } = openStore(fs).list();
    expect([states.map(({ group }) => group), failures]).toEqual([[GROUP], []]);
  });

  test('reads a thousand groups once each', async () => {
    const disk = await newFileSystem();
    const fs = new FaultFileSystem(disk);
    const store = openStore(fs);
    for (let i = 0; i < 1000; i++) await store.change(`group-${i}`, NO_WAIT, grow);
    const before = fs.operations.length;
    expect(store.list().states).toHaveLength(1000);
    const opened = fs.operations.slice(before).filter(({ kind }) => kind === 'read');
    expect(opened).toHaveLength(1000);
    expect(fs.operations.length - before).toBeLessThanOrEqual(5001);
  });
});

describe('a deletion', () => {
  test('returns the group as it was, and a new one of its name is new', async () => {
    const fs = await withGroup(3);
    const store = openStore(fs);
    const state = store.read(GROUP);
    let checked: GroupState | undefined;
    expect(await store.delete(GROUP, NO_WAIT, (found) => (checked = found))).toEqual(state);
    expect(checked).toEqual(state);
    expect([store.read(GROUP), fs.list(`${ROOT}/groups`)]).toEqual([undefined, []]);
    expect(await store.change(GROUP, NO_WAIT, grow)).toMatchObject({ revision: 1, generation: 1 });
  });

  test('that is refused leaves the group', async () => {
    const fs = await withGroup(3);
    const store = openStore(fs);
    const before = fs.tree();
    const deletion = store.delete(GROUP, NO_WAIT, () => {
      throw new RangeError('no');
    });
    await expect(deletion).rejects.toThrow('no');
    expect(fs.tree()).toEqual(before);
  });

  test('of no group does nothing, and makes no lock', async () => {
    const fs = await newFileSystem();
    const before = fs.tree();
    expect(await openStore(fs).delete(GROUP, NO_WAIT, () => undefined)).toBeUndefined();
    expect(fs.tree()).toEqual(before);
  });

  test('removes what an interrupted one has left', async () => {
    const fs = await withGroup(1);
    fs.makeDirectory(`${ROOT}/groups/.deleted-1`, 0o700);
    fs.makeDirectory(`${ROOT}/groups/.deleted-1/members`, 0o700);
    await openStore(fs).delete(GROUP, NO_WAIT, () => undefined);
    expect(fs.list(`${ROOT}/groups`)).toEqual([]);
  });
});

test('permissions follow the data directory', async () => {
  const fs = new MemoryFileSystem();
  for (const path of ['/home', ROOT]) fs.makeDirectory(path, 0o2770);
  const locks = new MemoryLocks(fs);
  await createDataDirectory({
    fs,
    path: ROOT,
    lockProtocol: 'kernel',
    openLock: (path) => locks.open(path),
    lockTimeoutMs: 0,
  });
  const store = openStore(fs);
  await store.change(GROUP, NO_WAIT, grow);
  const permissions = [FOLDER, store.membersFolder(GROUP), STATE, `${ROOT}/locks/groups/${GROUP}`];
  expect(permissions.map((path) => fs.stat(path)?.permissions.toString(8))).toEqual([
    '2770',
    '2770',
    '660',
    '660',
  ]);
});
