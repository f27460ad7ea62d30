/**
 * Damage as its user meets it: the program names the file, ends with 7, and gives out no record that is
 * not right. A damaged registry or group is never taken for a new one.
 */
import { test } from '@jest/globals';
import { type ShellCase, runCase } from '../../support/shell-case.js';

/** Flips the lowest bit of the byte at $2 (from the end where it is negative) of file $1. */
const FLIP = [
  'flip() {',
  '  local at=$2; [ $at -lt 0 ] && at=$(($(stat -c %s "$1") + at))',
  '  local byte=$(od -An -tu1 -j $at -N1 "$1")',
  '  printf "$(printf \'\\\\x%02x\' $((byte ^ 1)))" | dd of="$1" bs=1 seek=$at conv=notrunc status=none',
  '}',
];

const SETUP = [
  ...FLIP,
  'for i in 1 2 3; do echo record-$i | spool produce orders --create 2> /dev/null; done',
  'spool consume orders -g load 2> /dev/null > /dev/null',
  'log=$SPOOL_DIR/brokers/0/log/orders-0/00000000000000000000.log',
];

const CASES: readonly ShellCase[] = [
  {
    name: 'a record in the middle: what stands before it comes out, and the error',
    script: [...SETUP, 'flip $log $(($(stat -c %s $log) / 2))', 'spool consume orders'],
    out: 'record-1\n',
    code: 7,
    err: /00000000000000000000\.log: damaged at byte \d+, offset 1/,
  },
  {
    name: 'the last record: it was on disk, so it is not taken for a torn one',
    script: [...SETUP, 'flip $log -2', 'spool consume orders'],
    out: 'record-1\nrecord-2\n',
    code: 7,
    err: /damaged at byte \d+, offset 2: the checksum is wrong/,
  },
  {
    name: 'the last record: nothing is appended behind it',
    script: [...SETUP, 'flip $log -2', 'echo x | spool produce orders'],
    code: 7,
    err: /damaged at byte \d+, offset 2/,
  },
  {
    name: 'verify finds it',
    script: [...SETUP, 'flip $log 100', 'spool verify orders > out; code=$?', 'exit $code'],
    code: 7,
    err: /.*/,
  },
  {
    name: 'an empty topic file is damage, and produce makes no new topic of it',
    script: [
      ...SETUP,
      ': > $SPOOL_DIR/topics/orders.json',
      'echo x | spool produce orders --create; echo $?',
      'wc -c < $SPOOL_DIR/topics/orders.json',
    ],
    out: '7\n0\n',
    err: /orders\.json is damaged: it is empty/,
  },
  {
    name: "a wrong bit in a group's state is damage, and says how to take the one before",
    script: [...SETUP, 'flip $SPOOL_DIR/groups/load/state.json 40', 'spool consume orders -g load'],
    out: '',
    code: 7,
    err: /state\.json is damaged.*[\s\S]*cp .*state\.prev .*state\.json/,
  },
  {
    name: 'an empty spool.json is damage, and no new data directory',
    script: [
      ...SETUP,
      ': > $SPOOL_DIR/spool.json',
      'echo x | spool produce other --create; echo $?',
      'ls $SPOOL_DIR/topics',
    ],
    out: '7\norders.json\n',
    err: /spool\.json is damaged: it is empty/,
  },
  {
    name: 'a cut control file is damage',
    script: [...SETUP, 'truncate -s 100 $SPOOL_DIR/partitions/orders-0', 'spool consume orders'],
    out: '',
    code: 7,
    err: /control file .*orders-0 is damaged/,
  },
];

test.each(CASES.map((each) => [each.name, each] as const))('%s', async (_, each) => {
  await runCase(each);
});
