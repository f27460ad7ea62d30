import { expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import GroupCommit from '../../../src/commands/group/commit.js';
import { formatReceipt } from '../../../src/cli/group/receipt.js';
import type { Receipt } from '../../../src/core/index.js';
import { appendValues, filesBelow, jsonOf, openSandbox } from '../../support/cli.js';
import { recordSession } from '../../support/recorded-session.js';
import { beginBatch, leaveBatchBehind, takePart } from './taking-part.js';

const FIVE = ['a', 'b', 'c', 'd', 'e'];

async function openOrders(partitions = 1) {
  const sandbox = openSandbox();
  await sandbox.spool(['topic', 'create', 'orders', '-p', String(partitions)]);
  await appendValues(sandbox.dataDir, { topic: 'orders', values: FIVE });
  return sandbox;
}

test('it asks: without a terminal it needs -y, and a dry run changes nothing', async () => {
  const { spool, dataDir } = await openOrders();
  await spool(['group', 'commit', 'load', 'orders=1', '-y']);
  const before = filesBelow(dataDir);
  const [unasked, dry, dryJson] = await Promise.all([
    spool(['group', 'commit', 'load', 'orders=3']),
    spool(['group', 'commit', 'load', 'orders=3', '--dry-run']),
    spool(['group', 'commit', 'load', 'orders:0=3', '--dry-run', '--json']),
  ]);
  expect(unasked).toMatchObject({ code: 2, text: '' });
  expect(unasked.stderr).toContain('needs a confirmation: move load 1 -> 3?\n  add -y');
  expect(dry.text).toMatch(/^TOPIC .*\norders +0 +1 +3 +\+2\n$/);
  expect(jsonOf(dryJson)).toEqual({
    dryRun: true,
    group: 'load',
    isNew: false,
    reason: 'commit',
    partitions: [
      {
        topic: 'orders',
        topicId: expect.any(String),
        partition: 0,
        fromOffset: 1,
        toOffset: 3,
        change: 2,
        clampedFrom: null,
      },
    ],
    clearedPending: [],
  });
  expect(filesBelow(dataDir)).toEqual(before);
  const done = await spool(['group', 'commit', 'load', 'orders=3', '-y']);
  expect(done).toMatchObject({ code: 0, text: '', stderr: '' });
  expect((await spool(['group', 'describe', 'load', '--csv'])).text).toBe('orders,0,3\n');
});

test('what cannot be meant, and what is not there', async () => {
  const { spool } = await openOrders(2);
  const [which, past, topic, partition, neither, both, offset] = await Promise.all([
    spool(['group', 'commit', 'load', 'orders=1', '-y']),
    spool(['group', 'commit', 'load', 'orders:0=6', '-y']),
    spool(['group', 'commit', 'load', 'order:0=1', '-y']),
    spool(['group', 'commit', 'load', 'orders:7=1', '-y']),
    spool(['group', 'commit', 'load', '-y']),
    spool(['group', 'commit', 'load', 'orders:0=1', '--receipt', 'r.json']),
    spool(['group', 'commit', 'load', 'orders:0=end', '-y']),
  ]);
  expect([which.code, past.code, topic.code, partition.code]).toEqual([2, 3, 3, 3]);
  expect([neither.code, both.code, offset.code]).toEqual([2, 2, 2]);
  expect(which.stderr).toContain(
    'orders has 2 partitions: say which one\n  write it like orders:0=1',
  );
  expect(past.stderr).toContain('orders:0 cannot stand at 6: positions go from 0 to 5');
  expect((await spool(['group', 'list', '--json'])).text).toBe('[]\n');
});

test('on a terminal: the plan, the question, and what has happened', async () => {
  const { spool, dataDir: SPOOL_DIR } = await openOrders();
  await spool(['group', 'commit', 'load', 'orders=1', '-y']);
  const given = { inputIsTerminal: true, messagesAreTerminal: true, now: Date.now };
  const no = await recordSession({ ...given, variables: { SPOOL_DIR }, answer: '' });
  await GroupCommit.run(['load', 'orders=4'], no.config);
  expect(no.questions).toEqual(['move load 1 -> 4? [y/N] ']);
  expect(no.messages()).toMatch(/^TOPIC .*\norders +0 +1 +4 +\+3\nnothing was changed\n$/);
  const yes = await recordSession({ ...given, variables: { SPOOL_DIR }, answer: 'y' });
  await GroupCommit.run(['load', 'orders=4'], yes.config);
  expect(yes.messages()).toMatch(/\nload moved 1 -> 4; undo: spool group undo load\n$/);
  expect(await yes.shown()).toBe('');
  const again = await recordSession({ ...given, variables: { SPOOL_DIR } });
  await GroupCommit.run(['load', 'orders=4'], again.config);
  expect(again.messages()).toBe('nothing to do: load is there already\n');
  expect(again.questions).toEqual([]);
  const fresh = await recordSession({ ...given, variables: { SPOOL_DIR }, answer: 'y' });
  await GroupCommit.run(['audit', 'orders=2'], fresh.config);
  expect(fresh.questions).toEqual(['create group audit at 2 of orders:0? [y/N] ']);
  expect(fresh.messages()).toContain('created group audit: it begins in 1 partition\n');
});

async function receiptOf(spool: (args: string[]) => Promise<{ text: string }>, dataDir: string) {
  const described = JSON.parse((await spool(['topic', 'describe', 'orders', '--json'])).text);
  const { clusterId } = JSON.parse(readFileSync(join(dataDir, 'spool.json'), 'utf8'));
  const topicId = described[0].topicId as string;
  const range = { topic: 'orders', topicId, partition: 0, firstOffset: 1, endOffset: 4 };
  return { clusterId, group: 'load', createdMs: 1, records: 3, ranges: [range] } as Receipt;
}

test('a receipt moves the group once, without a question; an outdated one is refused', async () => {
  const { spool, root, dataDir } = await openOrders();
  await spool(['group', 'commit', 'load', 'orders=1', '-y']);
  const receipt = await receiptOf((args) => spool(args), dataDir);
  const path = join(root, 'r.json');
  writeFileSync(path, formatReceipt(receipt));
  expect(await spool(['group', 'commit', 'load', '--receipt', path])).toMatchObject({
    code: 0,
    text: '',
    stderr: '',
  });
  expect((await spool(['group', 'describe', 'load', '--csv'])).text).toBe('orders,0,4\n');
  // It may have been run and its answer been lost.
  expect(await spool(['group', 'commit', 'load', '--receipt', path])).toMatchObject({ code: 0 });
  await spool(['group', 'seek', 'load', '--to', '2', '-y']);
  const input = formatReceipt(receipt);
  const late = await spool(['group', 'commit', 'load', '--receipt', '-', '--json'], { input });
  expect(late).toMatchObject({ code: 4, text: '' });
  expect(JSON.parse(late.stderr).error).toMatchObject({
    code: 'CHECK_FAILED',
    details: { topic: 'orders', partition: 0, expectedOffset: 1, committedOffset: 2 },
  });
  expect((await spool(['group', 'describe', 'load', '--csv'])).text).toBe('orders,0,2\n');
});

test('a receipt of something else is refused', async () => {
  const { spool, root, dataDir } = await openOrders();
  await spool(['group', 'commit', 'load', 'orders=1', '-y']);
  const receipt = await receiptOf((args) => spool(args), dataDir);
  const [range] = receipt.ranges;
  const refused: readonly (readonly [Receipt | string, number])[] = [
    [{ ...receipt, clusterId: 'another' }, 4],
    [{ ...receipt, group: 'other' }, 4],
    [{ ...receipt, ranges: [{ ...range!, topicId: 'another' }] }, 4],
    [{ ...receipt, ranges: [{ ...range!, topic: 'nope' }] }, 4],
    ['orders,0,4\n', 5],
    ['', 5],
  ];
  for (const [content, code] of refused) {
    const input = typeof content === 'string' ? content : formatReceipt(content);
    const run = await spool(['group', 'commit', 'load', '--receipt', '-'], { input });
    expect({ content, code: run.code }).toEqual({ content, code });
  }
  const missing = await spool(['group', 'commit', 'load', '--receipt', join(root, 'none')]);
  expect(missing.code).toBe(1);
  expect((await spool(['group', 'describe', 'load', '--csv'])).text).toBe('orders,0,1\n');
});

test('a batch that waits to be repeated is given up, and that is said', async () => {
  const { spool, dataDir } = await openOrders();
  await leaveBatchBehind({ dataDir, group: 'load', topic: 'orders' }, 2);
  const unasked = await spool(['group', 'commit', 'load', 'orders=3']);
  expect(unasked.stderr).toMatch(
    /move load 0 -> 3 and give up batch \S+, attempt 1 \(orders:0:0-1\)\?/,
  );
  const done = await spool(['group', 'commit', 'load', 'orders=3', '-y']);
  expect(done.code).toBe(0);
  expect(done.stderr).toMatch(
    /^load: batch \S+, attempt 1 \(orders:0:0-1\) was given up: it will not be repeated\n$/,
  );
  expect(jsonOf(await spool(['group', 'describe', 'load', '--json']))).toMatchObject([
    { pending: [] },
  ]);
});

test('while a member has the partition it is busy: 75, naming it', async () => {
  const { spool, dataDir } = await openOrders();
  await takePart({ dataDir, group: 'load', topic: 'orders' }, async (member) => {
    await beginBatch(member, 2);
    const busy = await spool(['group', 'commit', 'load', 'orders=3', '-y']);
    expect(busy).toMatchObject({ code: 75, text: '' });
    expect(busy.stderr).toContain(`consume (pid ${process.pid})`);
  });
});
