/**
 * Disks that are full: of 2 MB, to the last byte; with no inode left; and a limit on the size of files.
 * What was acknowledged stays, everything can be read, positions and topics are as they were or as they
 * were to be, pruning works, and with room again so does all the rest.
 *
 * Of the faults: a full disk while producing, committing, creating, and for `retention prune`; inodes
 * exhausted; a file size limit.
 */
import { expect, test } from '@jest/globals';
import { lane } from '../../support/lane.js';
import { printFigure } from '../../support/slow-size.js';
import { rangesOf } from '../../support/stored-records.js';
import { onMounts } from './mounted-shell.js';

const FULL_SCRIPT = `
spool topic create t -c internal.segment.bytes=262144
# A change of the policy is a new file, and needs a little room.
head -c 65536 /dev/zero > disk/reserve
yes "$(printf '%0100d' 7)" | head -100000 | nl -w1 -s: | spool produce t --report > acks; echo "produce $?"
spool consume t > before; echo "consume $?"
rm disk/reserve; spool topic alter t -c retention.bytes=524288
# To the last byte.
cat /dev/zero > disk/filler 2> cat.txt; echo x > disk/more && echo 'there was room'
spool consume t | cmp - before; echo "consume $?"
spool retention prune; echo "prune $?"
spool produce t -m after; echo "produce $?"
spool consume t > after; echo "consume $?"
spool consume t --from -1
spool verify > verified; echo "verify $?"
`;

const FULL_SAID = `produce 1
consume 0
consume 0
prune 0
produce 0
consume 0
after
verify 0
`;

const COMMIT_SCRIPT = `
spool topic create t -q; for i in 1 2 3 4 5; do spool produce t -m $i; done
spool consume t -g g -n 2 -F none
position() { spool group describe g --json | grep -o '"committedOffset":[0-9]*\\|"pending":.*' | paste -sd' '; }
position
find disk -name '*.tmp*' -o -name 'create-*' > leftovers
cat /dev/zero > disk/filler 2> cat.txt
spool consume t -g g -F none; echo "consume $?"
spool consume t -g g --exec 'cat > ran'; echo "exec $?"
spool consume t -g other; echo "new group $?"
spool topic create u; echo "create $?"
spool produce u --create -m x; echo "produce --create $?"
[ -e ran ] && echo 'the command was run'
rm disk/filler
position
spool topic list | awk 'NR > 1 { print $1 }'
find disk -name '*.tmp*' -o -name 'create-*' | diff leftovers -
spool consume t -g g -F value; echo "consume $?"
spool topic create u; echo "create $?"
spool verify -q; echo "verify $?"
`;

const COMMIT_SAID = `"committedOffset":2 "pending":[]}]
consume 1
exec 1
new group 1
create 1
produce --create 1
"committedOffset":2 "pending":[]}]
t
3
4
5
consume 0
create 0
verify 0
`;

const INODES_SCRIPT = `
spool topic create t -c internal.segment.bytes=4096 -c retention.bytes=4096
spool consume t -g g -F none
line=$(printf %0500d 0)
for i in $(seq 20); do echo $i:$line; done | spool produce t --linger 0ms
i=0; while touch disk/file-$i 2> touch.txt; do i=$((i + 1)); done
spool produce t -m 'into the segment that is there'; echo "produce $?"
for i in $(seq 100); do echo $i:$line; done | spool produce t --report --rate 200/s --linger 0ms > acks; echo "roll $?"
spool topic create u; echo "create $?"
spool consume t -g g -F none; echo "commit $?"
spool consume t -F '{offset}' > offsets; echo "consume $?"
spool verify -q; echo "verify $?"
spool retention prune; echo "prune $?"
for i in $(seq 5); do echo $i:$line; done | spool produce t; echo "produce $?"
spool verify -q; echo "verify $?"
`;

const INODES_SAID = `produce 0
roll 1
create 1
commit 1
consume 0
verify 0
prune 0
produce 0
verify 0
`;

const LIMIT_SCRIPT = `
spool topic create t; spool produce t -m before
(ulimit -f 64; seq -f "%.0f:$(printf %0500d 0)" 1000 | spool produce t --report --rate 2000/s > acks); echo "produce $?"
spool consume t > kept; echo "consume $?"
spool verify -q; echo "verify $?"
spool produce t -m after; echo "produce $?"
spool consume t --from -1
`;

const LIMIT_SAID = `produce 1
consume 0
verify 0
produce 0
after
`;

lane('a full disk', { root: true }, () => {
  test(
    'keeps what was acknowledged, can be read, pruned, and written to again',
    onMounts(async (shell) => {
      const disk = shell.mount('disk', '-t', 'tmpfs', '-o', 'size=2m,mode=755', 'tmpfs');
      shell.dataDirectory = `${disk}/data`;
      const { out, err } = await shell.run(FULL_SCRIPT);
      expect({ out, err }).toMatchObject({ out: FULL_SAID });
      const acknowledged = rangesOf(shell.read('acks').toString()).at(-1)!.last + 1;
      const lines = shell.read('before').toString().split('\n').slice(0, -1);
      expect(lines.every((line, at) => line.startsWith(`${at + 1}:`))).toBe(true);
      expect(lines.length).toBe(acknowledged);
      expect(err).toContain(`  ${acknowledged} records were written before it`);
      printFigure(`${acknowledged} records acknowledged before the disk was full`);
    }),
  );

  test(
    'leaves positions and topics as they were, and no half-made file',
    onMounts(async (shell) => {
      const disk = shell.mount('disk', '-t', 'tmpfs', '-o', 'size=1m,mode=755', 'tmpfs');
      shell.dataDirectory = `${disk}/data`;
      const { out, err } = await shell.run(COMMIT_SCRIPT);
      expect({ out, err }).toMatchObject({ out: COMMIT_SAID });
      expectEachSays(err, /: no space left on the device\n {2}spool retention prune frees /, 5);
    }),
  );

  test(
    'that has no inode left takes appends to the segments that are there, and can be pruned',
    onMounts(async (shell) => {
      const disk = shell.mount('disk', '-t', 'tmpfs', '-o', 'nr_inodes=60,mode=755', 'tmpfs');
      shell.dataDirectory = `${disk}/data`;
      const { out, err } = await shell.run(INODES_SCRIPT);
      expect({ out, err }).toMatchObject({ out: INODES_SAID });
      expectEachSays(err, /: no space left on the device\n/, 3);
      const acknowledged = rangesOf(shell.read('acks').toString()).at(-1)!.last + 1;
      expect(shell.read('offsets').toString().split('\n').length - 1).toBe(acknowledged);
    }),
  );

  test(
    'may be one for this process alone: a file that would be larger than its limit',
    onMounts(async (shell) => {
      const { out, err } = await shell.run(LIMIT_SCRIPT);
      expect({ out, err }).toMatchObject({ out: LIMIT_SAID });
      expect(err).toMatch(/\.log: the disk is full\n|: the file would be larger than the limit\n/);
      const acknowledged = rangesOf(shell.read('acks').toString()).at(-1)!.last + 1;
      expect(shell.read('kept').toString().split('\n').length - 1).toBe(acknowledged);
    }),
  );
});

/** All errors are of one kind, and none is a bug. */
function expectEachSays(err: string, pattern: RegExp, count: number): void {
  const errors = err.split(/^(?=error: )/m);
  expect(errors.filter((each) => !pattern.test(each))).toEqual([]);
  expect(errors.length).toBe(count);
}
