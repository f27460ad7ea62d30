import { expect, test } from '@jest/globals';
import { appendValues, filesBelow, openSandbox } from '../../support/cli.js';

test('every partition, its policy, and what a prune would free', async () => {
  const { spool, dataDir } = openSandbox();
  const small = ['-c', 'internal.segment.bytes=100', '-c', 'retention.ms=-1'];
  await spool(['topic', 'create', 'orders', '-p', '2', ...small]);
  await spool(['topic', 'create', 'audit', '-c', 'retention.ms=forever']);
  const timestamp = Date.UTC(2020, 0, 1);
  await appendValues(dataDir, { topic: 'orders', values: ['a', 'b'], timestamp });
  await appendValues(dataDir, { topic: 'orders', values: ['c'] });
  await spool(['topic', 'alter', 'orders', '-c', 'retention.ms=2w', '-c', 'retention.bytes=1GiB']);
  const before = filesBelow(dataDir);
  const [text, json, unknown] = await Promise.all([
    spool(['retention', 'status']),
    spool(['retention', 'status', 'o*', '--json']),
    spool(['retention', 'status', 'order', '--json']),
  ]);
  const lines = String(text.stdout).split('\n');
  expect(lines[0]).toMatch(/^TOPIC +PARTITION +KEEPS +SIZE +FREES +RECORDS +WHY$/);
  expect(lines[1]).toMatch(/^audit +0 {2}forever +0 B +- +- {2}-$/);
  expect(lines[2]).toMatch(
    /^orders +0 {2}2w or 1 GiB +\d+ B +\d+ B +2 {2}older than retention\.ms$/,
  );
  expect(lines[3]).toMatch(/^orders +1 {2}2w or 1 GiB +0 B +- +- {2}-$/);
  expect(lines).toHaveLength(5);
  expect(JSON.parse(String(json.stdout))).toMatchObject({
    dryRun: true,
    records: 2,
    partitions: [
      {
        topic: 'orders',
        partition: 0,
        newLogStartOffset: 2,
        removals: [{ reason: 'time' }, { reason: 'time' }],
        policy: {
          'cleanup.policy': 'delete',
          'retention.ms': '1209600000',
          'retention.bytes': '1073741824',
        },
      },
      { topic: 'orders', partition: 1, records: 0, removals: [] },
    ],
  });
  expect(unknown).toMatchObject({ code: 3, text: '' });
  expect(JSON.parse(unknown.stderr)).toMatchObject({ error: { details: { nearest: 'orders' } } });
  expect(filesBelow(dataDir)).toEqual(before);
});
