import { describe, expect, test } from '@jest/globals';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import TopicCreate from '../../../src/commands/topic/create.js';
import { jsonOf, NOBODY, openSandbox, topicNamesOf } from '../../support/cli.js';
import type { TopicDocument } from '../../../src/view/topic-document.js';
import { recordSession } from '../../support/recorded-session.js';

test('the first topic makes the data directory, for its owner alone, and says nothing', async () => {
  const { spool, dataDir } = openSandbox();
  const created = await spool(['topic', 'create', 'orders', '-p', '3', '-c', 'retention.ms=7d']);
  expect(created).toMatchObject({ code: 0, text: '', stderr: '' });
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  const [again, tolerated] = await Promise.all([
    spool(['topic', 'create', 'orders']),
    spool(['topic', 'create', 'orders', 'more', '--if-not-exists', '--json']),
  ]);
  expect(again).toMatchObject({ code: 1, text: '' });
  expect(again.stderr).toMatch(/^error: topic orders exists already\n/);
  expect(tolerated).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(String(tolerated.stdout))).toMatchObject([
    { topic: 'orders', partitions: [{}, {}, {}], config: { 'retention.ms': '604800000' } },
    { topic: 'more', partitions: [{}], config: {} },
  ]);
});

test('of several creators at once exactly one wins, and the data directory is whole', async () => {
  const { spool } = openSandbox();
  const both = await Promise.all([1, 2].map(() => spool(['topic', 'create', 'orders'])));
  expect(both.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(String((await spool(['topic', 'list'])).stdout)).toMatch(
    /^TOPIC .*\norders +1 +0 +0 B\n$/,
  );
});

test('bad names are refused one by one, the good ones are made', async () => {
  const { spool } = openSandbox();
  const long = 'x'.repeat(250);
  const names = ['..', 'a/b', long, '', 'a b', '__mine', 'orders:0', 'a_b', 'a.b', 'x'.repeat(249)];
  const { code, stderr } = await spool(['topic', 'create', ...names]);
  expect(code).toBe(2);
  expect(stderr.split('\n').filter((line) => line.startsWith('error: '))).toEqual([
    'error: ".." is no topic name: it names a directory',
    'error: "a/b" is no topic name: only letters, digits, ".", "_" and "-" are allowed',
    `error: "${'x'.repeat(60)}..." is no topic name: it has 250 characters and may have 249`,
    'error: "" is no topic name: it is empty',
    'error: "a b" is no topic name: only letters, digits, ".", "_" and "-" are allowed',
    'error: topic __mine cannot be created: names that begin with "__" are reserved',
    'error: "orders:0" is no topic name: only letters, digits, ".", "_" and "-" are allowed',
    'error: topic a.b cannot be created beside a_b: Kafka takes "." and "_" for the same',
  ]);
  const listed = await spool(['topic', 'list', '--json']);
  expect(topicNamesOf(listed)).toEqual(['a_b', 'x'.repeat(249)]);
});

test('a config that is wrong is refused, with a guess or the range', async () => {
  const { spool } = openSandbox();
  const cases = [
    ['retension.ms=7d', 'unknown config "retension.ms"', 'Did you mean retention.ms?'],
    ['segment.bytes=4', 'segment.bytes cannot be "4"', '1048576 to 2147483647'],
    ['retention.ms=soon', 'retention.ms cannot be "soon"', '7d'],
    ['cleanup.policy=compact', 'cleanup.policy=compact is not built yet', 'retention.ms'],
    ['retention.ms', 'is not KEY=VALUE', 'retention.ms=7d'],
  ] as const;
  const results = await Promise.all(
    cases.map(([pair]) => spool(['topic', 'create', 'orders', '-c', pair])),
  );
  for (const [at, [, message, suggestion]] of cases.entries()) {
    expect(results[at]).toMatchObject({ code: 2, text: '' });
    const [first, ...rest] = results[at]!.stderr.split('\n');
    expect(first).toContain(message);
    expect(rest.join('\n')).toContain(suggestion);
  }
  const [partitions, replicas, word] = await Promise.all([
    spool(['topic', 'create', 'orders', '-p', '0']),
    spool(['topic', 'create', 'orders', '--replication-factor', '3']),
    spool(['topic', 'create', 'orders', '-p', 'many']),
  ]);
  expect([partitions.code, replicas.code, word.code]).toEqual([2, 2, 2]);
  expect(String((await spool(['topic', 'list'])).stdout)).toBe('');
});

test('every config that changes nothing here earns one note', async () => {
  const { spool } = openSandbox();
  const pairs = ['flush.ms=1000', 'preallocate=true', 'retention.ms=1d', 'flush.ms=2000'];
  const flags = pairs.flatMap((pair) => ['-c', pair]);
  const noted = await spool(['topic', 'create', 'a', 'b', ...flags, '--json']);
  expect(noted.code).toBe(0);
  expect(noted.stderr).toBe(
    'note: flush.ms is kept, but changes nothing: every batch is synced before it is acknowledged\n' +
      'note: preallocate is kept, but changes nothing: files always have their exact size\n',
  );
  const [a] = jsonOf(noted) as TopicDocument[];
  expect(a!.config).toEqual({
    'flush.ms': '2000',
    preallocate: 'true',
    'retention.ms': '86400000',
  });
  expect(Object.keys(a!.ignoredConfig)).toEqual(['flush.ms', 'preallocate']);
  const quiet = await spool(['topic', 'create', 'c', ...flags, '-q']);
  expect(quiet).toMatchObject({ code: 0, stderr: '' });
});

describe('a place that cannot hold topics', () => {
  test('is one with other content, and is left alone', async () => {
    const { spool, root } = openSandbox();
    const foreign = join(root, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.tex'), '');
    const { code, stderr } = await spool(['topic', 'create', 'orders', '-d', foreign]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*foreign has other content and is not a data directory\n/);
  });

  test('is one that is read-only; its topics can still be looked at', async () => {
    if (process.getuid?.() !== 0) return;
    const { spool, shell, root, dataDir } = openSandbox();
    await spool(['topic', 'create', 'orders']);
    await shell(`chmod -R a+rX ${root}`);
    const [made, altered, deleted, pruned, listed, described, status] = await Promise.all(
      [
        ['topic', 'create', 'more'],
        ['topic', 'alter', 'orders', '-c', 'retention.ms=1d'],
        ['topic', 'delete', 'orders', '-y'],
        ['retention', 'prune'],
        ['topic', 'list', '--json'],
        ['topic', 'describe', 'orders'],
        ['retention', 'status'],
      ].map((args) => spool(args, { uid: NOBODY })),
    );
    for (const refused of [made, altered, deleted, pruned]) {
      expect(refused).toMatchObject({ code: 1, text: '' });
      expect(refused!.stderr).toMatch(/^error: .*permission denied/i);
      expect(refused!.stderr).toContain(dataDir);
    }
    for (const shown of [listed, described, status]) {
      expect(shown).toMatchObject({ code: 0, stderr: '' });
    }
    expect(JSON.parse(String(listed!.stdout))).toHaveLength(1);
  });

  test('is none at all: without HOME one must be named', async () => {
    const { spool, root } = openSandbox();
    const env = { HOME: undefined, SPOOL_DIR: undefined };
    const [nowhere, named] = await Promise.all([
      spool(['topic', 'create', 'orders'], { env }),
      spool(['topic', 'create', 'orders', '-d', join(root, 'named')], { env }),
    ]);
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toMatch(/^error: no data directory: HOME is not set\n {2}.*--dir DIR/);
    expect(named).toMatchObject({ code: 0, stderr: '' });
  });
});

test('on a terminal it says what was made', async () => {
  const { dataDir: SPOOL_DIR } = openSandbox();
  const given = { messagesAreTerminal: true, variables: { SPOOL_DIR } };
  const first = await recordSession(given);
  await TopicCreate.run(['orders', '-p', '3'], first.config);
  expect(first.messages()).toBe('created orders: 3 partitions\n');
  expect(await first.shown()).toBe('');
  const second = await recordSession(given);
  await TopicCreate.run(['orders', 'more', '--if-not-exists'], second.config);
  expect(second.messages()).toBe('orders exists already\ncreated more: 1 partition\n');
});
