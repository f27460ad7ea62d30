import { expect, test } from '@jest/globals';
import TopicDelete from '../../../src/commands/topic/delete.js';
import { appendValues, filesBelow, openSandbox, topicNamesOf } from '../../support/cli.js';
import { recordSession } from '../../support/recorded-session.js';

test('without a terminal it needs -y, and else nothing is lost', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', 'payments', '-p', '2']);
  await appendValues(dataDir, { topic: 'orders', values: ['one', 'two'] });
  const before = filesBelow(dataDir);
  const [unasked, dry, dryJson, partition, some] = await Promise.all([
    spool(['topic', 'delete', 'orders']),
    spool(['topic', 'delete', 'orders', 'payments', '--dry-run']),
    spool(['topic', 'delete', '*', '--dry-run', '--json']),
    spool(['topic', 'delete', 'orders:0', '-y']),
    spool(['topic', 'delete', 'x*', '-y']),
  ]);
  expect(unasked).toMatchObject({ code: 2, text: '' });
  expect(unasked.stderr).toMatch(
    /^error: needs a confirmation: delete orders \(2 records, \d+ B\)\?\n {2}add -y to go ahead/,
  );
  expect(dry.code).toBe(0);
  expect(String(dry.stdout)).toMatch(/^TOPIC .*\norders +2 +2 +\d+ B\npayments +2 +0 +0 B\n$/);
  expect(JSON.parse(String(dryJson.stdout))).toMatchObject({
    dryRun: true,
    topics: [{ topic: 'orders', partitions: 2, records: 2 }, { topic: 'payments' }],
  });
  expect(partition).toMatchObject({ code: 2, text: '' });
  expect(partition.stderr).toContain('"orders:0" is a partition: only whole topics can be deleted');
  expect(some.code).toBe(3);
  expect(filesBelow(dataDir)).toEqual(before);
});

test('of several targets all are done, each failure is told, the worst code wins', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'a', 'b', 'kept']);
  const { code, stdout, stderr } = await spool([
    'topic',
    'rm',
    'nope',
    'a',
    '..',
    'b',
    '-y',
    '--json',
  ]);
  expect(code).toBe(3);
  expect(JSON.parse(String(stdout))).toMatchObject({
    dryRun: false,
    topics: [{ topic: 'a' }, { topic: 'b' }],
  });
  const errors = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).error.code as string);
  expect(errors).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC']);
  const left = Object.keys(filesBelow(dataDir)).filter((path) => /[/](a|b)(-0|\.json)/.test(path));
  expect(left).toEqual([]);
  const silent = await spool(['topic', 'delete', 'kept', '-y']);
  expect(silent).toMatchObject({ code: 0, text: '', stderr: '' });
  expect(String((await spool(['topic', 'list', '--json'])).stdout)).toBe('[]\n');
});

test('a topic whose records cannot be read can be deleted', async () => {
  const { spool, shell } = openSandbox();
  await spool(['topic', 'create', 'torn']);
  await shell('rm -r $SPOOL_DIR/brokers/0/log/torn-0');
  const dry = await spool(['topic', 'delete', 'torn', '--dry-run', '--json']);
  expect(JSON.parse(String(dry.stdout))).toEqual({
    dryRun: true,
    topics: [{ topic: 'torn', partitions: null, records: null, sizeBytes: null }],
  });
  expect(await spool(['topic', 'delete', 'torn', '-y'])).toMatchObject({ code: 0, stderr: '' });
  expect(await spool(['topic', 'create', 'torn'])).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  ['y', 'deleted orders\n', []],
  ['', 'nothing was changed\n', ['orders']],
])('on a terminal, %j means %j', async (answer, said, left) => {
  const { spool, dataDir: SPOOL_DIR } = openSandbox();
  await spool(['topic', 'create', 'orders']);
  const given = { inputIsTerminal: true, messagesAreTerminal: true, variables: { SPOOL_DIR } };
  const recorded = await recordSession({ ...given, answer });
  await TopicDelete.run(['orders'], recorded.config);
  expect(recorded.questions).toEqual(['delete orders (0 records, 0 B)? [y/N] ']);
  expect(recorded.messages()).toBe(said);
  const listed = await spool(['topic', 'list', '--json']);
  expect(topicNamesOf(listed)).toEqual(left);
});
