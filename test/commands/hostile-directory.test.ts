/**
 * A data directory that came from somewhere else, or that others can write into: links and FIFOs in the
 * place of its files, and other owners. Nothing is followed, nothing hangs, and nothing outside changes.
 */
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Place } from '../support/in-process.js';

const LOG = 'brokers/0/log';
const SEGMENT = `${LOG}/orders-0/00000000000000000000`;

const DIRECTORIES = [
  ...['topics', 'groups', 'partitions', 'locks', 'locks/groups'],
  ...['brokers', 'brokers/0', LOG, 'brokers/0/tmp', 'brokers/0/trash'],
  ...[`${LOG}/orders-0`, 'groups/load', 'groups/load/members'],
];
const FILES = [
  ...['spool.json', 'topics/orders.json', 'partitions/orders-0', 'groups/load/state.json'],
  ...['locks/registry', 'locks/groups/load', `${LOG}/.lock`, `${SEGMENT}.log`, `${SEGMENT}.index`],
];
/** Everything that writes. Each is refused, or does without what was put there. */
const COMMANDS = [
  'produce orders -m x',
  'consume orders -g load --peek',
  'consume orders -g load',
  'group commit load orders:0=0 -y',
  'topic create other',
  'topic trim orders --before end -y',
  'retention prune',
  'group delete load -y',
  'topic delete orders -y',
];

/** With a topic and a group; `victim` lies outside. */
async function placeWithGroup(): Promise<Place> {
  const place = new Place();
  await place.produce('orders', 'a', 'b');
  await place.spool('consume orders -g load');
  return place;
}

const template = placeWithGroup();

async function copyOfPlace(): Promise<Place> {
  const place = new Place();
  cpSync((await template).dataDir, place.dataDir, { recursive: true });
  chmodSync(place.dataDir, 0o700);
  return place;
}

/** What lies outside of the data directory, and must stay as it is. */
function contentsOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [readFileSync(path, 'latin1')];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .map((each) => `${each} ${statSync(each).isFile() ? readFileSync(each, 'latin1') : ''}`)
    .sort();
}

describe('a symbolic link in the place of', () => {
  test.each([...DIRECTORIES, ...FILES])('%s is not followed', async (name) => {
    const place = await copyOfPlace();
    const path = join(place.dataDir, name);
    const victim = join(place.folder, 'victim');
    renameSync(path, victim);
    if (DIRECTORIES.includes(name)) {
      mkdirSync(join(victim, 'members'), { recursive: true });
      writeFileSync(join(victim, 'members/letter'), 'precious');
      writeFileSync(join(victim, '.tmp-thesis'), 'precious');
      writeFileSync(join(victim, 'create-thesis'), 'precious');
    }
    symlinkSync(victim, path);
    const before = contentsOf(victim);
    let refusals = 0;
    for (const command of COMMANDS) {
      const { code, err } = await place.spool(command);
      expect(err).not.toContain('this is a bug');
      if (/symbolic link/.test(err)) {
        expect(code).toBe(1);
        refusals++;
      }
      expect(contentsOf(victim)).toEqual(before);
    }
    expect(refusals).toBeGreaterThan(0);
  });

  test.each([
    [`${LOG}/orders-0`, 'consume orders'],
    [`${SEGMENT}.log`, 'consume orders'],
    ['groups/load', 'group describe load'],
    ['groups/load/state.json', 'group describe load'],
    ['topics', 'topic list'],
  ])('%s is not read either: %s', async (name, command) => {
    const place = await copyOfPlace();
    const victim = join(place.folder, 'victim');
    renameSync(join(place.dataDir, name), victim);
    symlinkSync(victim, join(place.dataDir, name));
    const { code, out, err } = await place.spool(command);
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(/symbolic link/)]);
  });

  test('the whole data directory is followed: its user has made it', async () => {
    const place = await copyOfPlace();
    const there = join(place.folder, 'elsewhere');
    renameSync(place.dataDir, there);
    symlinkSync(there, place.dataDir);
    expect(await place.spool('produce orders -m x')).toMatchObject({ code: 0, err: '' });
    expect(await place.spool('topic create other')).toMatchObject({ code: 0 });
  });
});

