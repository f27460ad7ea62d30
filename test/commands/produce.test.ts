import { describe, expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ShellCase, runCase } from '../support/shell-case.js';
import { inShell } from '../support/shell.js';

jest.setTimeout(30_000);

/** Offset, key and value of every record, each visible whatever its bytes. */
const SHOW = "spool consume t -F '{offset} {key|json} {value|json}'";

const INPUTS: ShellCase[] = [
  {
    name: 'every -m is one record, whatever is in it',
    script: ["spool produce t --create -m one -m $'two\\nlines' -m ''", SHOW],
    out: ['0 null "one"', '1 null "two\\nlines"', '2 null ""'],
  },
  {
    name: 'files are read in their order, and standard input where - stands',
    script: [
      "printf 'f1\\n' > f1; printf 'f2' > f2",
      "printf 'in\\n' | spool produce t --create f1 - f2",
      SHOW,
    ],
    out: ['0 null "f1"', '1 null "in"', '2 null "f2"'],
  },
  {
    name: 'an empty line is a record, CR is kept, and the last line may lack its newline',
    script: ["printf 'a\\r\\n\\nb\\rc\\n\\nlast' | spool produce t --create", SHOW],
    out: ['0 null "a\\r"', '1 null ""', '2 null "b\\rc"', '3 null ""', '4 null "last"'],
  },
  {
    name: 'lines keep bytes that are no UTF-8',
    script: [
      "printf 'caf\\xe9 \\xff\\xfe\\0\\n\\xc3\\n' > bytes; spool produce t --create < bytes",
      'spool consume t | cmp - bytes',
    ],
    out: '',
  },
  {
    name: 'a record ends at --delimiter, or with -0 at a NUL',
    script: [
      "printf 'a;b;;c\\n;;' | spool produce t --create --delimiter ';;'",
      "printf 'd\\ne\\0f' | spool produce t -0",
      SHOW,
    ],
    out: ['0 null "a;b"', '1 null "c\\n"', '2 null "d\\ne"', '3 null "f"'],
  },
  {
    name: '--whole makes one record of each file',
    script: ["printf 'a\\nb\\n' > f", 'spool produce t --create --whole f - f < f', SHOW],
    out: ['0 null "a\\nb\\n"', '1 null "a\\nb\\n"', '2 null "a\\nb\\n"'],
  },
  {
    name: 'kv splits at the first separator',
    script: [
      "printf 'k\\tv\\tw\\n\\tno key\\n' | spool produce t --create -F kv",
      "printf 'k=>v=>w\\n' | spool produce t -F kv --key-separator '=>'",
      SHOW,
    ],
    out: ['0 "k" "v\\tw"', '1 "" "no key"', '2 "k" "v=>w"'],
  },
  {
    name: 'json takes any JSON as a value, base64, and null as a tombstone',
    script: [
      `printf '%s\\n' '{"value":"text"}' '{"key":"k","value":{"a": [1]}}' '{"value_b64":"/w=="}' \\
        '{"key":"gone","value":null,"timestamp":1700000000000,"headers":[["h","1"],["h",null]]}' |
        spool produce t --create -F json`,
      'spool consume t -F json | sed \'s/.*"key/"key/\'',
    ],
    out: [
      '"key":null,"value":"text","headers":[]}',
      '"key":"k","value":"{\\"a\\": [1]}","headers":[]}',
      '"key":null,"value_b64":"/w==","headers":[]}',
      '"key":"gone","value":null,"headers":[["h","1"],["h",null]]}',
    ],
  },
  {
    name: 'hex, base64 and length carry any bytes',
    script: [
      "printf '00ff0a\\n' | spool produce t --create -F hex",
      "printf 'AP8K\\n' | spool produce t -F base64",
      "printf '\\0\\0\\0\\3\\0\\377\\n\\377\\377\\377\\377' | spool produce t -F length",
      'spool consume t -F hex',
    ],
    out: ['00ff0a', '00ff0a', '00ff0a', ''],
  },
  {
    name: 'csv makes an object of each row, and a key of one column',
    script: [
      'printf \'id,name\\n7,"Ada, L."\\n8,Bob\\n\' | spool produce t --create -F csv --key-field id',
      SHOW,
    ],
    out: [
      '0 "7" "{\\"id\\":\\"7\\",\\"name\\":\\"Ada, L.\\"}"',
      '1 "8" "{\\"id\\":\\"8\\",\\"name\\":\\"Bob\\"}"',
    ],
  },
  {
    name: 'nothing on standard input is no record, and a success',
    script: ['spool produce t --create < /dev/null && spool produce t <&- && spool consume t -v'],
    out: '',
    err: /^0 records\n$/,
  },
];

