/**
 * A network file system, as two machines have it mounted: two bindfs mounts of one folder, each with a
 * cache of its own, so that what one has written the other may not see for three seconds, and a kernel
 * lock that one holds does not keep the other out.
 *
 * A data directory that is made there gets lock files, and says what that means. Writers on both sides
 * acknowledge nothing that is lost or stands elsewhere than they say; readers are late, not wrong. One
 * that was made on the local disk can be read over the network and not be written.
 *
 * Of the faults: a network-like file system, used from two machines at once.
 * SPOOL_NETWORK_RECORDS: how many records each side sends.
 */
import { expect, test } from '@jest/globals';
import { lane } from '../../support/lane.js';
import { printFigure, sizeFrom } from '../../support/slow-size.js';
import {
  countBySender,
  expectAcknowledged,
  rangesOf,
  readDense,
} from '../../support/stored-records.js';
import { type MountedShell, onMounts } from './mounted-shell.js';

const RECORD_COUNT = sizeFrom('SPOOL_NETWORK_RECORDS', 600);
const CACHE_SECONDS = 3;
const SIDES = ['here', 'there'];

lane('a network file system', { root: true, programs: ['bindfs'] }, () => {
  // What a writer takes for the end of the log may be seconds old: the other side's records are behind it.
  test(
    `keeps what writers on both sides were acknowledged (${RECORD_COUNT} records each)`,
    onMounts(async (shell) => {
      const under = mountTwice(shell);
      const made = await shell.run('spool topic create t -c internal.segment.bytes=16384');
      expect(made).toMatchObject({ code: 0, out: '' });
      expect(made.err).toMatch(/^warning: it lies on FUSE, .* lock files are used instead: /);
      expect((await shell.run('grep -c lockfile $SPOOL_DIR/spool.json')).out).toBe('1\n');
      const ends = await Promise.all(
        SIDES.map((side) =>
          shell.run(
            `seq -f ${side}:%.0f 0 ${RECORD_COUNT - 1} | ` +
              `spool produce t --dir ${shell.folder}/${side}/data --report --linger 5ms --rate 300/s`,
          ),
        ),
      );
      const late = await shell.run(`spool consume t --dir ${shell.folder}/there/data`);
      await shell.run(`sleep ${CACHE_SECONDS + 1}`);
      const seen = await Promise.all(
        SIDES.map((side) => shell.run(`spool consume t --dir ${shell.folder}/${side}/data`)),
      );
      shell.dataDirectory = `${under}/data`;
      expect(await shell.run('spool verify -q')).toMatchObject({ code: 0, err: '' });
      const values = await readDense(shell, 't');
      expect(countBySender(values)).toEqual(new Map(SIDES.map((side) => [side, RECORD_COUNT])));
      for (const [at, { code, out, err }] of ends.entries()) {
        expect({ code, err }).toEqual({ code: 0, err: '' });
        expect(expectAcknowledged(values, SIDES[at] ?? '', rangesOf(out))).toBe(RECORD_COUNT);
      }
      const all = `${values.join('\n')}\n`;
      expect(late).toMatchObject({ code: 0, err: '' });
      expect(all.startsWith(late.out)).toBe(true);
      for (const { out } of seen) expect(out).toBe(all);
      printFigure(`${2 * RECORD_COUNT} records from two sides`);
    }),
  );

  test(
    'lets a data directory that is pinned to kernel locks be read, not written',
    onMounts(async (shell) => {
      const under = mountTwice(shell);
      shell.dataDirectory = `${under}/data`;
      await shell.run('spool topic create t && spool produce t -m one');
      shell.dataDirectory = `${shell.folder}/here/data`;
      for (const command of ['consume t', 'topic describe t', 'group list', 'verify']) {
        const read = await shell.run(`spool ${command}`);
        expect({ command, ...read }).toMatchObject({ command, code: 0, err: '' });
      }
      const writers = ['produce t -m x', 'topic create u', 'consume t -g g', 'retention prune'];
      for (const command of writers) {
        const { code, out, err } = await shell.run(`spool ${command}`);
        expect({ command, code, out }).toEqual({ command, code: 1, out: '' });
        expect(err).toMatch(/is pinned to kernel locks, and lies on FUSE/);
      }
    }),
  );
});

/** One folder, seen from two sides; the data directory is `data` on the first. Its local path. */
function mountTwice(shell: MountedShell): string {
  const under = shell.makeFolder('under');
  const cache = `attr_timeout=${CACHE_SECONDS},entry_timeout=${CACHE_SECONDS}`;
  for (const side of SIDES) shell.mountWith('bindfs', side, '-o', cache, under);
  shell.dataDirectory = `${shell.folder}/here/data`;
  return under;
}
