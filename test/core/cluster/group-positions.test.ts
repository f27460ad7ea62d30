import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { codeOf } from '../../support/log-fixture.js';
import { MemoryMachine } from '../../support/memory-machine.js';
import { PLAN, commitTo, drain, endMembers, move, targetOf } from './group-fixture.js';

let machine: MemoryMachine;

beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 2 });
  const writer = machine.start('produce');
  await writer.append('orders', 0, ['a', 'b', 'c']);
  await writer.append('orders', 1, ['d']);
  await move(machine, commitTo('orders:0@2 orders:1@0'));
});

afterEach(endMembers);

const here = { kind: 'group', group: 'load' } as const;

async function read(plan: object): Promise<string> {
  const { cluster } = machine.start();
  const consumer = await cluster.openConsumer([targetOf('orders')], {
    ...PLAN,
    order: 'partition',
    ...plan,
  });
  const given = drain(consumer);
  consumer.close();
  return given;
}

test('where a group stands is a place to begin, and one to end', async () => {
  expect(await read({ from: here })).toBe('0=c 1=d');
  expect(await read({ until: here })).toBe('0=a 0=b');
  expect(await read({ from: here, until: here })).toBe('');
});

test('what a group has read can be trimmed', async () => {
  const [first, second] = await machine
    .start()
    .cluster.planTrim({ topic: 'orders', partitions: undefined }, here);
  expect([first?.newStartOffset, second?.newStartOffset]).toEqual([2, 0]);
});

test('a group that is not there, or does not stand there, is said', async () => {
  expect(await codeOf(() => read({ from: { kind: 'group', group: 'lod' } }))).toBe(
    'GROUP_ID_NOT_FOUND',
  );
  expect(await codeOf(() => read({ from: { kind: 'group', group: undefined } }))).toBe(
    'INVALID_ARGUMENT',
  );
  await machine.start().cluster.deleteTopic('orders');
  await machine.start().createTopic('orders', 2);
  expect(await codeOf(() => read({ from: here }))).toBe('OFFSET_OUT_OF_RANGE');
});
