import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { VerifyReport } from '../../src/view/verify-report.js';
import type { Ran } from '../support/cli.js';
import { NOBODY, openSandbox } from '../support/cli.js';

const { root, dataDir, shell, spool } = openSandbox();
const whole = join(root, 'whole');
const LOG = '00000000000000000000.log';

function fileOf(partition: string, name = LOG): string {
  return join(dataDir, 'brokers/0/log', partition, name);
}

function flip(path: string, position: number): void {
  const byte = readFileSync(path)[position]! ^ 1;
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Buffer.from([byte]), 0, 1, position);
  closeSync(descriptor);
}

function reportOf({ text }: Ran): VerifyReport {
  return JSON.parse(text) as VerifyReport;
}

function findingsOf(ran: Ran) {
  return reportOf(ran).topics.flatMap(({ partitions }) =>
    partitions.flatMap(({ findings }) => findings),
  );
}

/** Every file and what is in it; a file that was only touched counts as changed too. */
function stateOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const stat = statSync(join(directory, name));
      return `${name} ${stat.mtimeMs} ${stat.size}`;
    });
}

beforeAll(async () => {
  const made = await shell(`
    spool topic create orders -p 2 && spool topic create notes
    seq 1000 | spool produce orders -p 0; seq 200 | spool produce orders -p 1
    seq 10 | spool produce notes`);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  cpSync(dataDir, whole, { recursive: true });
});

/** Each test has the same data directory to harm. */
function restore(): void {
  rmSync(dataDir, { recursive: true });
  cpSync(whole, dataDir, { recursive: true });
}

describe('a sound data directory', () => {
  test('takes one line a topic, exits 0 and is left as it is', async () => {
    const before = stateOf(dataDir);
    expect(await spool(['verify'])).toMatchObject({
      code: 0,
      text: 'notes: 1 partition, 10 records, ok\norders: 2 partitions, 1,200 records, ok\n',
      stderr: '',
    });
    expect(stateOf(dataDir)).toEqual(before);
  });

  test('goes without saying with -q', async () => {
    expect(await spool(['verify', '-q'])).toMatchObject({ code: 0, text: '', stderr: '' });
  });

  test('is one document with --json', async () => {
    const report = reportOf(await spool(['verify', 'orders', '--json']));
    expect(report).toMatchObject({ ok: true, topics: [{ topic: 'orders' }] });
    expect(report.topics[0]?.partitions).toEqual([
      {
        partition: 0,
        segments: 1,
        batches: expect.any(Number),
        records: 1000,
        sizeBytes: expect.any(Number),
        findings: [],
      },
      {
        partition: 1,
        segments: 1,
        batches: expect.any(Number),
        records: 200,
        sizeBytes: expect.any(Number),
        findings: [],
      },
    ]);
  });

  test('is verified by somebody who may not write', async () => {
    const isRoot = process.getuid?.() === 0;
    chmodSync(root, 0o755);
    await shell(`chmod -R a+rX,a-w '${dataDir}'`);
    const ran = await spool(['verify'], isRoot ? { uid: NOBODY } : {});
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    await shell(`chmod -R u+w '${dataDir}'`);
    restore();
  });

  test('is verified while others write to it', async () => {
    const ran = await shell(`
      spool topic create busy -c internal.segment.bytes=4096 -c retention.bytes=20000
      (for i in 1 2; do seq 3000 | spool produce busy -q; spool retention prune -q; done) &
      while kill -0 $! 2>/dev/null; do spool verify busy --json || exit $?; done; wait`);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const lines = ran.text.trim().split('\n');
    expect(lines.length).toBeGreaterThan(2);
    // Files on their way out may be seen; damage may not.
    for (const line of lines) expect((JSON.parse(line) as VerifyReport).ok).toBe(true);
    restore();
  }, 60_000);
});

describe('damage', () => {
  test('exits 7 and is named by file, byte and offset, in text and in JSON', async () => {
    restore();
    flip(fileOf('orders-0'), 200);
    const ran = await spool(['verify']);
    expect(ran).toMatchObject({ code: 7, stderr: '' });
    expect(ran.text.split('\n')).toEqual([
      'notes: 1 partition, 10 records, ok',
      'orders: 2 partitions, 200 records, 1 damaged place',
      `  damage: ${fileOf('orders-0')}, byte 0, offset 0: the checksum is wrong`,
      '',
    ]);
    const json = await spool(['verify', '--json', 'orders']);
    expect(json.code).toBe(7);
    expect(reportOf(json).ok).toBe(false);
    expect(findingsOf(json)).toEqual([
      {
        kind: 'damage',
        file: fileOf('orders-0'),
        position: 0,
        offset: 0,
        reason: 'the checksum is wrong',
      },
    ]);
  });

  test.each<[string, () => void, string]>([
    [
      'a folder that is gone',
      () => renameSync(fileOf('orders-1', ''), join(root, 'gone')),
      'orders-1',
    ],
    ['a control file that is gone', () => rmSync(join(dataDir, 'partitions/orders-0')), 'orders-0'],
    [
      'an id of another topic',
      () =>
        cpSync(fileOf('notes-0', 'partition.metadata'), fileOf('orders-0', 'partition.metadata')),
      'partition.metadata',
    ],
    ['a segment that is gone', () => rmSync(fileOf('orders-0')), 'orders-0'],
    [
      'an index entry that is wrong',
      () => writeFileSync(fileOf('notes-0', '00000000000000000000.index'), Buffer.alloc(8, 9)),
      '00000000000000000000.index',
    ],
  ])('is %s', async (_, harm, name) => {
    restore();
    rmSync(join(root, 'gone'), { recursive: true, force: true });
    harm();
    const ran = await spool(['verify', '--json']);
    expect(ran.code).toBe(7);
    const damage = findingsOf(ran).filter(({ kind }) => kind === 'damage');
    expect(damage.map(({ file }) => file.split('/').at(-1))).toEqual([name]);
  });

  test('of a topic’s own file is an error, and the others are verified', async () => {
    restore();
    appendFileSync(join(dataDir, 'topics/orders.json'), '}');
    const ran = await spool(['verify']);
    expect(ran).toMatchObject({ code: 7, text: 'notes: 1 partition, 10 records, ok\n' });
    expect(ran.stderr).toContain('topics/orders.json');
  });
});

describe('a torn tail', () => {
  test('is a note, and gone with the next write', async () => {
    restore();
    const position = statSync(fileOf('notes-0')).size;
    appendFileSync(fileOf('notes-0'), 'torn');
    const ran = await spool(['verify', 'notes']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.text).toContain(
      `note: ${fileOf('notes-0')}, byte ${position}, offset 10: incomplete tail of 4 bytes`,
    );
    await spool(['produce', 'notes', '-m', 'more']);
    const after = await spool(['verify', 'notes']);
    expect(after).toMatchObject({ code: 0 });
    expect(after.text).toContain('11 records, ok');
  });
});

test('a topic that is not there is an error, and the others are verified', async () => {
  restore();
  const ran = await spool(['verify', 'nope', 'notes']);
  expect(ran).toMatchObject({ code: 3, text: 'notes: 1 partition, 10 records, ok\n' });
  expect(ran.stderr).toContain('there is no topic nope');
});
