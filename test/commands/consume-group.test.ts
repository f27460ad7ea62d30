import { describe, expect, jest, test } from '@jest/globals';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendValues, filesBelow } from '../support/cli.js';
import { leaveBatchBehind, takePart } from './group/taking-part.js';
import { Place } from '../support/in-process.js';
import { type ShellCase, runCase } from '../support/shell-case.js';
import { inShell } from '../support/shell.js';

jest.setTimeout(30_000);

const OK = { code: 0, err: '' };

/** A topic `t` of one partition that holds 1, 2, 3. */
async function openNumbers(): Promise<Place> {
  const place = new Place();
  await place.spool('topic create t');
  await appendValues(place.dataDir, { topic: 't', values: ['1', '2', '3'] });
  return place;
}

/** Three partitions of two records; by time they come a b c d e f, and a and d are of partition 0. */
async function openPartitions(): Promise<Place> {
  const place = new Place();
  await place.spool('topic create t -p 3');
  for (const [at, value] of [...'abcdef'].entries()) {
    const request = { topic: 't', values: [value], partition: at % 3, timestamp: 1000 + at };
    await appendValues(place.dataDir, request);
  }
  return place;
}

describe('the position', () => {
  test('moves at the end of a run, so the next one has what is new', async () => {
    const place = await openNumbers();
    expect(await place.spool('consume t -g g')).toEqual({ ...OK, out: '1\n2\n3\n' });
    expect(await place.positions('g')).toBe('t:0=3');
    expect(await place.spool('consume t -g g')).toEqual({ ...OK, out: '' });
    await place.produce('t', '4');
    expect(await place.spool('consume t -g other')).toEqual({ ...OK, out: '1\n2\n3\n4\n' });
    expect(await place.spool('consume t -g g')).toEqual({ ...OK, out: '4\n' });
  });

  test.each([
    ['--initial end', '', '4\n'],
    ['--initial 2', '3\n', '4\n'],
    ['--initial=-1', '3\n', '4\n'],
    ['--initial 7', '', '4\n'],
    ['--initial today --until 1', '1\n', '2\n3\n4\n'],
    ['--initial 1 -n 0', '', '2\n3\n4\n'],
  ])('of a new group is %s, and is kept though nothing was read', async (flags, first, next) => {
    const place = await openNumbers();
    expect(await place.spool(`consume t -g g ${flags}`)).toEqual({ ...OK, out: first });
    await place.produce('t', '4');
    // It has a place by now: --initial says nothing any more.
    expect(await place.spool('consume t -g g --initial end')).toEqual({ ...OK, out: next });
  });

  test.each([
    ['-n 2', '1\n2\n', 't:0=2'],
    ['--max-bytes 2', '1\n2\n', 't:0=2'],
    ['--max-bytes 1', '1\n', 't:0=1'],
    ['--until 1', '1\n', 't:0=1'],
    ['--until today', '', 't:0=0'],
    ['--until end', '1\n2\n3\n', 't:0=3'],
    ['--grep 2', '2\n', 't:0=3'],
    ['--grep 2 -n 1', '2\n', 't:0=2'],
    ['--key nobody', '', 't:0=3'],
    ['-F none', '', 't:0=3'],
    ['-F {offset}={value}', '0=1\n1=2\n2=3\n', 't:0=3'],
  ])('is behind what was given out or filtered out: %s', async (flags, out, position) => {
    const place = await openNumbers();
    expect(await place.spool(`consume t -g g ${flags}`)).toEqual({ ...OK, out });
    expect(await place.positions('g')).toBe(position);
  });

  test.each([
    ['t', 'a b c d e f', 't:0=2 t:1=2 t:2=2'],
    ['t --order partition', 'a d b e c f', 't:0=2 t:1=2 t:2=2'],
    ['t:1', 'b e', 't:0=0 t:1=2 t:2=0'],
    ['t -p 0,2', 'a c d f', 't:0=2 t:1=0 t:2=2'],
    ['t:2 t:0 -n 3', 'a c d', 't:0=2 t:1=0 t:2=1'],
    ['t -n 4', 'a b c d', 't:0=2 t:1=1 t:2=1'],
    ['t --members 2', 'a b d e', 't:0=2 t:1=2 t:2=0'],
  ])('is one for each partition: %s', async (words, out, positions) => {
    const place = await openPartitions();
    const ran = await place.spool(`consume ${words} -g g`);
    expect({ ...ran, out: ran.out.trim().replaceAll('\n', ' ') }).toEqual({ ...OK, out });
    expect(await place.positions('g')).toBe(positions);
  });

  test('is one for each topic, of several or of a glob', async () => {
    const place = new Place();
    for (const topic of ['app.a', 'app.b', 'web']) await place.produce(topic, topic);
    const both = await place.spool('consume app.a web -g two');
    expect(both).toEqual({ ...OK, out: 'app.a\nweb\n' });
    expect(await place.positions('two')).toBe('app.a:0=1 web:0=1');
    expect(await place.spool('consume app.* -g g')).toEqual({ ...OK, out: 'app.a\napp.b\n' });
    await place.produce('app.c', 'app.c');
    expect(await place.spool('consume app.* -g g')).toEqual({ ...OK, out: 'app.c\n' });
    expect(await place.positions('g')).toBe('app.a:0=1 app.b:0=1 app.c:0=1');
  });

  test('stays where there is no topic, and nothing is made', async () => {
    const place = await openNumbers();
    expect(await place.spool('consume t nope -g g')).toMatchObject({ code: 3, out: '' });
    expect(await place.spool('consume t:7 -g g')).toMatchObject({ code: 3, out: '' });
    expect(await place.positions('g')).toMatch(/^error: there is no group g\n/);
  });

  test('stays where a record is damaged, and what stands before it is given out', async () => {
    const place = await openNumbers();
    const log = join(place.partitionFolder('t-0'), '00000000000000000000.log');
    const bytes = readFileSync(log);
    // The last byte of the second of three batches that are equally long.
    bytes[(bytes.length / 3) * 2 - 1]! ^= 1;
    writeFileSync(log, bytes);
    const ran = await place.spool('consume t -g g');
    expect(ran).toMatchObject({ code: 7, out: '1\n' });
    expect(await place.positions('g')).toBe('t:0=0');
  });

  test('is told to a person, with the way back', async () => {
    const place = await openNumbers();
    place.isWatched = true;
    const ran = await place.spool('consume t -g g');
    expect(ran.err).toBe('g moved 0 -> 3; undo: spool group undo g\n');
    expect((await place.spool('consume t -g g')).err).toBe('');
    await place.spool('group undo g -y');
    expect((await place.spool('consume t -g g')).out).toBe('1\n2\n3\n');
  });

  test('--fail-if-empty says no with 4, and keeps the place all the same', async () => {
    const place = await openNumbers();
    expect(await place.spool('consume t -g g --fail-if-empty')).toEqual({
      ...OK,
      out: '1\n2\n3\n',
    });
    expect(await place.spool('consume t -g g --fail-if-empty')).toEqual({
      code: 4,
      out: '',
      err: '',
    });
    const filtered = await place.spool('consume t -g f --grep x --fail-if-empty');
    expect(filtered).toEqual({ code: 4, out: '', err: '' });
    expect(await place.positions('f')).toBe('t:0=3');
  });

  test('is kept under any name, which is never a path', async () => {
    const place = await openNumbers();
    const names = ['../../up', '.', 'a/b', 'ü%2F', '-', 'x'.repeat(255)];
    for (const name of names) {
      expect(await place.spool('consume t -n 1', `--group=${name}`)).toEqual({ ...OK, out: '1\n' });
      expect(await place.spool('consume t -n 1', `--group=${name}`)).toEqual({ ...OK, out: '2\n' });
    }
    const list = await place.spool('group list --json');
    const listed = JSON.parse(list.out) as { group: string }[];
    expect(listed.map(({ group }) => group)).toEqual([...names].sort());
    expect(readdirSync(join(place.dataDir, '..')).sort()).toEqual(['data', 'out']);
    for (const name of ['', 'x'.repeat(256)]) {
      expect(await place.spool('consume t', `--group=${name}`)).toMatchObject({ code: 2, out: '' });
    }
  });
});

