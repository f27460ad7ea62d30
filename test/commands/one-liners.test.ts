/** Lines that people type, as the command line's contract has them, and what they meet when it goes wrong. */
import { describe, expect, jest, test } from '@jest/globals';
import { type ShellCase, runCase } from '../support/shell-case.js';
import { inShell } from '../support/shell.js';

jest.setTimeout(30_000);

/** 2 MB: far more than a pipe holds. */
const BIG = 'seq 300000 | spool produce big --create';

const PIPES: ShellCase[] = [
  {
    name: 'without a topic, standard input is not eaten, and the topics are listed',
    script: 'spool topic create orders web; seq 5 | { spool produce; echo $?; cat; }',
    out: ['2', '1', '2', '3', '4', '5'],
    err: /^error: missing TOPIC\n {2}topics: orders web\n/,
  },
  {
    name: 'a hundred thousand lines go in and are counted',
    script: [
      'spool topic create t; yes | head -100000 | spool produce t; spool consume t -F none -v',
    ],
    out: '',
    err: /^100,000 records\n$/,
  },
  {
    name: 'a last line without a newline is a record',
    script: "spool topic create t; printf 'a\\nb' | spool produce t -q; spool consume t | wc -l",
    out: '2\n',
  },
  {
    name: 'a follower whose reader has gone ends quietly at the next record',
    script: [
      'spool produce t --create -m old; set -o pipefail',
      '{ sleep 1; spool produce t -m next; } &',
      'spool consume t -f | head -1; echo ${PIPESTATUS[*]}',
      'wait',
    ],
    out: ['old', '0 0'],
  },
  {
    name: 'a reader that has had enough ends it at once, with 0',
    script: [
      BIG,
      'set -o pipefail; spool consume big | head -c 10 | xxd -p; echo ${PIPESTATUS[*]}',
    ],
    out: ['310a320a330a340a350a', '0 0 0'],
  },
  {
    name: 'json from one topic into another is byte-exact',
    script: [
      'head -c 3000 /dev/urandom | spool produce t --create; spool produce t -k k -H a=b -m x; spool topic create u',
      'spool consume t -F json | spool produce u -F json; cmp <(spool consume t -F length) <(spool consume u -F length)',
    ],
    out: '',
  },
  {
    name: 'a million random bytes are one record, and come out again',
    script: [
      'spool topic create bin',
      "head -c 1000000 /dev/urandom | tee the-same-bytes | spool produce bin --whole; spool consume bin --delimiter '' | cmp - the-same-bytes",
    ],
    out: '',
  },
  {
    name: 'a loop that produces one line at a time loses none',
    script: [
      "printf 'one\\ntwo  words\\n- -m\\n-m\\n--help\\n--\\nthr\\303\\251e\\n' > lines.txt; spool topic create t",
      'while read x; do spool produce t -m "$x" -q; done < lines.txt',
      'spool consume t | cmp - lines.txt',
    ],
    out: '',
  },
  {
    name: 'a topic that is not there: 3, one line of JSON, nothing on standard output',
    script: 'spool topic create t; spool topic describe nope --json; echo $?',
    out: ['3'],
    err: /^\{"error":\{"code":"UNKNOWN_TOPIC_OR_PARTITION".*\}\}\n$/,
  },
  {
    name: 'a deletion without a terminal wants -y, and deletes nothing',
    script:
      'spool produce t --create -m kept; spool topic delete t < /dev/null; echo $?; spool consume t',
    out: ['2', 'kept'],
    err: /^error: [^]*-y/,
  },
  {
    name: 'a command that reads nothing does not wait for standard input',
    script: [
      'spool topic create t',
      '{ sleep 60 & echo $! > sleeper; wait; } 2> /dev/null | { timeout 10 spool topic list | grep -o "^t "; kill $(cat sleeper); }',
    ],
    out: ['t '],
  },
  {
    name: 'timeout -s INT ends a follower, which dies of the signal',
    script: [
      'spool produce t --create -m x; timeout -s INT 2 spool consume t -f; echo $?',
      // Without the timeout's own number for "I had to".
      'timeout --preserve-status -s INT 2 spool consume t -f; echo $?',
    ],
    out: ['x', '124', 'x', '130'],
  },
];

