import { expect, test } from '@jest/globals';
import { appendValues, jsonOf, openSandbox } from '../../support/cli.js';

test('partitions are added, never taken away, and what it means for keys is said', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', '-p', '2']);
  await appendValues(dataDir, { topic: 'orders', values: ['kept'], partition: 1 });
  const added = await spool(['topic', 'add-partitions', 'orders', '--to', '4', '--json']);
  expect(added.code).toBe(0);
  expect(added.stderr).toBe(
    'warning: orders: from now on a key may go to another partition than its older records\n',
  );
  const { partitions } = jsonOf(added) as { partitions: { records: number }[] };
  expect(partitions.map(({ records }) => records)).toEqual([0, 1, 0, 0]);
  const [fewer, same, word, unsaid, unknown] = await Promise.all([
    spool(['topic', 'add-partitions', 'orders', '--to', '3']),
    spool(['topic', 'add-partitions', 'orders', '--to', '4']),
    spool(['topic', 'add-partitions', 'orders', '--to', 'six']),
    spool(['topic', 'add-partitions', 'orders']),
    spool(['topic', 'add-partitions', 'ordes', '--to', '6']),
  ]);
  expect(fewer.stderr).toMatch(
    /^error: topic orders has 4 partitions and cannot get fewer \(3\)\n/,
  );
  expect(same.stderr).toMatch(/^error: topic orders has 4 partitions already\n/);
  expect([fewer.code, same.code, word.code, unsaid.code, unknown.code]).toEqual([2, 2, 2, 2, 3]);
  await appendValues(dataDir, { topic: 'orders', values: ['new'], partition: 3 });
  const quiet = await spool(['topic', 'add-partitions', 'orders', '--to', '5', '-q']);
  expect(quiet).toMatchObject({ code: 0, text: '', stderr: '' });
});
