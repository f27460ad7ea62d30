import { beforeEach, describe, expect, test } from '@jest/globals';
import type { GroupLogs } from '../../../src/core/cluster/group-logs.js';
import { START_MS, codeOf } from '../../support/log-fixture.js';
import { MemoryMachine, type MemoryProcess } from '../../support/memory-machine.js';
import { logsOf, targetOf } from './group-fixture.js';

const FIRST = { topic: 'orders', partition: 0 };

let machine: MemoryMachine;
let process: MemoryProcess;
let logs: GroupLogs;

beforeEach(async () => {
  machine = await MemoryMachine.boot({ orders: 2, events: 1 });
  const writer = machine.start('produce');
  await writer.append('orders', 0, ['a'], { timestampMs: START_MS + 10 });
  await writer.append('orders', 0, ['b'], { timestampMs: START_MS + 20 });
  process = machine.start();
  logs = logsOf(process);
});

test('what there is is told from what there is not', async () => {
  expect(logs.find('orders')?.name).toBe('orders');
  expect(logs.find('nothing')).toBeUndefined();
  expect([0, 1, 2].map((partition) => logs.has({ topic: 'orders', partition }))).toEqual([
    true,
    true,
    false,
  ]);
  expect(logs.has({ topic: 'nothing', partition: 0 })).toBe(false);
  expect([...logs.partitionTable(['orders', 'nothing', 'events'])]).toEqual([
    ['orders', 2],
    ['events', 1],
  ]);
  const missing = [
    () => logs.topic('nothing'),
    () => logs.reader({ topic: 'nothing', partition: 0 }),
    () => logs.kept({ topic: 'orders', partition: 2 }),
  ];
  for (const look of missing) expect(await codeOf(look)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
});

test('a failure to read a topic is no absence', async () => {
  process.fs.failWhen(({ path }) => (path.endsWith('events.json') ? 'IO_ERROR' : undefined));
  expect(await codeOf(() => logs.find('events'))).toBe('IO_ERROR');
});

test('a log is looked at once, however many groups stand in it', async () => {
  expect(logs.kept(FIRST)).toMatchObject({ startOffset: 0, end: { offset: 2 } });
  expect([0, 1].map((offset) => logs.timestampAt(FIRST, offset))).toEqual([
    START_MS + 10,
    START_MS + 20,
  ]);
  const { length } = process.fs.operations;
  logs.kept({ ...FIRST });
  logs.timestampAt({ ...FIRST }, 1);
  logs.reader(FIRST);
  logs.topic('orders');
  expect(process.fs.operations).toHaveLength(length);
  await machine.start('produce').append('orders', 0, ['c']);
  expect(logs.kept(FIRST).end.offset).toBe(2);
  expect(logsOf(machine.start()).kept(FIRST).end.offset).toBe(3);
});

describe('the time of the first record at or behind an offset', () => {
  test.each([
    [0, START_MS + 10],
    [1, START_MS + 20],
    [2, undefined],
    [7, undefined],
  ])('%i', (offset, timestamp) => {
    expect(logs.timestampAt(FIRST, offset)).toBe(timestamp);
  });

  test('is that of the first that is kept', async () => {
    await machine.start().cluster.trimTopic(targetOf('orders:0'), { kind: 'offset', offset: 1 });
    expect(logs.timestampAt(FIRST, 0)).toBe(START_MS + 20);
  });

  test('is not known where the record cannot be read', async () => {
    await machine.start('produce').append('orders', 1, ['x'.repeat(200), 'y']);
    const path = `${machine.directory.paths.partition({ topic: 'orders', partition: 1 })}/00000000000000000000.log`;
    const file = machine.fs.open(path, 'update');
    file.writeAt(Buffer.from('?'), 0, 1, 100);
    file.close();
    expect(logs.timestampAt({ topic: 'orders', partition: 1 }, 0)).toBeUndefined();
  });

  test('leaves no file open', () => {
    logs.timestampAt(FIRST, 0);
    const opened = process.fs.operations.filter(({ kind }) => kind === 'read').length;
    const closed = process.fs.operations.filter(({ kind }) => kind === 'close').length;
    expect(closed).toBe(opened);
  });
});
