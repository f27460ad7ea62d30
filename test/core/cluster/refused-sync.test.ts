import { afterEach, expect, test } from '@jest/globals';

import { isCoreError } from '../../../src/core/errors.js';
import { MemoryMachine } from '../../support/memory-machine.js';
import { consumeOnce, endMembers, join, standing, take } from './group-fixture.js';

afterEach(endMembers);

/** `orders:0` holds a, acknowledged, and b, which its writer has not synced. */
async function prepare(): Promise<MemoryMachine> {
  const machine = await MemoryMachine.boot({ orders: 1 });
  await machine.start('produce').append('orders', 0, ['a']);
  await machine.start('produce').append('orders', 0, ['b'], { isSynced: false });
  return machine;
}

function failedRanges(machine: MemoryMachine): unknown {
  return machine.start().cluster.openTopic('orders').openReader(0).control()?.failedRanges;
}

test('what the disk refuses to sync is not passed, and is written down', async () => {
  const machine = await prepare();
  const process = machine.start();
  const member = await join(process);
  const { positions } = await take(member);
  process.fs.failWhen(({ kind, path }) =>
    kind === 'sync' && path.endsWith('0.log') ? 'IO_ERROR' : undefined,
  );
  await expect(member.commit(positions)).rejects.toMatchObject({ code: 'SYNC_FAILED' });
  expect(standing(machine)).toBe('orders:0@0');
  expect(failedRanges(machine)).toEqual([{ firstOffset: 1, endOffset: 2 }]);
});

test('once a new segment stands behind it, the next run goes on, and no offset is given out twice', async () => {
  const machine = await prepare();
  const process = machine.start();
  const member = await join(process);
  const { positions } = await take(member);
  process.fs.failWhen(({ kind, path }) =>
    kind === 'sync' && path.endsWith('.log') ? 'IO_ERROR' : undefined,
  );
  const error: unknown = await member.commit(positions).catch((reason: unknown) => reason);
  expect(isCoreError(error, 'SYNC_FAILED')).toBe(true);
  process.kill();
  expect(await consumeOnce(machine.start())).toBe('0=a 0=b');
  expect(standing(machine)).toBe('orders:0@2');
  const after = machine.afterPowerCut(0);
  await after.start('produce').append('orders', 0, ['c']);
  expect(await consumeOnce(after.start())).toBe('0=c');
  expect(standing(after)).toBe('orders:0@3');
});

test('a group that is moved there by hand is told the same', async () => {
  const machine = await prepare();
  await consumeOnce(machine.start());
  await machine.start('produce').append('orders', 0, ['c'], { isSynced: false });
  const process = machine.start();
  process.fs.failWhen(({ kind, path }) =>
    kind === 'sync' && path.endsWith('0.log') ? 'IO_ERROR' : undefined,
  );
  const target = { topic: 'orders', partitions: undefined };
  const move = { kind: 'seek', targets: [target], to: { kind: 'end' } } as const;
  const groups = await process.groups();
  await expect(groups.move('load', move)).rejects.toMatchObject({ code: 'SYNC_FAILED' });
  expect(failedRanges(machine)).toEqual([{ firstOffset: 1, endOffset: 3 }]);
});
