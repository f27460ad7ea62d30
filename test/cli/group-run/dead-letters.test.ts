import { describe, expect, jest, test } from '@jest/globals';
import { appendValues, filesBelow } from '../../support/cli.js';
import { Place } from '../../support/in-process.js';

jest.setTimeout(30_000);

/** Writes down what it was told of its batch, and the records. */
const NOTE =
  'echo $SPOOL_BATCH_ATTEMPT $SPOOL_BATCH_COUNT $SPOOL_BATCH_RANGES: $(cat) >> $OUT/seen';

/** A topic `t` of one partition that holds 1, 2, 3. */
async function openNumbers(): Promise<Place> {
  const place = new Place();
  await place.spool('topic create t');
  await appendValues(place.dataDir, { topic: 't', values: ['1', '2', '3'] });
  return place;
}

describe('--dead-letter', () => {
  const SHOW = '{key}|{value}|{timestamp}|{header:trace}|{header:spool.dead-letter.';

  async function openLetters(): Promise<Place> {
    const place = new Place();
    await place.spool('topic create t dead -c retention.ms=-1');
    const ran = await place.spool(
      'produce t -k k -H trace=7 --timestamp @1700000000123 -m',
      'the value',
    );
    expect(ran.code).toBe(0);
    await place.spool('produce t --tombstone -k gone --timestamp @1700000000124');
    return place;
  }

  test('after so many attempts the records stand there, as they were, with why; the group goes on', async () => {
    const place = await openLetters();
    const words = 'consume t -g g --dead-letter dead --after 2 --exec';
    expect((await place.spool(words, 'exit 9')).code).toBe(6);
    expect((await place.spool('consume dead')).out).toBe('');
    await place.produce('t', 'new');
    const put = await place.spool(words, `test $SPOOL_BATCH_ATTEMPT = 1 && ${NOTE} || exit 9`);
    expect(put.code).toBe(0);
    expect(put.err).toMatch(
      /^warning: the command ended with exit status 9: t:0:0-1, batch [0-9a-f]+, attempt 2; its records were put into dead\n$/,
    );
    // What is new is worked on in the same run.
    expect(place.read('seen')).toBe('1 1 t:0:2-2: new\n');
    expect(await place.positions('g')).toBe('t:0=3');
    const json = (await place.spool('consume dead -F json')).out.trim().split('\n');
    const records = json.map((line) => JSON.parse(line) as Record<string, unknown>);
    const added = (offset: string): string[][] => [
      ['spool.dead-letter.topic', 't'],
      ['spool.dead-letter.partition', '0'],
      ['spool.dead-letter.offset', offset],
      ['spool.dead-letter.group', 'g'],
      ['spool.dead-letter.batch', expect.stringMatching(/^[0-9a-f]{16}$/) as unknown as string],
      ['spool.dead-letter.attempts', '2'],
      ['spool.dead-letter.error', 'the command ended with exit status 9'],
    ];
    expect(records).toMatchObject([
      {
        key: 'k',
        value: 'the value',
        timestamp: 1700000000123,
        headers: [['trace', '7'], ...added('0')],
      },
      { key: 'gone', value: null, timestamp: 1700000000124, headers: added('1') },
    ]);
    expect((await place.spool('consume dead -n 1 -F', `${SHOW}error}`)).out).toBe(
      'k|the value|1700000000123|7|the command ended with exit status 9\n',
    );
  });

  test('with --each only the record that fails is put there', async () => {
    const place = await openNumbers();
    await place.spool('topic create dead');
    const words = 'consume t -g g --each --dead-letter dead --after 1 --exec';
    const ran = await place.spool(words, `${NOTE}; test $(tail -c 2 $OUT/seen) != 2`);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('were put into dead') });
    expect((await place.spool('consume dead')).out).toBe('2\n');
    expect(await place.positions('g')).toBe('t:0=3');
  });

  test('into a topic that is not there: 3, before anything is run', async () => {
    const place = await openNumbers();
    const before = filesBelow(place.dataDir);
    const ran = await place.spool('consume t -g g --dead-letter dead --after 1 --exec', NOTE);
    expect(ran).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringMatching(/^error: .*\bdead\b/),
    });
    expect(place.read('seen')).toBeUndefined();
    expect(filesBelow(place.dataDir)).toEqual(before);
  });

  test('into what is read itself is refused', async () => {
    const place = await openNumbers();
    const ran = await place.spool('consume t -g g --dead-letter t --after 1 --exec', NOTE);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('--dead-letter t: ') });
    expect(place.read('seen')).toBeUndefined();
  });

  test('never holds what could not even be tried', async () => {
    const place = await openNumbers();
    await place.spool('topic create dead');
    const ran = await place.spool(
      'consume t -g g --dead-letter dead --after 1 -- no-such-program-1',
    );
    expect(ran.code).toBe(6);
    expect((await place.spool('consume dead')).out).toBe('');
  });
});
