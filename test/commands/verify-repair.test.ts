/** `verify --repair` as a person and as a cron job runs it. What a repair does is test/core/log/repair-*. */
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  appendFileSync,
  closeSync,
  cpSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RepairReport } from '../../src/view/repair-plan.js';
import { appendValues, filesBelow, jsonOf, openSandbox } from '../support/cli.js';

const { root, dataDir, shell, spool } = openSandbox();
const whole = join(root, 'whole');
const FOLDER = join(dataDir, 'brokers/0/log/orders-0');
const VALUES = Array.from({ length: 30 }, (_, at) => `value-${at}`);

beforeAll(async () => {
  const made = await shell('spool topic create orders -c internal.segment.bytes=1024');
  expect(made).toMatchObject({ code: 0, stderr: '' });
  await appendValues(dataDir, { topic: 'orders', values: VALUES.slice(0, -1) });
  // This one is synced, and all before it with it: damage is no torn append.
  expect(await spool(['produce', 'orders', '-m', VALUES.at(-1)!])).toMatchObject({ code: 0 });
  cpSync(dataDir, whole, { recursive: true });
});

beforeEach(() => {
  rmSync(dataDir, { recursive: true });
  cpSync(whole, dataDir, { recursive: true });
});

function logs(): string[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.log'));
  return names.sort().map((name) => join(FOLDER, name));
}

/** Every record is a batch here. */
function positionsOf(log: string): number[] {
  const bytes = readFileSync(log);
  const positions: number[] = [];
  for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) positions.push(at);
  return positions;
}

function write(path: string, position: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
}

/** The first, a middle or the last batch of the first, a middle or the last segment. */
function harm(segment: number, batch: number): void {
  const log = logs().at(segment)!;
  write(log, positionsOf(log).at(batch)! + 65, Buffer.from('X'));
}

async function readable(): Promise<string[]> {
  const { code, text } = await spool(['consume', 'orders']);
  expect(code).toBe(0);
  return text.trim().split('\n');
}

describe.each([
  ['first', 0],
  ['middle', 1],
  ['active', -1],
])('in the %s segment', (_, segment) => {
  test.each([
    ['first', 0],
    ['middle', 1],
    ['last', -1],
  ])('the %s batch is isolated, and everything else is read', async (__, batch) => {
    harm(segment, batch);
    expect(await spool(['verify'])).toMatchObject({ code: 7 });
    const repaired = await spool(['verify', '--repair', '-y']);
    expect(repaired).toMatchObject({ code: 0 });
    expect(repaired.stderr).toMatch(/lost: offsets (\d+) to \1 \((at most )?1 record\)/);
    expect(repaired.stderr).toContain('.log.damaged');
    expect(await spool(['verify'])).toMatchObject({ code: 0 });
    const left = await readable();
    expect(left).toHaveLength(29);
    expect(VALUES).toEqual(expect.arrayContaining(left));
    const more = await spool(['produce', 'orders', '-m', 'more']);
    expect(more).toMatchObject({ code: 0, stderr: '' });
    expect((await readable()).at(-1)).toBe('more');
    const again = await spool(['verify', '--repair', '-y']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
  });
});

test.each<[string, () => void]>([
  ['a truncated active segment', () => truncateSync(logs().at(-1)!, 70)],
  ['a zeroed block', () => write(logs()[1]!, 200, Buffer.alloc(400))],
  ['an index that is gone', () => rmSync(logs()[0]!.replace(/log$/, 'index'))],
  ['a segment that is gone', () => rmSync(logs()[1]!)],
  ['a control file that is gone', () => rmSync(join(dataDir, 'partitions/orders-0'))],
  ['a torn tail', () => appendFileSync(logs().at(-1)!, 'torn')],
])('%s is repaired, and the log is written and read again', async (_, damage) => {
  damage();
  expect(await spool(['verify', '--repair', '-y', '-q'])).toMatchObject({ code: 0, stderr: '' });
  expect(await spool(['verify'])).toMatchObject({ code: 0 });
  await spool(['produce', 'orders', '-m', 'more']);
  const left = await readable();
  expect(left.at(-1)).toBe('more');
  expect(new Set(left).size).toBe(left.length);
  expect([...VALUES, 'more']).toEqual(expect.arrayContaining(left));
});

describe('nothing is changed', () => {
  test('by a dry run, which says what would be', async () => {
    harm(1, 1);
    const before = filesBelow(dataDir);
    const ran = await spool(['verify', '--repair', '--dry-run']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.text).toMatch(
      /^orders:0\n {2}lost: offsets \d+ to \d+ \(1 record\), \d+ bytes kept aside/,
    );
    expect(filesBelow(dataDir)).toEqual(before);
  });

  test('without a terminal to ask on, and no -y', async () => {
    harm(1, 1);
    const before = filesBelow(dataDir);
    const ran = await spool(['verify', '--repair']);
    expect(ran).toMatchObject({ code: 2, text: '' });
    expect(ran.stderr).toContain('needs a confirmation: repair orders:0, giving up 1 record?');
    expect(filesBelow(dataDir)).toEqual(before);
  });

  test('where all is well', async () => {
    const before = filesBelow(dataDir);
    expect(await spool(['verify', '--repair', '-y'])).toMatchObject({ code: 0, stderr: '' });
    expect(filesBelow(dataDir)).toEqual(before);
  });

  test.each(['-y', '--dry-run'])('by %s alone', async (flag) => {
    expect(await spool(['verify', flag])).toMatchObject({ code: 2 });
  });
});

test('--json is one document: what was done, and how the topics are now', async () => {
  harm(1, 1);
  const ran = await spool(['verify', '--repair', '-y', '--json', 'orders']);
  expect(ran.code).toBe(0);
  const report = jsonOf(ran) as RepairReport;
  expect(report).toMatchObject({ ok: true, dryRun: false, topics: [{ topic: 'orders' }] });
  const [repair] = report.repairs;
  expect(repair).toMatchObject({
    topic: 'orders',
    partition: 0,
    actions: [{ kind: 'replace-segment' }],
    irreparable: [],
    keptAside: [expect.stringContaining('.log.damaged')],
  });
  expect(repair?.losses).toEqual([
    {
      firstOffset: expect.any(Number),
      endOffset: repair!.losses[0]!.firstOffset + 1,
      isAtEnd: false,
      damagedBytes: expect.any(Number),
      afterTimestamp: expect.any(Number),
      beforeTimestamp: expect.any(Number),
    },
  ]);
});

test('what cannot be repaired is said, and exits 7', async () => {
  rmSync(FOLDER, { recursive: true });
  const ran = await spool(['verify', '--repair', '-y']);
  expect(ran.code).toBe(7);
  expect(ran.stderr).toContain('cannot be repaired');
  expect(ran.stderr).toContain('restore it from a backup');
});
