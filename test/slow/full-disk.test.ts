/** A disk of 2 MB fills up, is pruned, and is written to again. Only root can make one. */
import { describe, expect, test } from '@jest/globals';
import { inShell } from '../support/shell.js';
import { printFigure } from '../support/slow-size.js';
import { rangesOf } from '../support/stored-records.js';

const isRoot = process.getuid?.() === 0;

const SCRIPT = `
mkdir disk && mount -t tmpfs -o size=2m tmpfs disk && trap 'umount disk' EXIT || exit 99
export SPOOL_DIR=$PWD/disk/data
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

const SAID = `produce 1
consume 0
consume 0
prune 0
produce 0
consume 0
after
verify 0
`;

describe('a full disk', () => {
  (isRoot ? test : test.skip)(
    `keeps what was acknowledged, can be read, pruned, and written to again${isRoot ? '' : ' (SKIPPED: only root can mount one)'}`,
    inShell(async (shell) => {
      const { out, err } = await shell.run(SCRIPT);
      expect({ out, err }).toMatchObject({ out: SAID });
      const ranges = rangesOf(shell.read('acks').toString());
      const lines = shell.read('before').toString().split('\n').slice(0, -1);
      const acknowledged = ranges.at(-1)!.last + 1;
      expect(lines.slice(0, acknowledged).every((line, at) => line.startsWith(`${at + 1}:`))).toBe(
        true,
      );
      expect(lines.length).toBe(acknowledged);
      expect(err).toContain(`  ${acknowledged} records were written before it`);
      printFigure(`${acknowledged} records acknowledged before the disk was full`);
    }),
  );
});
