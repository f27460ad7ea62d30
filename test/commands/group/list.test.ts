import { expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendValues, filesBelow, jsonOf, openSandbox } from '../../support/cli.js';
import { commitGroups, takePart } from './taking-part.js';

test('groups, their topics and how far they are behind, as a table, as JSON, by glob', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', 'audit']);
  await appendValues(dataDir, {
    topic: 'orders',
    values: ['a', 'b'],
    timestamp: Date.now() - 7_300_000,
  });
  await spool(['group', 'commit', 'load', 'orders=1', 'audit=0', '-y']);
  await spool(['group', 'commit', 'my load', 'orders=2', '-y']);
  const before = filesBelow(dataDir);
  const [table, json, glob, alias, none] = await Promise.all([
    spool(['group', 'list']),
    spool(['group', 'list', '--json']),
    spool(['group', 'list', 'my*', '--json']),
    spool(['group', 'ls']),
    spool(['group', 'list', 'x*', '--json']),
  ]);
  expect(table.text).toMatch(
    /^GROUP +STATE +MEMBERS +TOPICS +LAG +BEHIND +LAST ACTIVE\nload +empty +0 +audit orders +1 +2h 1m +20\d\d-.*\nmy load +empty +0 +orders +0 +- +20\d\d-.*\n$/,
  );
  expect(table).toMatchObject({ code: 0, stderr: '' });
  expect(alias.text).toBe(table.text);
  const groups = jsonOf(json) as unknown[];
  expect(groups[0]).toEqual({
    group: 'load',
    state: 'empty',
    generation: 0,
    memberCount: 0,
    topics: ['audit', 'orders'],
    lag: 1,
    lagMs: expect.any(Number),
    pendingCount: 0,
    problemCount: 0,
    lastActive: expect.stringMatching(/^20\d\d-.*Z$/),
  });
  expect(jsonOf(glob)).toEqual(groups.slice(1));
  expect(none).toMatchObject({ code: 0, text: '[]\n', stderr: '' });
  expect(filesBelow(dataDir)).toEqual(before);
});

test('without groups, and without a data directory', async () => {
  const { spool } = openSandbox();
  expect(await spool(['group', 'list', '--json'])).toMatchObject({ code: 3, text: '' });
  await spool(['topic', 'create', 'orders']);
  expect(await spool(['group', 'list', '--json'])).toMatchObject({ code: 0, text: '[]\n' });
  const told = await spool(['group', 'list', '-v']);
  expect(told).toMatchObject({ code: 0, text: '', stderr: 'no groups\n' });
});

test('a member is counted while it takes part', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders']);
  await takePart({ dataDir, group: 'load', topic: 'orders' }, async () => {
    expect(jsonOf(await spool(['group', 'list', '--json']))).toMatchObject([
      { group: 'load', state: 'stable', memberCount: 1 },
    ]);
  });
  expect(jsonOf(await spool(['group', 'list', '--json']))).toMatchObject([
    { group: 'load', state: 'empty', memberCount: 0 },
  ]);
});

test('a group that cannot be read is told, and the others are listed', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders']);
  for (const name of ['bad', 'good']) await spool(['group', 'commit', name, 'orders=0', '-y']);
  const path = join(dataDir, 'groups/bad/state.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"orders"', '"orderz"'));
  const listed = await spool(['group', 'list']);
  expect(listed.code).toBe(7);
  expect(listed.stderr).toMatch(/^error: .*groups\/bad\/state\.json/);
  expect(listed.text).toMatch(/^GROUP .*\ngood .*\n$/);
  const checked = await spool(['group', 'check', '*', '--max-lag', '5']);
  expect(checked.code).toBe(7);
});

test('a thousand groups are listed in a second', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', '-p', '2']);
  await appendValues(dataDir, { topic: 'orders', values: ['a', 'b'] });
  await commitGroups(
    dataDir,
    Array.from({ length: 1000 }, (_, at) => `g${at}`),
  );
  const startedMs = performance.now();
  const listed = await spool(['group', 'list', '--json']);
  // Ten times what it takes: a busy machine is not what is tested here.
  expect(performance.now() - startedMs).toBeLessThan(5000);
  expect(jsonOf(listed)).toHaveLength(1000);
}, 60_000);
