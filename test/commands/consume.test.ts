import { describe, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ShellCase, runCase } from '../support/shell-case.js';
import { inShell } from '../support/shell.js';

jest.setTimeout(30_000);

/** Ten records, 0 to 9, each a second after the one before; the first is of 1,700,000,000 s. */
const TEN_SECONDS = [
  `seq 0 9 | sed 's/.*/{"value":"&","timestamp":170000000&000}/' |`,
  'spool produce t --create -F json',
].join(' ');

/** Three partitions of two records; by time they come 0:a 1:b 2:c 0:d 1:e 2:f. */
const THREE_PARTITIONS = [
  'spool topic create t -p 3',
  'for p in 0 1 2; do',
  `  v=abcdef; printf '{"value":"%s","timestamp":%s}\\n' \${v:$p:1} 100$p \${v:$((p + 3)):1} 200$p |`,
  '    spool produce t -p $p -F json',
  'done',
];

const RANGES: ShellCase[] = [
  {
    name: 'offsets, counts and both ends',
    script: [
      TEN_SECONDS,
      'show() { echo $(spool consume t "$@"); }',
      'show --from 7; show --from-offset 8; show --from=-1 --until end; show --last 3',
      'show --from 2 --until 4; show -n 1; show --from-beginning --max-messages 2',
    ],
    out: ['7 8 9', '8 9', '9', '7 8 9', '2 3', '0', '0 1'],
  },
  {
    name: 'times: the first record at or after it, and exclusive where it ends',
    script: [
      TEN_SECONDS,
      'show() { echo $(spool consume t "$@"); }',
      'show --from 2023-11-14T22:13:28Z; show --from-time @1700000007500',
      'TZ=Asia/Tokyo show --until 2023-11-15T07:13:21; show --from -1h',
    ],
    out: ['8 9', '8 9', '0', ''],
  },
  {
    name: '--until day and hour end where the current ones begin',
    script: [
      'spool produce t --create -m old --timestamp day; spool produce t -m older --timestamp -2d',
      'spool produce t -m new',
      'echo $(spool consume t --until day) / $(spool consume t --from today)',
    ],
    // As in Kafka, a time finds an offset: what came late stands behind the newer one.
    out: ['/ old older new'],
  },
  {
    name: '--max-bytes ends before the record that is too much, but gives one',
    script: [
      "printf 'aaaa\\nbbbb\\ncccc\\n' | spool produce t --create",
      'echo $(spool consume t --max-bytes 8) / $(spool consume t --max-bytes 11) / $(spool consume t --max-bytes 1)',
    ],
    out: ['aaaa bbbb / aaaa bbbb / aaaa'],
  },
  {
    name: 'an offset that is not there is an error that names what is, unless it is clamped',
    script: [
      'seq 5 | spool produce t --create; spool topic trim t --before 2 -y 2> trim.txt > trim.txt',
      'spool consume t --from 1; echo $?; spool consume t --from 6; echo $?',
      'echo $(spool consume t --from 1 --clamp) / $(spool consume t --from 6 --clamp) / $(spool consume t)',
    ],
    out: ['3', '3', '3 4 5 / / 3 4 5'],
    err: /^error: no offset 1 in t:0; it holds 2 to 4\n.*--clamp.*\nerror: no offset 6 in t:0; it holds 2 to 4\n/,
  },
  {
    name: '--fail-if-empty says no with 4',
    script: [
      'spool produce t --create -m x; spool consume t --fail-if-empty; echo $?',
      'spool consume t --grep nothing --fail-if-empty',
    ],
    out: ['x', '0'],
    code: 4,
  },
];

const PARTITIONS: ShellCase[] = [
  {
    name: 'partitions are merged by time, or one comes after the other, or only some are read',
    script: [
      ...THREE_PARTITIONS,
      'echo $(spool consume t) / $(spool consume t --order partition) / $(spool consume t --last 4)',
      'echo $(spool consume t -p 0,2) / $(spool consume t:2 t:0) / $(spool consume t --from -1)',
      'spool consume t:9',
    ],
    out: ['a b c d e f / a d b e c f / c d e f', 'a c d f / a c d f / d e f'],
    code: 3,
    err: /^error: topic t has no partition 9\n/,
  },
  {
    name: 'several topics and globs, each topic once',
    script: [
      'for t in app.a app.b web; do spool produce $t --create -m $t; done',
      "echo $(spool consume 'app.*') / $(spool consume web 'app.?' app.a) / $(spool consume '*' -F '{topic}')",
      "spool consume 'nope*'",
    ],
    out: ['app.a app.b / app.a app.b web / app.a app.b web'],
    code: 3,
    err: /^error: no topic matches nope\*\n/,
  },
];