describe('retention prune', () => {
  const HOUR_MS = 3_600_000;

  test('lets positions expire where that is asked for, and a dry run says which', async () => {
    const place = new Place();
    await place.spool('topic create t -c offsets.retention.minutes=60 -c retention.ms=-1');
    await place.spool('topic create kept -c retention.ms=-1');
    for (const topic of ['t', 'kept']) {
      await appendValues(place.dataDir, { topic, values: ['1'] });
      await place.spool(`consume ${topic} -g g`);
    }
    place.aheadMs = HOUR_MS / 2;
    expect(await place.spool('retention prune')).toEqual({ ...OK, out: '' });
    expect(await place.positions('g')).toBe('kept:0=1 t:0=1');
    place.aheadMs = 2 * HOUR_MS;
    const before = filesBelow(place.dataDir);
    const dry = await place.spool('retention prune --dry-run');
    expect(dry).toMatchObject({
      code: 0,
      err: 'group g: its position in 1 partition of t has expired\n',
    });
    expect(filesBelow(place.dataDir)).toEqual(before);
    expect(await place.spool('retention prune')).toEqual({ ...OK, out: '' });
    expect(await place.positions('g')).toBe('kept:0=1');
  });

  test('never with a batch that waits to be repeated, nor while somebody reads', async () => {
    const place = new Place();
    await place.spool('topic create t -c offsets.retention.minutes=60 -c retention.ms=-1');
    await appendValues(place.dataDir, { topic: 't', values: ['1', '2'] });
    await leaveBatchBehind({ dataDir: place.dataDir, group: 'waits', topic: 't' }, 1);
    await takePart({ dataDir: place.dataDir, group: 'reads', topic: 't' }, async () => {
      place.aheadMs = 2 * HOUR_MS;
      await place.spool('retention prune');
      expect(await place.positions('waits')).toBe('t:0=0');
      expect(await place.positions('reads')).toBe('t:0=0');
    });
  });
});

