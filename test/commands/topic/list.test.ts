import { expect, test } from '@jest/globals';
import TopicList from '../../../src/commands/topic/list.js';
import { appendValues, jsonOf, openSandbox } from '../../support/cli.js';
import { recordSession } from '../../support/recorded-session.js';

test('names, partitions, records and sizes, as a table, as JSON, by glob, under the alias', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'payments', 'orders', 'orders-eu', '-c', 'retention.ms=1d']);
  await appendValues(dataDir, { topic: 'orders', values: ['one', 'two'] });
  const [table, json, glob, alias, none] = await Promise.all([
    spool(['topic', 'list']),
    spool(['topic', 'list', '--json']),
    spool(['topic', 'list', 'orders*', '--internal', '--json']),
    spool(['topic', 'ls']),
    spool(['topic', 'list', 'x*', '--json']),
  ]);
  expect(String(table.stdout)).toMatch(
    /^TOPIC {6}PARTITIONS {2}RECORDS {3}SIZE\norders .* 2 {2}1\d\d B\norders-eu .* 0 {4}0 B\npayments .* 0 {4}0 B\n$/,
  );
  expect(alias.stdout).toEqual(table.stdout);
  const topics = jsonOf(json) as unknown[];
  expect(topics[0]).toEqual({
    topic: 'orders',
    topicId: expect.stringMatching(/^[\w-]{22}$/),
    partitions: 1,
    records: 2,
    sizeBytes: expect.any(Number),
    config: { 'retention.ms': '86400000' },
  });
  expect(JSON.parse(String(glob.stdout))).toEqual(topics.slice(0, 2));
  expect(none).toMatchObject({ code: 0, text: '[]\n', stderr: '' });
});

test('without a data directory nothing is made, and the exit code is 3', async () => {
  const { spool, shell } = openSandbox();
  const { code, text, stderr } = await spool(['topic', 'list', '--json']);
  expect({ code, text }).toEqual({ code: 3, text: '' });
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'DATA_DIR_NOT_FOUND' } });
  expect(String((await shell('ls $HOME')).stdout)).toBe('cwd\n');
});

test('it does not wait for an input that stays open', async () => {
  const { spool, shell } = openSandbox();
  await spool(['topic', 'create', 'orders']);
  const started = Date.now();
  const script = 'exec 3< <(exec sleep 20); spool topic list <&3; echo $?; kill $!';
  const { stdout } = await shell(script);
  expect(String(stdout)).toMatch(/^TOPIC .*\norders .*\n0\n$/);
  expect(Date.now() - started).toBeLessThan(15_000);
});

test('on a terminal names are cut to its width, numbers are not, and colour can be refused', async () => {
  const { spool, dataDir: SPOOL_DIR } = openSandbox();
  const name = 'a-rather-long-name-for-a-topic';
  await spool(['topic', 'create', name]);
  const given = { outputIsTerminal: true, columns: () => 40, variables: { SPOOL_DIR } };
  const colored = await recordSession(given);
  await TopicList.run([], colored.config);
  expect(await colored.shown()).toContain('\u001b[1m');
  const plain = await recordSession({ ...given, variables: { SPOOL_DIR, NO_COLOR: '1' } });
  await TopicList.run([], plain.config);
  const lines = (await plain.shown()).trimEnd().split('\n');
  expect(lines[1]).toMatch(/^a-r.*… +1 +0 +0 B$/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(String((await spool(['topic', 'list'], { env: { COLUMNS: '40' } })).stdout)).toContain(
    name,
  );
});

test('a topic that cannot be read is told, and the others are listed', async () => {
  const { spool, shell } = openSandbox();
  await spool(['topic', 'create', 'bad', 'good']);
  await shell('echo x > $SPOOL_DIR/topics/bad.json');
  const { code, stdout, stderr } = await spool(['topic', 'list']);
  expect(code).toBe(7);
  expect(stderr).toMatch(/^error: .*bad\.json/);
  expect(String(stdout)).toMatch(/^TOPIC .*\ngood .*\n$/);
});
