/**
 * A copy of the data directory, made with `cp` or `tar` while others write into it. It opens, everything
 * acknowledged before it began is in it, an unfinished end is no damage, the locks of those who write into
 * the original mean nothing in it, and both go on independently.
 *
 * Of the faults: a backup taken while writing; the lock records of other processes in a copy.
 * SPOOL_BACKUPS: how many copies of each kind.
 */
import { expect, test } from '@jest/globals';
import { lane } from '../../support/lane.js';
import { printFigure, sizeFrom } from '../../support/slow-size.js';
import { rangesOf } from '../../support/stored-records.js';
import { onMounts } from './mounted-shell.js';

const BACKUP_COUNT = sizeFrom('SPOOL_BACKUPS', 3);
const START_MS = 60_000;

lane('a backup while others write', {}, () => {
  test.each([
    { tool: 'cp', copy: 'cp -a $SPOOL_DIR copy' },
    // It says that files changed as it read them, and does not call that a success.
    { tool: 'tar', copy: 'mkdir copy; tar -C $SPOOL_DIR -cf - . 2> tar.txt | tar -C copy -xf -' },
  ])(
    `opens, and holds what was acknowledged before it ($tool, ${BACKUP_COUNT} times)`,
    ({ copy }) =>
      onMounts(async (shell) => {
        await shell.run('spool topic create t -c internal.segment.bytes=65536');
        const feed = `seq -f "a:%.0f:$(printf %0200d 0)" 0 10000000`;
        const writer = shell.start(
          `${feed} | spool produce t --report --linger 0ms --rate 20000/s`,
        );
        const reader = shell.start("while spool consume t -g g -n 100 -F '{offset}'; do :; done");
        await writer.until(() => writer.out !== '', START_MS);
        await reader.until(() => reader.out !== '', START_MS);
        let largest = 0;
        for (let i = 0; i < BACKUP_COUNT; i++) {
          const acknowledged = (rangesOf(writer.out).at(-1)?.last ?? -1) + 1;
          await shell.run(copy);
          const found = await shell.run(
            "export SPOOL_DIR=$PWD/copy; spool verify -q; spool consume t -F '{offset} {value}' | cut -d: -f1,2",
          );
          expect(found).toMatchObject({ code: 0, err: '' });
          const lines = found.out.split('\n').slice(0, -1);
          expect(lines).toEqual(lines.map((_, at) => `${at} a:${at}`));
          expect(lines.length).toBeGreaterThanOrEqual(acknowledged);
          const next = await shell.run(
            'export SPOOL_DIR=$PWD/copy; spool produce t -m next && spool consume t --from -1 && ' +
              'spool consume t -g g -n 1 -F none && spool verify -q; rm -r copy',
          );
          expect(next).toMatchObject({ code: 0, out: 'next\n', err: '' });
          largest = lines.length;
        }
        expect([writer.isRunning, writer.err, reader.isRunning, reader.err]).toEqual([
          true,
          '',
          true,
          '',
        ]);
        printFigure(`${BACKUP_COUNT} copies, the last one of ${largest} records`);
      })(),
  );
});