/** What is looked at behind a read that has failed: where the group stands. */
const WHERE = 'spool group describe g --csv';

const PROCESSES: ShellCase[] = [
  {
    name: 'a full device under the output: 1, and the group stays',
    script: [
      `seq 3 | spool produce t --create; spool consume t -g g > /dev/full; echo $?; ${WHERE}`,
    ],
    out: ['1', 't,0,0'],
    err: /^error: cannot write to standard output: no space left\n.*\n$/,
  },
  {
    name: 'an output that was closed takes everything, as /dev/null does',
    script: [`seq 3 | spool produce t --create; spool consume t -g g >&-; echo $?; ${WHERE}`],
    out: ['0', 't,0,3'],
  },
  {
    name: 'a follower whose reader has gone: 6 at the next record, and the group stays',
    script: [
      'seq 3 | spool produce t --create; { sleep 1; spool produce t -m 4; } &',
      `spool consume t -g g -f | head -1; echo \${PIPESTATUS[*]}; wait; ${WHERE}`,
    ],
    out: ['1', '6 0', 't,0,0'],
    err: /^error: the reader of the output has gone: group g stays where it is\n/,
  },
  {
    name: '--receipt to a reader that has gone: 6, and there is no receipt',
    script: [
      'seq 300000 | spool produce t --create',
      'spool consume t -g g --receipt r.json | head -1; echo ${PIPESTATUS[*]}; ls',
    ],
    out: ['1', '6 0'],
    err: /^error: the reader of the output has gone/,
  },
  {
    name: 'a crontab: next to no environment, and not a byte is said when all is well',
    script: [
      'seq 3 | spool produce t --create; bin=$(readlink -f $(command -v spool)); node=$(command -v node)',
      'cron() { env -i HOME=$HOME PATH=/usr/bin:/bin SPOOL_DIR=$SPOOL_DIR sh -c "$1"; }',
      'cron "$node $bin consume t -g g --until hour --if-busy skip --exec \'cat > never\'"; ls',
      'cron "$node $bin consume t -g g --if-busy skip --exec \'cat > batch\'"',
      'cron "$node $bin consume t -g g --if-busy skip --exec \'cat > never\'"; ls; cat batch',
      'cron "$node $bin group check g --max-age 2h --max-attempts 3"; cron "$node $bin retention prune"',
    ],
    out: ['batch', '1', '2', '3'],
  },
  {
    name: 'what `help cron` says can be run as it stands on this machine',
    script: [
      'spool topic create orders; spool help cron > page; upload() { cat $1 > uploaded; }',
      // The crontab: what cron would take away, the schedule and the backslash of a per cent sign.
      "grep -E '^  (SPOOL_DIR|PATH)=' page > lines; grep -E '^  [0-9*]' page | sed -E 's/^ *([^ ]+ +){5}//' >> lines",
      'wc -l < lines; export HOME=/nowhere; sh -e ./lines; echo $?',
      "sed -n '/ExecStart=/,/exec/p' page | sed 's/.*ExecStart=//' | sh -e; echo $?",
      "sed -n '/^IN TWO/,/^WHAT/p' page | grep -A1 '^  spool' > two; wc -l < two; . ./two; echo $?; ls r.json",
    ],
    out: ['5', '0', '0', '2', '0', 'r.json'],
  },
];

describe('as a process', () => {
  test.concurrent.each(PROCESSES)('$name', runCase);

  test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends a follower, and what it has written is read',
    (signal) =>
      inShell(async (shell) => {
        await shell.run('seq 3 | spool produce t --create');
        const running = shell.start('exec spool consume t -g g -f');
        await running.until(() => running.out === '1\n2\n3\n');
        running.kill(signal);
        expect(await running.ended).toMatchObject({ code: null, signal, err: '' });
        expect((await shell.run(WHERE)).out).toBe('t,0,3\n');
      })(),
  );

  test.concurrent(
    'a follower that its reader keeps waiting is only as far as its reader will get',
    inShell(async (shell) => {
      await shell.run('seq 300000 | spool produce t --create');
      const { out, err } = await shell.run(
        [
          'mkfifo pipe; spool consume t -g g -f > pipe & exec 3< pipe; head -c 200000 <&3 > got',
          // It stands at a full pipe by then.
          'sleep 1; kill -TERM $!; wait $!; echo $?; cat <&3 >> got; wc -l < got',
          `${WHERE} | cut -d, -f3; spool consume t -g g -n 1`,
        ].join('\n'),
      );
      const [code, lines, position, next] = out.split('\n').map(Number);
      expect({ code, err }).toEqual({ code: 143, err: '' });
      expect(position).toBeGreaterThan(0);
      expect(position).toBeLessThanOrEqual(lines!);
      expect(lines).toBeLessThan(300_000);
      expect(next).toBe(position! + 1);
    }),
  );
});
