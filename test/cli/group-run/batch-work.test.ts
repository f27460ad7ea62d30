import { describe, expect, jest, test } from '@jest/globals';
import { appendValues } from '../../support/cli.js';
import { leaveBatchBehind } from '../../commands/group/taking-part.js';
import { Place } from '../../support/in-process.js';

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

describe('a command that fails', () => {
  test('leaves the group where it is: 6, naming status, ranges, batch and attempt', async () => {
    const place = await openNumbers();
    const ran = await place.spool('consume t -g g --exec', 'exit 3');
    expect(ran).toMatchObject({ code: 6, out: '' });
    expect(ran.err).toMatch(
      /^error: the command ended with exit status 3: t:0:0-2, batch [0-9a-f]{16}, attempt 1\n {2}group g stays .* the next run repeats this batch\n$/,
    );
    expect(await place.positions('g')).toBe('t:0=0');
    const json = await place.spool('consume t -g g --json --exec', 'kill -9 $$');
    expect(JSON.parse(json.err)).toMatchObject({
      error: {
        code: 'DELIVERY_UNCONFIRMED',
        message: expect.stringMatching(/^the command was killed by SIGKILL: .*attempt 2$/),
        details: { group: 'g', attempt: 2, ranges: [{ firstOffset: 0, endOffset: 3 }] },
      },
    });
  });

  test('gets the same batch again, and then the same run goes on to what is new', async () => {
    const place = await openNumbers();
    await place.spool('consume t -g g --exec', `${NOTE_ID}; false`);
    await place.produce('t', '4');
    await place.spool('consume t -g g --exec', `${NOTE_ID}; false`);
    expect(await place.spool('consume t -g g --exec', NOTE_ID)).toEqual(OK);
    expect(place.read('seen')).toBe(
      '1 3 t:0:0-2: 1 2 3\n2 3 t:0:0-2: 1 2 3\n3 3 t:0:0-2: 1 2 3\n1 1 t:0:3-3: 4\n',
    );
    const [first, second, third, next] = place.read('ids')!.split('\n');
    expect([second, third]).toEqual([first, first]);
    expect(next).not.toBe(first);
    expect(await place.positions('g')).toBe('t:0=4');
  });

  test('gets it whatever the limits are, and in the format and with the filters of that run', async () => {
    const place = await openNumbers();
    await place.spool('consume t -g g --exec', `${NOTE}; false`);
    const flags = '-n 1 --until 1 --max-bytes 1 --grep [13] -F {offset}';
    expect(await place.spool(`consume t -g g ${flags} --exec`, NOTE)).toEqual(OK);
    expect(place.read('seen')).toMatch(/\n2 2 t:0:0-2: 0 2\n$/);
  });

  test('is not run again over a batch that has no record for the filters of that run', async () => {
    const place = await openNumbers();
    await place.spool('consume t -g g --exec false');
    expect(await place.spool('consume t -g g --grep x --exec', NOTE)).toEqual(OK);
    expect(place.read('seen')).toBeUndefined();
    expect(await place.positions('g')).toBe('t:0=3');
  });

  test.each([
    [['--exec', 'exec 2> $OUT/err; no-such-program-1'], 'was not found (127)'],
    [
      ['--', 'no-such-program-1'],
      'was not found (127): no such program, or its interpreter is missing',
    ],
    [['--', ''], 'was not found (127): that is no name of a program'],
    [['--', '/'], 'could not be executed (126): permission denied'],
  ])('to start is not an attempt: %j', async (words, message) => {
    const place = await openNumbers();
    for (let time = 0; time < 2; time++) {
      const ran = await place.spool('consume t -g g', ...words);
      expect(ran.code).toBe(6);
      expect(ran.err.replace(/batch [0-9a-f]{16}/, 'batch ID')).toContain(
        `error: the command ${message}: t:0:0-2, batch ID, attempt 1\n`,
      );
    }
    expect(await place.positions('g')).toBe('t:0=0');
    expect(await place.spool('consume t -g g --exec', NOTE)).toEqual(OK);
    expect(place.read('seen')).toBe('1 3 t:0:0-2: 1 2 3\n');
  });

  test('to end in time has failed', async () => {
    const place = await openNumbers();
    const ran = await place.spool('consume t -g g --timeout 200ms --exec', 'sleep 20');
    expect(ran).toMatchObject({
      code: 6,
      err: expect.stringMatching(
        /^error: the command timed out after 200ms: t:0:0-2, .*attempt 1\n/,
      ),
    });
    expect(await place.positions('g')).toBe('t:0=0');
    const inTime = await place.spool('consume t -g g --timeout 20s --exec', NOTE);
    expect(inTime).toEqual(OK);
    expect(place.read('seen')).toMatch(/^2 3 /);
  });

  test('is tried again --retries times in one run, later each time', async () => {
    const place = await openNumbers();
    const beganMs = performance.now();
    const flags = '--retries 2 --backoff 100ms';
    const failed = await place.spool(`consume t -g g ${flags} --exec`, `${NOTE}; false`);
    expect(performance.now() - beganMs).toBeGreaterThan(300);
    expect(failed.code).toBe(6);
    expect(failed.err).toMatch(
      /^(warning: the command ended .*attempt [12]; trying again\n){2}error: .* attempt 3\n/,
    );
    expect(place.read('seen')).toMatch(/^1 3 .*\n2 3 .*\n3 3 .*\n$/);
    const succeeds = `test $SPOOL_BATCH_ATTEMPT = 5`;
    const done = await place.spool(`consume t -g g ${flags} --exec`, succeeds);
    expect(done).toMatchObject({
      code: 0,
      err: expect.stringContaining('attempt 4; trying again'),
    });
    expect(await place.positions('g')).toBe('t:0=3');
  });

  test('a signal ends the wait before the next try', async () => {
    const place = await openNumbers();
    const flags = '--retries 2 --backoff 1h';
    const run = await place.start(`consume t -g g ${flags} --exec`, `${NOTE}; false`);
    await place.written('seen', '1 3 t:0:0-2: 1 2 3\n');
    run.stop();
    expect(await run.ended).toMatchObject({ code: 130 });
    expect(await place.positions('g')).toBe('t:0=0');
  });
});

