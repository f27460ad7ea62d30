import { beforeAll, expect, test } from '@jest/globals';
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSandbox } from '../../support/cli.js';

const { root, dataDir, shell, spool } = openSandbox();
const FOLDER = join(dataDir, 'brokers/0/log/orders-0');
const LOG = join(FOLDER, '00000000000000000000.log');
const copy = join(root, '00000000000000000000.log');

beforeAll(async () => {
  const made = await shell(`
    spool topic create orders -c retention.ms=-1 && spool topic create dotted.log
    printf 'k1\\tone\\nk2\\ttwo\\n' | spool produce orders -F kv --timestamp @7 && spool produce orders --timestamp @7 -m last`);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  cpSync(LOG, copy);
});

function damageCopy(position: number): void {
  const bytes = readFileSync(LOG);
  bytes[position]! ^= 1;
  writeFileSync(copy, bytes);
}

test('a topic is its log files, a file is itself', async () => {
  const [byTopic, byFile] = await Promise.all([
    spool(['segment', 'dump', 'orders:0', '--print-data']),
    spool(['segment', 'dump', LOG, '--print-data-log']),
  ]);
  expect(byTopic).toMatchObject({ code: 0, stderr: '', text: byFile.text });
  const lines = byTopic.text.split('\n');
  expect(lines.slice(0, 2)).toEqual([`Dumping ${LOG}`, 'Log starting offset: 0']);
  expect(lines[3]).toBe(
    '| offset: 0 CreateTime: 7000 keySize: 2 valueSize: 3 sequence: -1 headerKeys: [] key: k1 payload: one',
  );
});

test('a file needs no data directory', async () => {
  const ran = await spool(['segment', 'dump', copy], { env: { SPOOL_DIR: '/nowhere' } });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
});

test('--json is a line a batch', async () => {
  const { text } = await spool(['segment', 'dump', 'orders', '--deep', '--json']);
  const batches = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(batches).toMatchObject([
    { file: LOG, baseOffset: 0, count: 2, isValid: true, records: [{ offset: 0 }, { offset: 1 }] },
    { file: LOG, baseOffset: 2, count: 1, records: [{ offset: 2, valueSize: 4 }] },
  ]);
});

test('a damaged file is shown as far as it can be read, then exits 7 naming the byte', async () => {
  damageCopy(64);
  const ran = await spool(['segment', 'dump', copy, LOG]);
  expect(ran.code).toBe(7);
  expect(ran.text.match(/^baseOffset/gm)?.length).toBe(4);
  expect(ran.text).toContain('isvalid: false');
  expect(ran.stderr).toContain(`${copy}: damaged at byte 0: the checksum is wrong`);
  const json = await spool(['segment', 'dump', copy, '--json']);
  expect(JSON.parse(json.stderr)).toMatchObject({
    error: { code: 'SEGMENT_CORRUPT', details: { path: copy, position: 0 } },
  });
});

test('a torn tail is told as Kafka tells it', async () => {
  cpSync(LOG, copy);
  truncateSync(copy, readFileSync(LOG).length - 3);
  const ran = await spool(['segment', 'dump', copy]);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.text).toMatch(/\nFound \d+ invalid bytes at the end of 00000000000000000000\.log\n$/);
});

test.each([
  [['./README.md'], 2, 'no file of a segment'],
  [[], 2, 'missing TARGET'],
  [['/nowhere/0.log'], 1, 'no such file'],
  [['nope'], 3, 'there is no topic nope'],
  [['dotted.log:0'], 0, ''],
])('%s exits %i', async (args, code, message) => {
  const ran = await spool(['segment', 'dump', ...args]);
  expect(ran.code).toBe(code);
  expect(ran.stderr).toContain(message);
});

test('a reader that goes away ends it quietly', async () => {
  const ran = await shell(
    'spool segment dump orders --print-data | head -1; echo "${PIPESTATUS[0]}"',
  );
  expect(ran).toMatchObject({ stderr: '' });
  expect(ran.text).toBe(`Dumping ${LOG}\n0\n`);
});
