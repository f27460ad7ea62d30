import { expect, test } from '@jest/globals';
import { appendValues, jsonOf, openSandbox } from '../../support/cli.js';
import { leaveBatchBehind } from './taking-part.js';

test('silent and 0 within the limits; else one line a limit, and 4', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', '-p', '2']);
  const timestamp = Date.now() - 7_500_000;
  await appendValues(dataDir, { topic: 'orders', values: ['a', 'b', 'c'], timestamp });
  await appendValues(dataDir, { topic: 'orders', values: ['d'], partition: 1 });
  await spool(['group', 'commit', 'load', 'orders:0=0', 'orders:1=0', '-y']);
  const [fine, verbose, lag, age, idle, json, unknown, none, bad] = await Promise.all([
    spool(['group', 'check', 'load', '--max-lag', '4', '--max-age', '3h', '--max-idle', '1h']),
    spool(['group', 'check', 'load', '--max-lag', '4', '-v']),
    spool(['group', 'check', 'load', '--max-lag', '3']),
    spool(['group', 'check', 'load', '--max-lag', '4', '--max-age', '2h']),
    spool(['group', 'check', 'load', '--max-idle', '0s']),
    spool(['group', 'check', 'load', '--max-lag', '3', '--json']),
    spool(['group', 'check', 'nope', 'load', '--max-lag', '3']),
    spool(['group', 'check', 'load']),
    spool(['group', 'check', 'load', '--max-age', '2']),
  ]);
  expect(fine).toMatchObject({ code: 0, text: '', stderr: '' });
  expect(verbose).toMatchObject({ code: 0, text: '' });
  expect(verbose.stderr).toMatch(/^load: fine: lag 4, 2h 5m behind, last active <?\d+s ago\n$/);
  const line = 'load: lag 4 > 3 (orders:0 has most: 3)\n';
  expect(lag).toMatchObject({ code: 4, text: line, stderr: '' });
  expect(age).toMatchObject({
    code: 4,
    text: 'load: oldest unread record 2h 5m > 2h (orders:0)\n',
  });
  expect(idle.code).toBe(4);
  expect(idle.text).toMatch(/^load: idle (<1|\d+)s > 0s\n$/);
  expect(json.code).toBe(4);
  expect(jsonOf(json)).toMatchObject([
    {
      group: 'load',
      isWithinLimits: false,
      lag: 4,
      exceeded: [{ limit: 'max-lag', value: 4, max: 3 }],
    },
  ]);
  expect(unknown).toMatchObject({ code: 3, text: line });
  expect(none).toMatchObject({ code: 2, text: '' });
  expect(none.stderr).toContain('there is no limit to check');
  expect(bad.code).toBe(2);
});

test('a batch that fails again and again', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders']);
  await appendValues(dataDir, { topic: 'orders', values: ['a', 'b'] });
  await leaveBatchBehind({ dataDir, group: 'load', topic: 'orders' }, 2);
  const [twice, once] = await Promise.all([
    spool(['group', 'check', 'load', '--max-attempts', '2']),
    spool(['group', 'check', 'load', '--max-attempts', '1']),
  ]);
  expect(twice).toMatchObject({ code: 0, text: '' });
  expect(once.code).toBe(4);
  expect(once.text).toMatch(/^load: batch \S+ failed 1 time \(orders:0:0-1\)\n$/);
});
