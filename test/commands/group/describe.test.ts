import { expect, test } from '@jest/globals';
import { appendValues, jsonOf, openSandbox } from '../../support/cli.js';
import { beginBatch, takePart } from './taking-part.js';

const FIVE = ['a', 'b', 'c', 'd', 'e'];

test('positions, lag, sums; as a table, as JSON, as CSV', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', '-p', '2']);
  await appendValues(dataDir, { topic: 'orders', values: FIVE });
  await spool(['group', 'commit', 'load', 'orders:0=2', 'orders:1=0', '-y']);
  await spool(['group', 'commit', 'other', 'orders:0=5', '-y']);
  const [table, json, csv, both, glob] = await Promise.all([
    spool(['group', 'describe', 'load']),
    spool(['group', 'describe', 'load', '--json']),
    spool(['group', 'describe', 'load', '--csv']),
    spool(['group', 'describe', 'load', 'other', '--csv']),
    spool(['group', 'describe', '*', '--json']),
  ]);
  expect(table.text).toMatch(
    /^group load: empty, generation 0, 0 members\n\nTOPIC .*\norders +0 +2 +0 +5 +3 +<?\d+s {2}-\norders +1 +0 +0 +0 +0 +- {2}-\nin all +3 +<?\d+s\n$/,
  );
  expect(jsonOf(json)).toMatchObject([
    {
      group: 'load',
      lag: 3,
      partitions: [
        { topic: 'orders', partition: 0, committedOffset: 2, logEndOffset: 5, lag: 3 },
        { topic: 'orders', partition: 1, committedOffset: 0, lag: 0, lagMs: 0 },
      ],
      members: [],
      pending: [],
    },
  ]);
  expect(csv.text).toBe('orders,0,2\norders,1,0\n');
  expect(both.text).toBe('load,orders,0,2\nload,orders,1,0\nother,orders,0,5\n');
  expect(jsonOf(glob)).toHaveLength(2);
});

test('a member at work, and the batch that it left behind', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders']);
  await appendValues(dataDir, { topic: 'orders', values: FIVE });
  const joining = { dataDir, group: 'load', topic: 'orders', instanceId: 'ada' };
  await takePart(joining, async (member) => {
    await beginBatch(member, 3);
    const { text } = await spool(['group', 'describe', 'load']);
    expect(text).toMatch(/^group load: stable, generation \d+, 1 member, 1 pending batch\n/);
    expect(text).toContain(`  ada (pid ${process.pid})\n`);
    expect(text).toMatch(
      new RegExp(
        `\\nbatch .*, attempt 1 \\(orders:0:0-2\\), since .*: ada \\(pid ${process.pid}\\) is working on it\\n$`,
      ),
    );
  });
  const { text } = await spool(['group', 'describe', 'load']);
  expect(text).toMatch(
    /\nbatch .*, attempt 1 \(orders:0:0-2\), since .*: the next run repeats it\n$/,
  );
  const json = jsonOf(await spool(['group', 'describe', 'load', '--json']));
  expect(json).toMatchObject([
    { pending: [{ attempt: 1, memberId: null, ranges: [{ firstOffset: 0, endOffset: 3 }] }] },
  ]);
});

test('positions that mean nothing are explained, and left out of the CSV', async () => {
  const { spool, dataDir } = openSandbox();
  const small = ['-c', 'internal.segment.bytes=100', '-c', 'retention.ms=-1'];
  await spool(['topic', 'create', 'orders', 'gone', 'anew', ...small]);
  await appendValues(dataDir, { topic: 'orders', values: FIVE });
  await spool(['group', 'commit', 'load', 'orders=1', 'gone=0', 'anew=0', '-y']);
  await spool(['topic', 'trim', 'orders', '--before', '4', '-y']);
  await spool(['topic', 'delete', 'gone', 'anew', '-y']);
  await spool(['topic', 'create', 'anew']);
  const { code, text } = await spool(['group', 'describe', 'load']);
  expect(code).toBe(0);
  expect(text).toContain('anew:0 is not what was read: the topic was deleted and made anew\n');
  expect(text).toContain('gone:0 is not there any more: the topic was deleted\n');
  expect(text).toContain('orders:0 is at 1, but its records begin at 4: 3 records lost\n');
  const csv = await spool(['group', 'describe', 'load', '--csv']);
  expect(csv.text).toBe('orders,0,1\n');
  expect(csv.stderr.match(/^warning: .*; left out$/gm)).toHaveLength(2);
});

test('an unknown group is told with a guess, the others are shown', async () => {
  const { spool } = openSandbox();
  await spool(['topic', 'create', 'orders']);
  await spool(['group', 'commit', 'load', 'orders=0', '-y']);
  const [some, glob, json] = await Promise.all([
    spool(['group', 'describe', 'laod', 'load', '--json']),
    spool(['group', 'describe', 'x*']),
    spool(['group', 'describe', 'laod', '--json']),
  ]);
  expect(some.code).toBe(3);
  expect(jsonOf(some)).toHaveLength(1);
  expect(glob).toMatchObject({ code: 3, text: '' });
  expect(glob.stderr).toContain('error: no group matches x*\n');
  expect(json).toMatchObject({ code: 3, text: '' });
  expect(JSON.parse(json.stderr)).toMatchObject({
    error: { code: 'GROUP_ID_NOT_FOUND', details: { group: 'laod', groups: ['load'] } },
  });
  const missing = await spool(['group', 'describe']);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('groups: load');
});

test('a name that looks like a pattern is a name first', async () => {
  const { spool } = openSandbox();
  await spool(['topic', 'create', 'orders']);
  for (const name of ['a*', 'ab', '../x', 'größe']) {
    expect(await spool(['group', 'commit', name, 'orders=0', '-y'])).toMatchObject({ code: 0 });
    const described = await spool(['group', 'describe', name, '--json']);
    expect(jsonOf(described)).toMatchObject([{ group: name }]);
  }
});