const GROUPS: ShellCase[] = [
  {
    name: 'a reader of a group that has had enough: 6, and the position is unchanged',
    script: [
      BIG,
      "spool consume big -g g | head -1; echo ${PIPESTATUS[*]}; spool group describe g | tail -1 | tr -s ' ' | cut -d' ' -f1-6",
    ],
    out: ['1', '6 0', 'big 0 0 0 300,000 300,000'],
    err: /^error: the reader of the output has gone: group g stays where it is\n$/,
  },
  {
    name: 'a command that fails: 6; the next run has the same batch, attempt 2, and then what is new',
    script: [
      "note='echo $SPOOL_BATCH_ID $SPOOL_BATCH_ATTEMPT $SPOOL_BATCH_RANGES'",
      'seq 3 | spool produce t --create; spool consume t -g g --exec false; echo $?',
      `spool group describe g --json | grep -o '"id":"[^"]*' | cut -d'"' -f4 > first; spool produce t -m 4`,
      'spool consume t -g g --exec "$note" | sed "s/$(cat first)/the same/;s/^[0-9a-f]* 1/another 1/"',
    ],
    out: ['6', 'the same 2 t:0:0-2', 'another 1 t:0:3-3'],
    err: /^error: the command ended with exit status 1: t:0:0-2, batch \w+, attempt 1\n.*\n$/,
  },
  {
    name: 'timeout -s INT ends a follower of a group, whose position is saved',
    script: [
      'seq 3 | spool produce t --create; timeout --preserve-status -s INT 2 spool consume t -g g -f; echo $?',
      'spool group describe g --csv',
    ],
    out: ['1', '2', '3', '130', 't,0,3'],
  },
];

const TRY = 'spool produce t --create -m x && spool topic list';
const LIST = /^TOPIC +PARTITIONS +RECORDS +SIZE\nt +1 +1 +\d+ B\n$/;

const SURROUNDINGS: [string, ShellCase['env'], string?][] = [
  ['NO_COLOR=1', { NO_COLOR: '1' }],
  ['TERM=dumb', { TERM: 'dumb' }],
  ['COLUMNS=40', { COLUMNS: '40' }],
  ['no HOME, but a directory', { HOME: undefined }],
  ['TZ=Asia/Tokyo', { TZ: 'Asia/Tokyo' }],
  [
    'a crontab: next to no environment',
    {},
    `env -i PATH="$PATH" HOME="$HOME" sh -c '${TRY.replaceAll('spool ', 'spool -d d ')}'`,
  ],
];

const BAD_SURROUNDINGS: ShellCase[] = [
  {
    name: 'without HOME and a directory it says what to give',
    script: 'spool topic list',
    env: { HOME: undefined, SPOOL_DIR: undefined },
    out: '',
    code: 2,
    err: /^error: .*\n.*(--dir|SPOOL_DIR)/,
  },
  {
    name: 'a directory that is not there, is a file, or is foreign, stays as it was',
    script: [
      'echo mine > file; mkdir foreign; echo mine > foreign/file',
      'for d in nope file foreign; do spool consume t -d $d; echo $?; spool produce t -d $d -m x; echo $?; done',
      'spool produce t --create -d foreign -m x; echo $?; ls foreign nope',
    ],
    code: 2,
    out: ['3', '3', '3', '3', '3', '3', '1', 'foreign:', 'file'],
    err: /no data directory at .*nope\n[^]*file is not a directory\n[^]*foreign is not a data directory[^]*foreign has other content/,
  },
  {
    name: 'an unknown topic earns a guess, a bad name the reason',
    script: [
      'spool topic create orders; spool consume order; echo $?; spool produce ordes -m x; echo $?',
      "spool produce 'a/b' --create -m x; echo $?; spool consume ..; echo $?; ls $SPOOL_DIR/..",
    ],
    out: ['3', '3', '2', '2', 'bin', 'data', 'home', 'work'],
    err: /Did you mean orders\?[^]*Did you mean orders\?[^]*"a\/b" is no topic name[^]*"\.\." is no topic name/,
  },
  {
    name: 'a full device under standard output is an error, a closed one is not asked',
    script: [
      'seq 3 | spool produce t --create; spool consume t > /dev/full; echo $?',
      'spool produce t -m 4 --report > /dev/full; echo $?',
      'spool consume t >&-; echo $?; spool consume t 2>&- <&- | wc -l',
    ],
    out: ['1', '1', '0', '4'],
    err: /^(error: cannot write to standard output: no space left\n.*\n){2}$/,
  },
];

describe('as written', () => {
  test.concurrent.each(PIPES)('$name', runCase);
});

