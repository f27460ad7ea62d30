import { beforeAll, expect, test } from '@jest/globals';
import type { SegmentListDocument } from '../../../src/view/segment-list.js';
import { openSandbox } from '../../support/cli.js';

const { shell, spool } = openSandbox();

beforeAll(async () => {
  const made = await shell(`
    spool topic create orders -p 2 -c internal.segment.bytes=4096 -c retention.ms=-1 && spool topic create empty
    for i in 1 2 3; do seq 700 | spool produce orders -p 0 --timestamp 2026-01-02T03:04:05Z; done`);
  expect(made).toMatchObject({ code: 0, stderr: '' });
});

test('every segment of every topic has a line', async () => {
  const { code, text, stderr } = await spool(['segment', 'list']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = text.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^TOPIC +BASE +END +SIZE/);
  expect(lines.filter((line) => line.startsWith('orders:0')).length).toBeGreaterThan(2);
  expect(lines.filter((line) => /active$/.test(line)).map((line) => line.split(' ')[0])).toEqual([
    'empty:0',
    'orders:0',
    'orders:1',
  ]);
  expect(text).toContain('2026-01-02 03:04:05');
});

test('one partition of one topic is one document with --json', async () => {
  const { text } = await spool(['segment', 'list', 'orders:0', '--json']);
  const { partitions } = JSON.parse(text) as SegmentListDocument;
  expect(partitions).toMatchObject([{ topic: 'orders', partition: 0 }]);
  const segments = partitions[0]?.segments ?? [];
  expect(segments[0]).toMatchObject({
    baseOffset: 0,
    firstTimestamp: '2026-01-02T03:04:05.000Z',
    newestTimestamp: '2026-01-02T03:04:05.000Z',
    state: 'sealed',
  });
  expect(segments.at(-1)).toMatchObject({ endOffset: 2100, state: 'active' });
});

test('what is not there is an error', async () => {
  expect(await spool(['segment', 'list', 'orders:9'])).toMatchObject({ code: 3, text: '' });
  expect(await spool(['segment', 'list', 'nope'])).toMatchObject({ code: 3, text: '' });
});