describe('a FIFO in the place of', () => {
  test.each(FILES)('%s is refused, and never waited for', async (name) => {
    const place = await copyOfPlace();
    const path = join(place.dataDir, name);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    let refusals = 0;
    for (const command of COMMANDS) {
      const { code, err } = await place.spool(command);
      expect(err).not.toContain('this is a bug');
      if (!/not a regular file/.test(err)) continue;
      expect(code).toBe(1);
      refusals++;
    }
    expect(refusals).toBeGreaterThan(0);
  });
});

const asRoot = process.geteuid?.() === 0 ? describe : describe.skip;
const SOMEBODY = 65534;

asRoot('root, in the data directory of somebody else', () => {
  async function theirPlace(permissions: number): Promise<Place> {
    const place = await copyOfPlace();
    for (const name of ['', ...readdirSync(place.dataDir, { recursive: true, encoding: 'utf8' })]) {
      chownSync(join(place.dataDir, name), SOMEBODY, SOMEBODY);
    }
    chmodSync(place.dataDir, permissions);
    return place;
  }

  test('reads', async () => {
    const place = await theirPlace(0o700);
    for (const command of ['consume orders', 'topic list', 'verify', 'locks', 'group list']) {
      expect(await place.spool(command)).toMatchObject({ code: 0, err: '' });
    }
  });

  test.each(COMMANDS.filter((command) => !/trim|--peek/.test(command)))(
    'does not %s, and leaves nothing of its own',
    async (command) => {
      const place = await theirPlace(0o700);
      // Something to commit.
      const { code, err } = await place.spool(command.replace('orders:0=0', 'orders:0=1'));
      expect([code, err]).toEqual([1, expect.stringMatching(/root may read it, but not write/)]);
      const names = readdirSync(place.dataDir, { recursive: true, encoding: 'utf8' });
      const owners = names.map((name) => statSync(join(place.dataDir, name)).uid);
      expect(new Set(owners)).toEqual(new Set([SOMEBODY]));
    },
  );

  test('writes where it is shared', async () => {
    const place = await theirPlace(0o2770);
    expect(await place.spool('produce orders -m x')).toMatchObject({ code: 0, err: '' });
  });

  test('makes none in an empty one of theirs', async () => {
    const place = new Place();
    mkdirSync(place.dataDir);
    chownSync(place.dataDir, SOMEBODY, SOMEBODY);
    expect(await place.spool('topic create orders')).toMatchObject({ code: 1 });
    expect(readdirSync(place.dataDir)).toEqual([]);
  });
});

test('a directory that everyone may write into is not used', async () => {
  const place = await copyOfPlace();
  chmodSync(place.dataDir, 0o777);
  const { code, err } = await place.spool('consume orders');
  expect([code, err]).toEqual([1, expect.stringMatching(/everyone may write into/)]);
});

test('names are never paths', async () => {
  const place = await copyOfPlace();
  for (const name of ['../evil', '..', 'a/b', '/etc/passwd', 'a\0b', '%2e%2e']) {
    expect((await place.spool('topic create --', name)).code).toBe(2);
    expect((await place.spool('consume orders -q -g', name)).code).toBe(
      name.includes('\0') ? 2 : 0,
    );
  }
  const around = readdirSync(join(place.dataDir, '..'));
  expect(around.sort()).toEqual(['data', 'out']);
  const groups = readdirSync(join(place.dataDir, 'groups'));
  expect(groups.filter((name) => name.includes('..') || name.includes('/'))).toEqual([]);
  expect(existsSync(join(place.dataDir, 'groups/evil'))).toBe(false);
});