describe('groups, as written', () => {
  test.concurrent.each(GROUPS)('$name', runCase);

  test.concurrent(
    'two commands never work on one batch, even where spool was killed: 75, then attempt 2',
    inShell(async (shell) => {
      await shell.run('seq 3 | spool produce t --create');
      const slow = 'echo $SPOOL_BATCH_ID; echo $$; exec sleep 60';
      const first = shell.start(`exec spool consume t -g g --exec '${slow}'`);
      await first.until(() => first.out.split('\n').length > 2);
      const [id = '', pid = ''] = first.out.split('\n');
      const other = 'spool consume t -g g --exec true';
      const command = `its command \\(pid ${pid}\\)`;
      expect(await shell.run(other)).toMatchObject({
        code: 75,
        err: expect.stringMatching(`at work: consume \\(pid ${first.pid}\\) and ${command} since`),
      });
      first.kill('SIGKILL');
      expect(await shell.run(`${other}; echo $?; spool group describe g --csv`)).toMatchObject({
        out: '75\nt,0,0\n',
        err: expect.stringMatching(`${first.pid}\\) was killed, but ${command} goes on, since`),
      });
      const note = 'echo $SPOOL_BATCH_ID $SPOOL_BATCH_ATTEMPT $SPOOL_BATCH_RANGES; cat';
      const kill = `kill ${pid}; for i in {1..99}; do kill -0 ${pid} 2> /dev/null && sleep 0.02; done`;
      expect(await shell.run(`${kill}; spool consume t -g g --exec '${note}'`)).toMatchObject({
        code: 0,
        out: `${id} 2 t:0:0-2\n1\n2\n3\n`,
        err: '',
      });
    }),
  );
});

describe('bad surroundings', () => {
  test.concurrent.each(BAD_SURROUNDINGS)('$name', runCase);
});

describe('other surroundings', () => {
  test.concurrent.each(SURROUNDINGS)('%s', (_name, env = {}, script = TRY) =>
    inShell(async (shell) => {
      const { code, out, err } = await shell.run(script, { env });
      expect({ code, out, err }).toEqual({ code: 0, out: expect.stringMatching(LIST), err: '' });
    })(),
  );
});

/** Not being root is told in the test's name: such a test must not look as if it had passed. */
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test.concurrent : test.skip;
const why = isRoot ? '' : ' (SKIPPED: only root can set this up)';

describe('what only root can set up', () => {
  asRoot(
    `a full disk ends it with 1; what was acknowledged stays, and can be read${why}`,
    inShell(async (shell) => {
      const ended = await shell.run(
        [
          'mkdir disk; mount -t tmpfs -o size=1m tmpfs disk; trap "umount disk" EXIT',
          'export SPOOL_DIR=$PWD/disk/data; spool topic create t',
          'seq 1000000 | spool produce t --report > acks; echo $?',
          "last=$(tail -1 acks | grep -o '[0-9]*}$' | tr -d '}')",
          'spool consume t > read; test $(wc -l < read) -gt $last && cmp read <(seq $(wc -l < read)) && echo same',
          'wc -l < read',
        ].join('\n'),
      );
      const [code, same, count] = ended.out.split('\n');
      expect({ code, same }).toEqual({ code: '1', same: 'same' });
      expect(ended.err).toMatch(/^error: .*the disk is full\n/);
      // No record stands behind one that was refused: whoever goes on from here misses none.
      expect(ended.err).toContain(`\n  ${count} records were written before it\n`);
    }),
  );

  asRoot(
    `a directory of somebody else is refused by name, and not written to${why}`,
    inShell(async (shell) => {
      const other = 'setpriv --reuid 65534 --regid 65534 --clear-groups';
      const ended = await shell.run(
        [
          'spool produce t --create -m x; chmod 755 .. ; cp -r $SPOOL_DIR open; chmod -R a+rX open',
          'find open -type f -exec md5sum {} + > before',
          `${other} spool consume t; echo $?; ${other} spool produce t -m y; echo $?`,
          `${other} spool consume t -d open; echo $?; ${other} spool produce t -d open -m y; echo $?`,
          'md5sum -c --quiet before; find open -newer before',
        ].join('\n'),
      );
      expect(ended.out).toBe('1\n1\nx\n0\n1\n');
      expect(ended.err).toMatch(/^(error: cannot .*: permission denied\n.*\n){3}$/);
    }),
  );
});
