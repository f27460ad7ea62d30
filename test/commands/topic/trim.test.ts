import { expect, test } from '@jest/globals';
import TopicTrim from '../../../src/commands/topic/trim.js';
import { appendValues, filesBelow, openSandbox } from '../../support/cli.js';
import { recordSession } from '../../support/recorded-session.js';

const SMALL = ['-c', 'internal.segment.bytes=100', '-c', 'retention.ms=-1'];
const FIVE = ['a', 'b', 'c', 'd', 'e'];

test('a dry run shows what would go, and changes nothing; -y does it', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', '-p', '2', ...SMALL]);
  await appendValues(dataDir, { topic: 'orders', values: FIVE });
  const before = filesBelow(dataDir);
  const [plan, json, unasked] = await Promise.all([
    spool(['topic', 'trim', 'orders', '--before', '-2', '--dry-run']),
    spool(['topic', 'trim', 'orders:0', '--before', '3', '--dry-run', '--json']),
    spool(['topic', 'trim', 'orders', '--before', '-2']),
  ]);
  expect(String(plan.stdout)).toMatch(
    /^PARTITION {2}START {2}NEW START {2}RECORDS {2}FREES\n +0 +0 +3 +3 +\d+ B\n +1 +0 +0 +0 +0 B\n$/,
  );
  const planned = JSON.parse(String(json.stdout));
  expect(planned).toEqual({
    dryRun: true,
    topic: 'orders',
    records: 3,
    freedBytes: planned.partitions[0].freedBytes,
    partitions: [
      {
        topic: 'orders',
        partition: 0,
        oldStartOffset: 0,
        newStartOffset: 3,
        freedBytes: expect.any(Number),
        records: 3,
      },
    ],
  });
  expect(unasked).toMatchObject({ code: 2, text: '' });
  expect(unasked.stderr).toContain('forget 3 records of orders, all before 0:3?\n  add -y');
  expect(filesBelow(dataDir)).toEqual(before);

  const done = await spool(['topic', 'trim', 'orders:0', '--before', '3', '-y', '--json']);
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(String(done.stdout))).toEqual({ ...planned, dryRun: false });
  const described = await spool(['topic', 'describe', 'orders', '--json']);
  expect(JSON.parse(String(described.stdout))[0].partitions[0]).toMatchObject({
    logStartOffset: 3,
    logEndOffset: 5,
    segments: 2,
  });
});

test('what is out of range, unknown or already gone', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', ...SMALL]);
  await appendValues(dataDir, { topic: 'orders', values: FIVE });
  await spool(['topic', 'trim', 'orders', '--before', '2', '-y']);
  const [past, partition, gone, goneJson, bad, unknown] = await Promise.all([
    spool(['topic', 'trim', 'orders', '--before', '6', '-y']),
    spool(['topic', 'trim', 'orders:7', '--before', 'end', '-y']),
    spool(['topic', 'trim', 'orders', '--before', '1']),
    spool(['topic', 'trim', 'orders', '--before', 'start', '--json']),
    spool(['topic', 'trim', 'orders', '--before', 'sometime', '-y']),
    spool(['topic', 'trim', 'order', '--before', 'end', '-y']),
  ]);
  expect([past.code, partition.code, bad.code, unknown.code]).toEqual([3, 3, 2, 3]);
  expect(past.stderr).toContain('orders:0 ends at offset 5, before 6');
  expect(gone).toMatchObject({ code: 0, text: '' });
  expect(gone.stderr).toBe('');
  expect(JSON.parse(String(goneJson.stdout))).toMatchObject({ records: 0, freedBytes: 0 });
});

test('on a terminal it says what it understood, asks, and says what it did', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', ...SMALL]);
  const timestamp = Date.UTC(2020, 0, 1);
  await appendValues(dataDir, { topic: 'orders', values: ['old'], timestamp });
  await appendValues(dataDir, { topic: 'orders', values: ['new'] });
  const given = {
    inputIsTerminal: true,
    messagesAreTerminal: true,
    now: Date.now,
    variables: { SPOOL_DIR: dataDir },
  };
  const no = await recordSession({ ...given, answer: 'n' });
  await TopicTrim.run(['orders', '--before', '2021-01-01T00:00Z'], no.config);
  expect(no.questions).toEqual(['forget 1 record of orders, all before 0:1? [y/N] ']);
  expect(no.messages()).toMatch(/^before 202[01]-.*\nnothing was changed\n$/);
  const yes = await recordSession({ ...given, answer: 'y' });
  await TopicTrim.run(['orders', '--before', 'end'], yes.config);
  expect(yes.questions).toEqual(['forget 2 records of orders, all before 0:2? [y/N] ']);
  expect(yes.messages()).toMatch(/^orders: 2 records forgotten, \d+ B freed\n$/);
  expect(await yes.shown()).toBe('');
});
