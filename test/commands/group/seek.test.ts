import { expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import GroupSeek from '../../../src/commands/group/seek.js';
import { appendValues, filesBelow, jsonOf, openSandbox } from '../../support/cli.js';
import { recordSession } from '../../support/recorded-session.js';

async function openOrders() {
  const sandbox = openSandbox();
  const { spool, dataDir } = sandbox;
  const small = ['-c', 'internal.segment.bytes=100', '-c', 'retention.ms=-1'];
  await spool(['topic', 'create', 'orders', '-p', '2', ...small]);
  const old = Date.now() - 7_200_000;
  await appendValues(dataDir, { topic: 'orders', values: ['a', 'b', 'c'], timestamp: old });
  await appendValues(dataDir, { topic: 'orders', values: ['d', 'e'] });
  await appendValues(dataDir, { topic: 'orders', values: ['x', 'y'], partition: 1 });
  await spool(['topic', 'trim', 'orders:0', '--before', '1', '-y']);
  await spool(['group', 'commit', 'load', 'orders:0=4', 'orders:1=1', '-y']);
  await spool(['group', 'commit', 'other', 'orders:0=2', 'orders:1=2', '-y']);
  return sandbox;
}

test('every way to say where to', async () => {
  const { spool, dataDir } = await openOrders();
  const before = filesBelow(dataDir);
  const plans = [
    [['--to', 'start'], 'orders,0,1\norders,1,0\n'],
    [['--to', 'end'], 'orders,0,5\norders,1,2\n'],
    [['orders:0', '--to', '3'], 'orders,0,3\n'],
    [['orders', '--to', '-1h'], 'orders,0,3\norders,1,0\n'],
    [['--to', '-1'], 'orders,0,4\norders,1,1\n'],
    [['orders:1', '--by', '+1'], 'orders,1,2\n'],
    [['--by=-1'], 'orders,0,3\norders,1,0\n'],
    [['--to', 'group:other'], 'orders,0,2\norders,1,2\n'],
  ] as const;
  const runs = await Promise.all(
    plans.map(([args]) => spool(['group', 'seek', 'load', ...args, '--dry-run', '--csv'])),
  );
  expect(runs.map(({ text }) => text)).toEqual(plans.map(([, csv]) => csv));
  expect(runs.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(plans.map(() => '0 '));
  expect(filesBelow(dataDir)).toEqual(before);
});

test('what lies outside is clamped, with a warning', async () => {
  const { spool } = await openOrders();
  const dry = await spool(['group', 'seek', 'load', '--to', '0', '--dry-run']);
  expect(dry.text).toMatch(
    /^TOPIC .* NOTE\norders +0 +4 +1 +-3 {2}clamped from 0\norders +1 +1 +0 +-1\n$/,
  );
  expect(dry.stderr).toBe('warning: orders:0: 0 is not kept; clamped to the start, 1\n');
  const done = await spool(['group', 'seek', 'load', '--by', '100', '-y', '--json']);
  expect(done.code).toBe(0);
  expect(done.stderr.match(/^warning: .*past the end; clamped to the end/gm)).toHaveLength(2);
  expect(jsonOf(done)).toMatchObject({
    dryRun: false,
    reason: 'seek',
    partitions: [
      { fromOffset: 4, toOffset: 5, change: 1, clampedFrom: 104 },
      { fromOffset: 1, toOffset: 2, change: 1, clampedFrom: 101 },
    ],
  });
  expect((await spool(['group', 'describe', 'load', '--csv'])).text).toBe(
    'orders,0,5\norders,1,2\n',
  );
});

test('positions go out as CSV and come back, from Kafka too', async () => {
  const { spool, root } = await openOrders();
  const { text: saved } = await spool(['group', 'describe', 'load', '--csv']);
  await spool(['group', 'seek', 'load', '--to', 'start', '-y']);
  const path = join(root, 'positions.csv');
  writeFileSync(path, saved);
  const back = await spool(['group', 'seek', 'load', '--file', path, '-y', '--csv']);
  expect(back).toMatchObject({ code: 0, text: saved });
  expect((await spool(['group', 'describe', 'load', '--csv'])).text).toBe(saved);
  const kafka = 'load,"orders",0,99\nload,"orders",1,0\n\n';
  const run = await spool(['group', 'seek', 'load', '--file', '-', '-y', '--csv'], {
    input: kafka,
  });
  expect(run).toMatchObject({ code: 0, text: 'orders,0,5\norders,1,0\n' });
  expect(run.stderr).toContain('warning: orders:0: 99 is past the end; clamped to the end, 5\n');
  const foreign = await spool(['group', 'seek', 'load', '--file', '-', '-y'], {
    input: 'load,orders,0,2\nother,orders,0,2\n',
  });
  expect(foreign).toMatchObject({ code: 5, text: '' });
  expect(foreign.stderr).toContain('line 2 of standard input: it is of group other, not of load');
});

test('a new group is made, and a mistyped one is not', async () => {
  const { spool } = await openOrders();
  const made = await spool(['group', 'seek', 'fresh', 'orders', '--to', 'end', '-y', '-v']);
  expect(made).toMatchObject({
    code: 0,
    text: '',
    stderr: 'created group fresh: it begins in 2 partitions\n',
  });
  expect((await spool(['group', 'describe', 'fresh', '--csv'])).text).toBe(
    'orders,0,5\norders,1,2\n',
  );
  const unknown = await spool(['group', 'seek', 'laod', '--to', 'end', '-y', '--json']);
  expect(unknown).toMatchObject({ code: 3, text: '' });
  expect(JSON.parse(unknown.stderr).error).toMatchObject({ code: 'GROUP_ID_NOT_FOUND' });
});

test('what is used wrongly, and what is not there', async () => {
  const { spool } = await openOrders();
  const codes = await Promise.all(
    [
      ['load', '-y'],
      ['load', '--to', 'start'],
      ['load', '--to', 'sometime', '-y'],
      ['load', '--to', 'start', '--by', '1', '-y'],
      ['load', '--by', '1h', '-y'],
      ['load', 'orders', '--file', 'x.csv', '-y'],
      ['load', 'order', '--to', 'start', '-y'],
      ['load', 'orders:7', '--to', 'start', '-y'],
      ['load', 'x*', '--to', 'start', '-y'],
      ['load', '--to', 'group:nope', '-y'],
      ['fresh', 'orders', '--by', '1', '-y'],
    ].map(async (args) => (await spool(['group', 'seek', ...args])).code),
  );
  expect(codes).toEqual([2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
});

test('on a terminal a time is said as it was understood, and the move is asked for', async () => {
  const { dataDir: SPOOL_DIR } = await openOrders();
  const given = { inputIsTerminal: true, messagesAreTerminal: true, now: Date.now };
  const asked = await recordSession({ ...given, variables: { SPOOL_DIR }, answer: 'y' });
  await GroupSeek.run(['load', '--to', '-1h'], asked.config);
  expect(asked.questions).toEqual(['move load 2 partitions by -2 records? [y/N] ']);
  expect(asked.messages()).toMatch(
    /^to 20\d\d-.*\nTOPIC .*\norders .*\norders .*\nload moved 2 partitions by -2 records; undo: spool group undo load\n$/,
  );
});
