/** Many processes read one topic at once, each for itself. SPOOL_READERS: how many. */
import { describe, expect, test } from '@jest/globals';
import { inShell } from '../support/shell.js';
import { printFigure, sizeFrom } from '../support/slow-size.js';
import { expectAcknowledged, rangesOf, readDense } from '../support/stored-records.js';

const READER_COUNT = sizeFrom('SPOOL_READERS', 100);
const RECORD_COUNT = 20_000;

describe('many readers at once', () => {
  test(
    `each see every record, and hold no producer up (${READER_COUNT} readers)`,
    inShell(async (shell) => {
      const fill = `seq -f old:%.0f 0 ${RECORD_COUNT - 1} | spool produce t --create`;
      expect(await shell.run(fill)).toMatchObject({ code: 0, err: '' });
      const writer = shell.start(
        'for ((i = 0; ; i++)); do echo new:$i; sleep 0.01; done | spool produce t --report --linger 0ms',
      );
      await writer.until(() => writer.out !== '');
      const acknowledgedBefore = rangesOf(writer.out).length;
      const beganMs = Date.now();
      const readers = Array.from({ length: READER_COUNT }, () =>
        shell.run("spool consume t -F '{offset}'"),
      );
      const ends = await Promise.all(readers);
      const tookMs = Date.now() - beganMs;
      const acknowledgedCount = rangesOf(writer.out).length - acknowledgedBefore;
      expect(writer.isRunning).toBe(true);
      writer.killGroup('SIGKILL');
      const { out: reported, err: complaint } = await writer.ended;
      expect(complaint).toBe('');

      for (const { code, out, err } of ends) {
        expect({ code, err }).toEqual({ code: 0, err: '' });
        const offsets = out.split('\n').slice(0, -1);
        // The new ones that it found there, too, but for those that came while it read.
        expect(offsets.length).toBeGreaterThan(RECORD_COUNT);
        expect(offsets.findIndex((offset, at) => Number(offset) !== at)).toBe(-1);
      }
      const values = await readDense(shell, 't');
      expectAcknowledged(values, 'new', rangesOf(reported));
      printFigure(
        `${READER_COUNT} readers in ${tookMs} ms, and ${acknowledgedCount} batches beside them`,
      );
      expect(acknowledgedCount).toBeGreaterThan(tookMs / 1000);
    }),
  );
});