const STAMPS: ShellCase[] = [
  {
    name: 'a key, headers and a time are put on every record',
    script: [
      'seq 2 | spool produce t --create -k K -H a=1 -H b=x=y --timestamp 2026-11-22T09:30Z',
      'spool consume t -F json',
    ],
    out: ['1', '2'].map(
      (value, offset) =>
        `{"topic":"t","partition":0,"offset":${offset},"timestamp":1795339800000,"key":"K",` +
        `"value":"${value}","headers":[["a","1"],["b","x=y"]]}`,
    ),
  },
  {
    name: '--tombstone with a key says that the key is gone',
    script: [
      'spool produce t --create -k K --tombstone',
      'spool consume t -F json | sed \'s/.*"key/"key/\'',
    ],
    out: ['"key":"K","value":null,"headers":[]}'],
  },
  {
    name: 'keys go to the partitions that Kafka chooses (murmur2), and -p to the one it names',
    script: [
      'spool topic create t -p 3',
      "printf '%s\\t\\n' 21 foobar a-little-bit-long-string abc | spool produce t -F kv",
      'spool produce t -p 1 -k abc -m x',
      "spool consume t --order partition -F '{partition} {key}'",
    ],
    out: ['0 21', '0 foobar', '0 abc', '1 abc', '2 a-little-bit-long-string'],
  },
  {
    name: 'each codec is written into the batch, and read back',
    script: [
      'codecs="none gzip snappy lz4 zstd"; head -c 20000 /dev/zero > zeros',
      'for codec in $codecs; do',
      '  spool produce $codec --create --whole --compression $codec zeros',
      // The low bits of the attributes, in the second of their two bytes.
      '  echo $codec $(od -An -t u1 -j 22 -N 1 $SPOOL_DIR/brokers/0/log/$codec-0/*.log)',
      'done',
      "spool consume $codecs --delimiter '' | cmp - <(cat zeros zeros zeros zeros zeros)",
    ],
    out: ['none 0', 'gzip 1', 'snappy 2', 'lz4 3', 'zstd 4'],
  },
];

const ACKNOWLEDGEMENTS: ShellCase[] = [
  {
    name: '--json sums up; beside --report it is left out',
    script: ['spool produce t --create -m ab -m c --json', 'spool produce t -m d --json --report'],
    out: [
      '{"topic":"t","records":2,"bytes":3,"partitions":[{"partition":0,"first":0,"last":1,"records":2}]}',
      '{"topic":"t","partition":0,"first":2,"last":2}',
    ],
  },
  {
    name: '--rate holds records back',
    script: [
      'spool topic create t; begin=$(date +%s%N)',
      'seq 11 | spool produce t --rate 10/s',
      'test $(( ($(date +%s%N) - begin) / 1000000 )) -ge 1000 && spool consume t | wc -l',
    ],
    out: ['11'],
  },
  {
    name: '--sync never writes all the same',
    script: ['seq 3 | spool produce t --create --sync never', 'spool consume t'],
    out: ['1', '2', '3'],
  },
  {
    name: '--create makes a topic once, and only with it one is made',
    script: [
      'spool topic create other; spool produce t -m x; echo $?',
      'spool produce t --create -m a; spool produce t --create -m b; spool consume t',
    ],
    out: ['3', 'a', 'b'],
    err: /^error: there is no topic t\n {2}Create it: spool topic create t\n$/,
  },
];

