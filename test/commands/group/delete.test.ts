import { expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import GroupDelete from '../../../src/commands/group/delete.js';
import { appendValues, filesBelow, jsonOf, openSandbox } from '../../support/cli.js';
import { recordSession } from '../../support/recorded-session.js';
import { leaveBatchBehind, takePart } from './taking-part.js';

async function openGroups(...names: string[]) {
  const sandbox = openSandbox();
  await sandbox.spool(['topic', 'create', 'orders']);
  for (const name of names) await sandbox.spool(['group', 'commit', name, 'orders=0', '-y']);
  return sandbox;
}

test('without a terminal it needs -y, and else nothing is lost', async () => {
  const { spool, dataDir } = await openGroups('load', 'audit');
  const before = filesBelow(dataDir);
  const [unasked, dry] = await Promise.all([
    spool(['group', 'delete', 'load']),
    spool(['group', 'delete', '*', '--dry-run', '--json']),
  ]);
  expect(unasked).toMatchObject({ code: 2, text: '' });
  expect(unasked.stderr).toContain('delete group load (positions in 1 partition)?');
  expect(jsonOf(dry)).toEqual({
    dryRun: true,
    groups: ['audit', 'load'].map((group) => ({ group, partitions: 1, members: 0, pending: [] })),
  });
  expect(filesBelow(dataDir)).toEqual(before);
});

test('of several all are done, each failure is told, the worst code wins', async () => {
  const { spool, dataDir } = await openGroups('a', 'b', 'busy');
  await takePart({ dataDir, group: 'busy', topic: 'orders' }, async () => {
    const run = await spool(['group', 'rm', 'nope', 'a', 'busy', 'b', '-y', '--json']);
    expect(run.code).toBe(75);
    expect(jsonOf(run)).toMatchObject({ dryRun: false, groups: [{ group: 'a' }, { group: 'b' }] });
    const errors = run.stderr
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { error: { code: string; message: string } }).error);
    expect(errors.map(({ code }) => code)).toEqual(['GROUP_ID_NOT_FOUND', 'NON_EMPTY_GROUP']);
    expect(errors[1]?.message).toContain(`consume (pid ${process.pid})`);
  });
  expect(jsonOf(await spool(['group', 'list', '--json']))).toMatchObject([{ group: 'busy' }]);
});

test('a batch that goes with it is said', async () => {
  const { spool, dataDir } = await openGroups();
  await appendValues(dataDir, { topic: 'orders', values: ['a'] });
  await leaveBatchBehind({ dataDir, group: 'load', topic: 'orders' }, 1);
  const { code, stderr } = await spool(['group', 'delete', 'load', '-y']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^load: batch \S+, attempt 1 \(orders:0:0\) was given up/);
});

test('a group that cannot be read is not deleted: it is said what can be done', async () => {
  const { spool, dataDir } = await openGroups('torn', 'whole');
  writeFileSync(join(dataDir, 'groups/torn/state.json'), 'x');
  const run = await spool(['group', 'delete', 'torn', 'whole', '-y', '--json']);
  expect(run.code).toBe(7);
  expect(jsonOf(run)).toMatchObject({ groups: [{ group: 'whole' }] });
  expect(JSON.parse(run.stderr).error.suggestion).toContain('groups/torn');
});

test.each([
  ['y', 'deleted load\n', 0],
  ['', 'nothing was changed\n', 1],
])('on a terminal, %j means %j', async (answer, said, left) => {
  const { spool, dataDir: SPOOL_DIR } = await openGroups('load');
  const given = { inputIsTerminal: true, messagesAreTerminal: true, now: Date.now };
  const recorded = await recordSession({ ...given, variables: { SPOOL_DIR }, answer });
  await GroupDelete.run(['load'], recorded.config);
  expect(recorded.questions).toEqual(['delete group load (positions in 1 partition)? [y/N] ']);
  expect(recorded.messages()).toBe(said);
  expect(jsonOf(await spool(['group', 'list', '--json']))).toHaveLength(left);
});
