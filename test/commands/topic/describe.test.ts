import { expect, test } from '@jest/globals';
import { appendValues, openSandbox } from '../../support/cli.js';

const NEWEST_MS = Date.UTC(2026, 10, 22, 9, 30);

test('offsets, sizes and configs, as text and as JSON', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', '-p', '2', '-c', 'retention.ms=30d']);
  const values = ['one', 'two', 'three'];
  await appendValues(dataDir, { topic: 'orders', values, partition: 1, timestamp: NEWEST_MS });
  const [text, tokyo, all, verbose, json, allJson] = await Promise.all([
    spool(['topic', 'describe', 'orders']),
    spool(['topic', 'describe', 'orders'], { env: { TZ: 'Asia/Tokyo' } }),
    spool(['topic', 'describe', 'orders', '--all']),
    spool(['topic', 'describe', 'orders', '-v']),
    spool(['topic', 'describe', 'orders', '--json']),
    spool(['topic', 'describe', 'orders', '--json', '--all']),
  ]);
  expect(text).toMatchObject({ code: 0, stderr: '' });
  const lines = String(text.stdout).split('\n');
  expect(lines[0]).toBe('topic    orders');
  expect(lines[3]).toBe('records  3');
  expect(lines[8]).toMatch(/^ +1 +0 +3 +3 +\d+ B +1 {2}2026-11-22 09:30:00 {2}-$/);
  expect(lines.slice(10)).toEqual([
    'CONFIG        VALUE             NOTE',
    'retention.ms  2592000000 (30d)',
    '',
  ]);
  expect(String(tokyo.stdout)).toContain(' 2026-11-22 18:30:00 ');
  expect(String(all.stdout)).toMatch(/^retention\.bytes +-1 \(unlimited\) +default$/m);
  expect(String(all.stdout)).toMatch(/^retention\.ms +2592000000 \(30d\)$/m);
  expect(verbose.stdout).toEqual(all.stdout);
  const [topic] = JSON.parse(String(json.stdout));
  expect(topic).toEqual({
    topic: 'orders',
    topicId: expect.stringMatching(/^[\w-]{22}$/),
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    records: 3,
    sizeBytes: topic.partitions[1].sizeBytes,
    partitions: [
      expect.objectContaining({ partition: 0, records: 0, newestTimestamp: null }),
      {
        partition: 1,
        leader: 0,
        replicas: [0],
        logStartOffset: 0,
        logEndOffset: 3,
        records: 3,
        sizeBytes: expect.any(Number),
        segments: 1,
        newestTimestamp: '2026-11-22T09:30:00.000Z',
        writer: null,
      },
    ],
    config: { 'retention.ms': '2592000000' },
    ignoredConfig: {},
  });
  const [full] = JSON.parse(String(allJson.stdout));
  expect(full.defaultConfig).toMatchObject({ 'retention.bytes': '-1', 'cleanup.policy': 'delete' });
  expect(full.defaultConfig).not.toHaveProperty(['retention.ms']);
});

test('an unknown topic is an error with a guess, the others are described all the same', async () => {
  const { spool } = openSandbox();
  await spool(['topic', 'create', 'orders', 'payments']);
  const [json, guess, some, glob, bad, none] = await Promise.all([
    spool(['topic', 'describe', 'nope', '--json']),
    spool(['topic', 'describe', 'ordres']),
    spool(['topic', 'describe', 'nope', 'orders', 'orders', '..']),
    spool(['topic', 'describe', '*s', '--json']),
    spool(['topic', 'describe', '../../etc/passwd']),
    spool(['topic', 'describe']),
  ]);
  expect(json).toMatchObject({ code: 3, text: '' });
  expect(json.stderr).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(json.stderr)).toMatchObject({
    error: { code: 'UNKNOWN_TOPIC_OR_PARTITION', details: { topic: 'nope' } },
  });
  expect(guess).toMatchObject({ code: 3, text: '' });
  expect(guess.stderr).toBe('error: there is no topic ordres\n  Did you mean orders?\n');
  expect(some.code).toBe(3);
  expect(String(some.stdout).match(/^topic {4}/gm)).toHaveLength(1);
  expect(some.stderr).toMatch(/no topic nope[^]*"\.\." is no topic name/);
  expect(JSON.parse(String(glob.stdout))).toHaveLength(2);
  expect(bad).toMatchObject({ code: 2, text: '' });
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('topics: orders payments');
});