describe('records that were pruned before the batch could be repeated', () => {
  async function openWithPending(): Promise<Place> {
    const place = new Place();
    await place.spool('topic create t -c internal.segment.bytes=100');
    await appendValues(place.dataDir, { topic: 't', values: ['1', '2', '3', '4'] });
    await leaveBatchBehind({ dataDir: place.dataDir, group: 'g', topic: 't' }, 3);
    return place;
  }

  test('are said and told the command; the rest is delivered', async () => {
    const place = await openWithPending();
    await place.spool('topic trim t --before 2 -y');
    const ran = await place.spool(
      'consume t -g g -n 0 --exec',
      `echo $SPOOL_BATCH_GAP > $OUT/gap; ${NOTE}`,
    );
    expect(ran).toEqual({
      ...OK,
      err: 'warning: t:0: offsets 0 to 1 (2) were pruned before they could be read\n',
    });
    expect(place.read('seen')).toBe('2 1 t:0:0-2: 3\n');
    expect(place.read('gap')).toBe('t:0:0-1\n');
    const gap = await place.spool('consume t -g g --exec', 'echo $SPOOL_BATCH_GAP > $OUT/none');
    expect(gap).toEqual(OK);
    expect(place.read('none')).toBe('\n');
  });

  test('if they are all of it, it is not run, and the group goes on', async () => {
    const place = await openWithPending();
    await place.spool('topic trim t --before 3 -y');
    const ran = await place.spool('consume t -g g --exec', NOTE);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('offsets 0 to 2 (3)') });
    expect(place.read('seen')).toBe('1 1 t:0:3-3: 4\n');
  });
});
