import { describe, expect, jest, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { appendValues } from '../support/cli.js';
import { Place } from '../support/in-process.js';
import { type ShellCase, runCase } from '../support/shell-case.js';
import { inShell } from '../support/shell.js';

jest.setTimeout(30_000);

const OK = { code: 0, out: '', err: '' };

/** Writes down what it was told of its batch, and the records. */
const NOTE =
  'echo $SPOOL_BATCH_ATTEMPT $SPOOL_BATCH_COUNT $SPOOL_BATCH_RANGES: $(cat) >> $OUT/seen';
/** Also which batch it was. */
const NOTE_ID = `echo $SPOOL_BATCH_ID >> $OUT/ids; ${NOTE}`;

/** A topic `t` of one partition that holds 1, 2, 3. */
async function openNumbers(): Promise<Place> {
  const place = new Place();
  await place.spool('topic create t');
  await appendValues(place.dataDir, { topic: 't', values: ['1', '2', '3'] });
  return place;
}

describe('what the command gets', () => {
  test.each([
    [[], '1\n2\n3\n'],
    [['-F', 'value', '-0'], '1\0' + '2\0' + '3\0'],
    [['-F', '{offset}={value}'], '0=1\n1=2\n2=3\n'],
    [['-F', 'hex'], '31\n32\n33\n'],
    [['-n', '2', '--grep', '[23]'], '2\n3\n'],
    [['--json', '-F', 'none'], ''],
  ])('the records, as %j has them', async (flags, input) => {
    const place = await openNumbers();
    const ran = await place.spool('consume t -g g', ...flags, '--exec', 'cat > $OUT/input');
    expect(ran).toEqual(OK);
    expect(place.read('input')).toBe(input);
    expect(await place.positions('g')).toBe('t:0=3');
  });

  test('json, which goes back into a topic as it is', async () => {
    const place = await openNumbers();
    await place.spool('consume t -g g -F json --exec', 'cat > $OUT/in.json');
    await place.spool('produce u --create -F json', join(place.folder, 'in.json'));
    const copied = await place.spool('consume u -F json');
    expect(copied.out.replaceAll('"topic":"u"', '"topic":"t"')).toBe(place.read('in.json'));
  });

  test('its batch in the environment: all that is documented, and nothing else', async () => {
    const place = await openNumbers();
    await place.spool('topic create u');
    await appendValues(place.dataDir, { topic: 'u', values: ['x'] });
    const asked = 'env | grep ^SPOOL_ | sort > $OUT/env';
    expect(await place.spool('consume t u -g g --exec', asked)).toEqual(OK);
    expect(place.read('env')?.replace(/(?<=_ID=)[0-9a-f]{16}$/m, 'ID')).toBe(
      [
        'SPOOL_BATCH_ATTEMPT=1',
        'SPOOL_BATCH_COUNT=4',
        'SPOOL_BATCH_GROUP=g',
        'SPOOL_BATCH_ID=ID',
        'SPOOL_BATCH_RANGES=t:0:0-2,u:0:0-0',
        `SPOOL_DIR=${place.dataDir}`,
        '',
      ].join('\n'),
    );
  });

  test('words behind -- as they are, without a shell', async () => {
    const place = await openNumbers();
    const words = ['sh', '-c', 'cat > $0; printf "%s|" "$@" >> $0', join(place.folder, 'got')];
    const ran = await place.spool('consume t -g g --', ...words, '$HOME; *', '--exec', '');
    expect(ran).toEqual(OK);
    expect(place.read('got')).toBe('1\n2\n3\n$HOME; *|--exec||');
  });

  test('a file with --as-file, nobody else may read it, and it is gone in the end', async () => {
    const place = await openNumbers();
    const copied = [
      'cp $SPOOL_BATCH_FILE $OUT/copy; cat > $OUT/input',
      'stat -c %a $SPOOL_BATCH_FILE > $OUT/mode; echo $SPOOL_BATCH_FILE > $OUT/name',
    ];
    expect(await place.spool('consume t -g g --as-file --exec', copied.join('; '))).toEqual(OK);
    expect([place.read('copy'), place.read('input')]).toEqual(['1\n2\n3\n', '']);
    expect(place.read('mode')).toBe('600\n');
    expect(existsSync(place.read('name')!.trim())).toBe(false);
  });

  test('one record after the other with --each, and the position moves with them', async () => {
    const place = await openNumbers();
    const fails = `${NOTE}; test $(tail -c 2 $OUT/seen) != 2`;
    const ran = await place.spool('consume t -g g --each --exec', fails);
    expect(ran).toMatchObject({ code: 6, err: expect.stringContaining('t:0:1-1, batch ') });
    expect(place.read('seen')).toBe('1 1 t:0:0-0: 1\n1 1 t:0:1-1: 2\n');
    expect(await place.positions('g')).toBe('t:0=1');
    const rest = await place.spool('consume t -g g --each --exec', NOTE);
    expect(rest).toEqual(OK);
    expect(place.read('seen')).toMatch(/: 2\n2 1 t:0:1-1: 2\n1 1 t:0:2-2: 3\n$/);
    expect(await place.positions('g')).toBe('t:0=3');
  });

  test('--each passes over what is filtered out, also at the end', async () => {
    const place = await openNumbers();
    await place.spool('consume t -g g --each --grep 2 --exec', NOTE);
    expect(place.read('seen')).toBe('1 1 t:0:0-1: 2\n');
    expect(await place.positions('g')).toBe('t:0=3');
  });

  test('all of the batch, or none of it if it does not want any', async () => {
    const place = new Place();
    await place.spool('topic create t');
    // Far more than a pipe holds.
    await appendValues(place.dataDir, {
      topic: 't',
      values: Array<string>(8).fill('x'.repeat(2e5)),
    });
    expect(await place.spool('consume t -g counts --exec', 'wc -c > $OUT/bytes')).toEqual(OK);
    expect(Number(place.read('bytes'))).toBe(8 * 200_001);
    expect(await place.spool('consume t -g careless --exec true')).toEqual(OK);
    expect(await place.spool('consume t -g one --exec', 'head -c 1 > $OUT/one')).toEqual(OK);
    expect([await place.positions('careless'), await place.positions('one')]).toEqual([
      't:0=8',
      't:0=8',
    ]);
  });

  test('a batch that is written down already, before it begins', async () => {
    const place = await openNumbers();
    await place.spool('consume t -g g -n 2 --exec', `cp ${place.statePath('g')} $OUT; ${NOTE_ID}`);
    expect(JSON.parse(place.read('state.json')!)).toMatchObject({
      offsets: [{ topic: 't', partition: 0, offset: 0 }],
      pending: [
        {
          id: place.read('ids')!.trim(),
          attempt: 1,
          ranges: [{ topic: 't', partition: 0, firstOffset: 0, endOffset: 2 }],
        },
      ],
    });
  });
});

const WHERE = 'spool group describe g --csv';

const PROCESSES: ShellCase[] = [
  {
    name: 'what the command prints is the output, megabytes of it, and nothing else is',
    script: [
      'seq 3 | spool produce t --create; spool consume t -g g --exec "seq 1000000" | tail -1',
      WHERE,
    ],
    out: ['1000000', 't,0,3'],
  },
  {
    name: 'a command whose own reader has gone has failed',
    script: [
      'seq 3 | spool produce t --create',
      `spool consume t -g g --exec "exec seq 1000000" | head -1; echo \${PIPESTATUS[*]}; ${WHERE}`,
    ],
    out: ['1', '6 0', 't,0,0'],
    err: /^error: the command was killed by SIGPIPE: t:0:0-2/,
  },
  {
    name: 'spool in the command of spool: each has its own batch, and no group is handed down',
    script: [
      'seq 3 | spool produce t --create; echo x | spool produce u --create',
      'show="echo \\$SPOOL_BATCH_GROUP \\$SPOOL_BATCH_RANGES \\${SPOOL_BATCH_FILE:+a file}"',
      'spool consume t -g outer --as-file --exec "spool consume u; $show; spool consume u -g inner --exec \'$show\'; $show"',
      'spool group list | tail -n +2 | cut -d" " -f1; spool group describe outer inner --csv',
    ],
    out: [
      'x',
      'outer t:0:0-2 a file',
      'inner u:0:0-0',
      'outer t:0:0-2 a file',
      'inner',
      'outer',
      'outer,t,0,3',
      'inner,u,0,1',
    ],
  },
  {
    name: 'the same group in its own command is busy, and does not wait for itself for ever',
    script: [
      'seq 3 | spool produce t --create; spool consume t -g g --exec "spool consume t -g g"',
    ],
    out: '',
    code: 6,
    err: /^error: group g is at work: consume \(pid \d+\) and its command [^]*\nerror: the command ended with exit status 75: /,
  },
  {
    name: 'no other variable of the environment is a flag',
    script: [
      'export SPOOL_GROUP=g SPOOL_EXEC=false SPOOL_YES=1 SPOOL_PEEK=1 SPOOL_JSON=1 SPOOL_FORMAT=hex SPOOL_BATCH_GROUP=g',
      'seq 3 | spool produce t --create; spool consume t -n 1; spool topic delete t < /dev/null; echo $?; spool group list',
    ],
    out: ['1', '2'],
    err: /^error: needs a confirmation/,
  },
  {
    name: 'what a command has left running does not hold the group when the batch is done',
    script: [
      'seq 3 | spool produce t --create',
      'spool consume t -g g --exec "sleep 30 > /dev/null 2>&1 & echo \\$! > left"; spool produce t -m 4',
      'spool consume t -g g; kill $(cat left)',
    ],
    out: ['4'],
  },
];

describe('as a process', () => {
  test.concurrent.each(PROCESSES)('$name', runCase);

  // Whoever lives on must not have the output: the end of a script is that of its pipes.
  const CLEANS_UP = 'trap "echo told; exit 3" TERM; sleep 30 > /dev/null 2>&1 & echo up; wait';
  const CARRIES_ON = 'trap "echo told" TERM; sleep 30 > /dev/null 2>&1 & echo up; wait; cat > all';

  test.concurrent.each([
    [CLEANS_UP, 't,0,0'],
    [CARRIES_ON, 't,0,3'],
  ])('a signal is passed on to the command, whose word counts: %s', (command, position) =>
    inShell(async (shell) => {
      await shell.run('seq 3 | spool produce t --create');
      const running = shell.start(`exec spool consume t -g g --exec '${command}'`);
      await running.until(() => running.out === 'up\n');
      running.kill('SIGTERM');
      const ended = await running.ended;
      expect(ended).toMatchObject({ code: null, signal: 'SIGTERM', out: 'up\ntold\n', err: '' });
      expect((await shell.run(WHERE)).out).toBe(`${position}\n`);
    })(),
  );

  test.concurrent(
    'the group is busy for as long as anybody works that a killed run has started',
    inShell(async (shell) => {
      await shell.run('seq 3 | spool produce t --create');
      const command = 'sleep 60 > /dev/null & echo $$ $!; wait';
      const running = shell.start(`exec spool consume t -g g --exec '${command}'`);
      await running.until(() => running.out.endsWith('\n'));
      const [leader, worker] = running.out.trim().split(' ');
      running.kill('SIGKILL');
      await shell.run(`kill -KILL ${leader}`);
      const busy = await shell.run('spool consume t -g g --exec true');
      expect(busy).toMatchObject({
        code: 75,
        err: expect.stringMatching(`what consume \\(pid ${running.pid}\\) has started`),
      });
      const note = 'echo $SPOOL_BATCH_ATTEMPT $SPOOL_BATCH_RANGES';
      const next = await shell.run(
        `kill ${worker}; spool consume t -g g --if-busy wait=10s --exec '${note}'`,
      );
      expect(next).toMatchObject({ code: 0, out: '2 t:0:0-2\n' });
    }),
  );
});