const BAD_INPUT: ShellCase[] = [
  {
    name: 'bad JSON stops it: the line, why, and how many records are there already',
    script: [
      'printf \'{"value":1}\\n{"value":2}\\n{"value":\\n{"value":4}\\n\' | spool produce t --create -F json',
      'echo $?; spool consume t',
    ],
    out: ['5', '1', '2'],
    err: /^error: line 3: not JSON: .*\n {2}2 records were written before it\n/,
  },
  {
    name: 'the same as one line of JSON',
    script: "printf '7\\n' | spool produce t --create -F json --json",
    out: '',
    code: 5,
    err: /^\{"error":\{"code":"INVALID_INPUT",.*"line":1,.*"recordsWritten":0\}\}\}\n$/,
  },
  {
    name: '--skip-bad puts it aside byte for byte, goes on, and ends with 5',
    script: [
      'printf \'{"value":1}\\n\\377?\\n{"value":3}\\nlast\' | spool produce t --create -F json --skip-bad bad',
      "echo $?; spool consume t; printf '\\377?\\nlast' | cmp - bad",
    ],
    out: ['5', '1', '3'],
    err: /^warning: put aside: line 2: .*\nwarning: put aside: line 4: .*\n$/,
  },
  {
    name: 'a line too long is named, in bounded memory',
    script: [
      '{ echo ok; head -c 300M /dev/zero; } | NODE_OPTIONS=--max-old-space-size=64 spool produce t --create',
      'echo $?; spool consume t',
    ],
    out: ['5', 'ok'],
    err: /^error: line 2 is longer than max\.message\.bytes \(\d+\)\n {2}1 record was written before it\n/,
  },
  {
    name: 'a file that is not there, or is a directory, is named',
    script: [
      'echo x > f; spool produce t --create f nope; echo $?',
      'mkdir d; spool produce t d; echo $?; spool consume t',
    ],
    out: ['1', '1', 'x'],
    err: /cannot read nope: no such file\n {2}1 record was written before it\n.*cannot read d: it is a directory\n/,
  },
];

const WRONG_USE: ShellCase[] = [
  ['-m a --tombstone', /--message.*--tombstone/],
  ['-m a file', /-m and FILE "file" exclude each other/],
  ['--whole -F json', /--format.*--whole/],
  ['-0 --delimiter x', /--null.*--delimiter/],
  ['--linger 20', /did you mean 20ms|"20"/],
  ['--rate 100', /did you mean 100\/s\?/],
  ['-H novalue', /novalue/],
].map(([flags, err]) => ({
  name: `produce ${flags as string}`,
  script: `spool produce t ${flags as string} < /dev/null`,
  out: '',
  code: 2,
  err: err as RegExp,
}));

describe('what is read', () => {
  test.concurrent.each(INPUTS)('$name', runCase);
});

describe('what is put on a record', () => {
  test.concurrent.each(STAMPS)('$name', runCase);
});

describe('when it is written', () => {
  test.concurrent.each(ACKNOWLEDGEMENTS)('$name', runCase);
});

describe('bad input', () => {
  test.concurrent.each(BAD_INPUT)('$name', runCase);
});

describe('used wrongly, it exits with 2 and names what is wrong', () => {
  test.concurrent.each(WRONG_USE)('$name', runCase);
});

describe('lingering', () => {
  test.concurrent(
    'a pause longer than --linger ends a batch, a shorter one does not',
    inShell(async (shell) => {
      const script = 'spool produce t --create --report --linger';
      const hasty = shell.start(`exec ${script} 20ms`, { isInputOpen: true });
      hasty.send('a\n');
      await hasty.until(() => hasty.out === '{"topic":"t","partition":0,"first":0,"last":0}\n');
      hasty.send('b\n');
      await hasty.until(() =>
        hasty.out.endsWith('{"topic":"t","partition":0,"first":1,"last":1}\n'),
      );
      const patient = await shell.run(`{ echo c; sleep 0.5; echo d; } | ${script} 1h`);
      expect(patient.out).toBe('{"topic":"t","partition":0,"first":2,"last":3}\n');
    }),
  );
});

describe('signals', () => {
  test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
    '%s settles what has come, reports it, and is raised again',
    (signal) =>
      inShell(async (shell) => {
        const options = { isInputOpen: true };
        const script = 'exec spool produce t --create --linger 500ms --report';
        const running = shell.start(script, options);
        running.send('a\n');
        await running.until(() => running.out.includes('}\n'));
        // Only the signal ends this: the pipe stays open, with half a line in it.
        running.send('b\nc\nhalf');
        await sleep(250);
        running.kill(signal);
        const { code, signal: died, out, err } = await running.ended;
        expect({ code, died, err }).toEqual({ code: null, died: signal, err: '' });
        expect(out.split('\n').at(1)).toBe('{"topic":"t","partition":0,"first":1,"last":2}');
        expect((await shell.run('spool consume t')).out).toBe('a\nb\nc\n');
      })(),
  );
});