const FILTERS: ShellCase[] = [
  {
    name: '--key, --grep and -H choose records; -n counts what was chosen',
    script: [
      'cat > in <<END',
      '{"key":"a","value":"one apple","headers":[["kind","new"]]}',
      '{"key":"b","value":"two apples","headers":[["kind","old"]]}',
      '{"key":"a","value":"three pears"}',
      'END',
      'spool produce t --create -F json in; show() { spool consume t "$@" | paste -sd,; }',
      'show --key a --grep pears; show --grep "apples?$"; show -H kind; show -H kind=old; show -k a -n 1',
      "spool consume t --grep '('",
    ],
    out: ['three pears', 'one apple,two apples', 'one apple,two apples', 'two apples', 'one apple'],
    code: 2,
    err: /^error: --grep: /,
  },
];

const FORMATS: ShellCase[] = [
  {
    name: 'kv, hex, base64, length and none',
    script: [
      "spool produce t --create -k key -m 'v'; spool produce t -k gone --tombstone",
      'spool consume t -F kv --key-separator =; spool consume t -F hex; spool consume t -F base64',
      'spool consume t -F length | xxd -p; spool consume t -F none; spool consume t --delimiter "|"',
    ],
    out: ['key=v', 'gone=', '76', '', 'dg==', '', '0000000176ffffffff', 'v||'].join('\n'),
  },
  {
    name: 'templates reach every part of a record',
    script: [
      `spool produce t --create -k "it's" -H h=1 --timestamp @1700000000 -m '{"user":{"id":7},"s":"x\\ty"}'`,
      "spool consume t -F '{topic}:{partition}:{offset} {timestamp} {size} {key|shell} {header:h} {value.user.id} {value.s|json} {key|base64}\\t{{'",
    ],
    out: [`t:0:0 1700000000000 28 'it'\\''s' 1 7 "x\\ty" aXQncw==\t{`],
  },
  {
    name: 'json into produce gives the same records, byte for byte',
    script: [
      "printf '\\0\\377\\n\\r\\342\\200\\250\\\"\\\\' > any; printf '\\303' > half",
      'spool produce t --create --whole any half; spool produce t -k k -H a=1 -H a=2 --timestamp @5 -m v',
      "spool produce t -k '' -m ''; spool produce t --tombstone -k k; spool produce t -F json <<< '{\"value\":1.50}'",
      'spool consume t -F json | tee a.json | spool produce u --create -F json',
      'spool consume u -F json | sed s/topic\\":\\"u/topic\\":\\"t/ | cmp - a.json && wc -l < a.json',
      'cmp <(spool consume t -F length) <(spool consume u -F length)',
    ],
    out: ['6'],
  },
  {
    name: 'pretty lets no control byte through',
    script: [
      "printf 'a\\033[31m\\007\\tb\\n' | spool produce t --create -k $'k\\033'",
      "spool consume t -F pretty | LC_ALL=C grep -c $'[\\001-\\010\\013-\\037]'",
    ],
    out: ['0'],
    code: 1,
  },
  {
    name: 'values that hold the delimiter earn one warning, with their number',
    script:
      "spool produce t --create -m $'a\\nb' -m c -m $'d\\n'; spool consume t; spool consume t -0 | wc -c",
    out: ['a', 'b', 'c', 'd', '', '9'],
    err: /^warning: 2 records contain the delimiter; .*\n$/,
  },
  {
    name: '-o writes a file and leaves standard output alone',
    script: [
      'seq 3 | spool produce t --create; spool consume t -o out.txt; cat out.txt',
      'spool consume t -o nope/out.txt',
    ],
    out: ['1', '2', '3'],
    code: 1,
    err: /^error: .*nope\/out\.txt.*/,
  },
];

const WRONG_USE: ShellCase[] = [
  ['--from 1 --last 2', /--from.*--last/],
  ['--from yesteryear', /yesteryear/],
  ['--from-time 47', /--from-time: "47" is not a time/],
  ["-F '{valu}'", /\{valu\}[^]*value/],
].map(([flags, err]) => ({
  name: `consume ${flags as string}`,
  script: `spool consume t ${flags as string}`,
  out: '',
  code: 2,
  err: err as RegExp,
}));

describe('what is read', () => {
  test.concurrent.each(RANGES)('$name', runCase);
});

describe('partitions and topics', () => {
  test.concurrent.each(PARTITIONS)('$name', runCase);
});

describe('filters', () => {
  test.concurrent.each(FILTERS)('$name', runCase);
});

describe('formats and outputs', () => {
  test.concurrent.each(FORMATS)('$name', runCase);
});

describe('used wrongly, it exits with 2 and names what is wrong', () => {
  test.concurrent.each(WRONG_USE)('$name', runCase);
});

describe('following', () => {
  test.concurrent(
    'shows a record soon after it was appended, and costs next to nothing meanwhile',
    inShell(async (shell) => {
      await shell.run('spool produce t --create -m old');
      const running = shell.start('exec spool consume t -f');
      await running.until(() => running.out === 'old\n');
      const idle = await shareOfCpu(running.pid, 3000);
      const { out } = await shell.run('spool produce t -m new --report; date +%s%3N');
      await running.until(() => running.out === 'old\nnew\n');
      const lateMs = Date.now() - Number(out.trim().split('\n').at(-1));
      console.info(`seen ${lateMs} ms after produce ended; idle at ${(idle * 100).toFixed(1)} %`);
      expect(lateMs).toBeLessThan(1000);
      expect(idle).toBeLessThan(0.05);
    }),
  );

  test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends it, and is raised again',
    (signal) =>
      inShell(async (shell) => {
        await shell.run('spool produce t --create -m x');
        const running = shell.start('exec spool consume t -f');
        await running.until(() => running.out === 'x\n');
        const beganMs = Date.now();
        running.kill(signal);
        const ended = await running.ended;
        expect(ended).toMatchObject({ code: null, signal, out: 'x\n', err: '' });
        expect(Date.now() - beganMs).toBeLessThan(1000);
      })(),
  );

  test.concurrent.each([
    { flags: '', end: { code: 3, signal: null } },
    { flags: '--clamp', end: { code: null, signal: 'SIGINT' } },
  ])('tells of records that were pruned under it, and goes on if told so: -f $flags', (given) =>
    inShell(async (shell) => {
      await shell.run(
        'spool topic create t -c internal.segment.bytes=100; seq 0 1 | spool produce t',
      );
      const running = shell.start(`exec spool consume t -f ${given.flags}`);
      await running.until(() => running.out === '0\n1\n');
      running.kill('SIGSTOP');
      // A batch is a segment here: one of them goes before the follower has seen it.
      const prune = 'spool topic trim t --before 6 -y';
      await shell.run(`seq 2 5 | spool produce t; seq 6 9 | spool produce t; ${prune}`);
      running.kill('SIGCONT');
      await running.until(() => running.out === '0\n1\n6\n7\n8\n9\n');
      await running.until(() => running.err !== '');
      if (given.end.signal !== null) running.kill('SIGINT');
      expect(await running.ended).toMatchObject(given.end);
      expect(running.err).toBe(
        'warning: t:0: offsets 2 to 5 (4) were pruned before they could be read\n',
      );
    })(),
  );

  test.concurrent(
    'misses nothing that is appended while its reader keeps it waiting',
    inShell(async (shell) => {
      // More than a pipe holds.
      await shell.run('seq 20000 | spool produce t --create');
      const reader = '{ until test -e go; do sleep 0.05; done; cat; }';
      const running = shell.start(`spool consume t -f | ${reader}`);
      await sleep(1500);
      await shell.run('spool produce t -m new; touch go');
      await running.until(() => running.out.endsWith('\n20000\nnew\n'), 5000);
    }),
  );

  test.concurrent(
    'starts where it is told, and ends after -n records',
    inShell(async (shell) => {
      await shell.run('seq 3 | spool produce t --create');
      const running = shell.start('spool consume t -f --from end -n 2');
      // Until it waits there is nothing to see: feed it until it has had enough.
      for (let value = 4; !(await isEnded(running.ended)); value++) {
        await shell.run(`spool produce t -m ${value}`);
        expect(value).toBeLessThan(30);
      }
      const [first, second] = (await running.ended).out.trim().split('\n').map(Number);
      expect(second).toBe(first! + 1);
    }),
  );
});

async function isEnded(ended: Promise<unknown>): Promise<boolean> {
  return Promise.race([ended.then(() => true), sleep(50).then(() => false)]);
}

/** User and system time of a process over a while, as a share of one core. Linux only. */
async function shareOfCpu(pid: number, whileMs: number): Promise<number> {
  const before = cpuTicks(pid);
  await sleep(whileMs);
  // The kernel tells these in ticks of 10 ms on every platform that matters.
  return ((cpuTicks(pid) - before) * 10) / whileMs;
}

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
