import { describe, expect, jest, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendValues, filesBelow } from '../../support/cli.js';
import { Place } from '../../support/in-process.js';

jest.setTimeout(30_000);

const OK = { code: 0, out: '', err: '' };

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

describe('when there is nothing for the command', () => {
  test.each([
    ['', 0],
    ['--fail-if-empty', 4],
  ])('it is not run %s', async (flags, code) => {
    const place = await openNumbers();
    const words = `consume t -g g --initial end ${flags} --exec`;
    expect(await place.spool(words, NOTE)).toEqual({ ...OK, code });
    expect(place.read('seen')).toBeUndefined();
    expect(await place.positions('g')).toBe('t:0=3');
  });

  test('but what was filtered out, the position moves without it', async () => {
    const place = await openNumbers();
    expect(await place.spool('consume t -g g --grep x --exec', NOTE)).toEqual(OK);
    expect(place.read('seen')).toBeUndefined();
    expect(await place.positions('g')).toBe('t:0=3');
  });

  test('because its records are damaged: 7, and it is not run', async () => {
    const place = await openNumbers();
    const log = join(place.partitionFolder('t-0'), '00000000000000000000.log');
    const bytes = readFileSync(log);
    // The last byte of the second of three batches that are equally long.
    bytes[(bytes.length / 3) * 2 - 1]! ^= 1;
    writeFileSync(log, bytes);
    expect(await place.spool('consume t -g g --exec', NOTE)).toMatchObject({ code: 7 });
    expect(place.read('seen')).toBeUndefined();
    expect(await place.positions('g')).toBe('t:0=0');
  });
});

describe('--dry-run', () => {
  test('says what would be repeated and what is new, and changes nothing', async () => {
    const place = await openNumbers();
    const fresh = await place.spool('consume t -g g --dry-run --exec', NOTE);
    expect(fresh).toEqual({ ...OK, err: 'would take 3 records: t:0:0-2\n' });
    expect(existsSync(place.statePath('g'))).toBe(false);
    await place.spool('consume t -g g -n 2 --exec false');
    const before = filesBelow(place.dataDir);
    const ran = await place.spool('consume t -g g --dry-run --exec', NOTE);
    expect(ran).toMatchObject({ code: 0, out: '' });
    expect(ran.err).toMatch(/^would repeat batch [0-9a-f]{16}, attempt 2: t:0:0-1\n/);
    expect(filesBelow(place.dataDir)).toEqual(before);
    expect(place.read('seen')).toBeUndefined();
  });
});

describe('a person', () => {
  test('is told of a repeated batch, and where the group is now', async () => {
    const place = await openNumbers();
    await place.spool('consume t -g g --exec false');
    place.isWatched = true;
    const ran = await place.spool('consume t -g g --exec true');
    expect(ran.err).toMatch(
      /^repeating batch [0-9a-f]{16}, attempt 2\ng moved 0 -> 3; undo: spool group undo g\n$/,
    );
  });
});

describe('several runs of a group', () => {
  test('each with its partitions; whoever wants one that is taken is told who has it', async () => {
    const place = new Place();
    await place.spool('topic create t -p 2');
    await appendValues(place.dataDir, { topic: 't', values: ['zero'] });
    await appendValues(place.dataDir, { topic: 't', values: ['one'], partition: 1 });
    const waits = `${NOTE}; until test -e $OUT/go; do sleep 0.02; done`;
    const first = await place.start('consume t:0 -g g --exec', waits);
    await place.written('seen', '1 1 t:0:0-0: zero\n');
    const busy = await place.spool('consume t:0 -g g');
    expect(busy.code).toBe(75);
    expect(busy.err).toMatch(
      new RegExp(
        `^error: group g is at work: consume \\(pid ${process.pid}\\) and its command \\(pid \\d+\\) since `,
      ),
    );
    expect(await place.spool('consume t -g g')).toEqual({ ...OK, out: 'one\n' });
    writeFileSync(join(place.folder, 'go'), '');
    expect(await first.ended).toEqual(OK);
    expect(await place.positions('g')).toBe('t:0=1 t:1=1');
  });
});

describe('following', () => {
  test('-n and --every make the batches; a signal ends it between two', async () => {
    const place = await openNumbers();
    const run = await place.start('consume t -g g -f -n 2 --every 300ms --exec', NOTE);
    // The first is full at once, the second when its time is up.
    await place.written('seen', '1 2 t:0:0-1: 1 2\n1 1 t:0:2-2: 3\n');
    await place.spool('produce t -m 4 -m 5 -m 6');
    const all = '1 2 t:0:0-1: 1 2\n1 1 t:0:2-2: 3\n1 2 t:0:3-4: 4 5\n1 1 t:0:5-5: 6\n';
    await place.written('seen', all);
    run.stop();
    expect(await run.ended).toEqual({ code: 130, out: '', err: '' });
    expect(await place.positions('g')).toBe('t:0=6');
  });

  test('what is collected and not yet given out when the signal comes is for the next run', async () => {
    const place = await openNumbers();
    const run = await place.start('consume t -g g -f --every forever --exec', NOTE);
    await place.standsAt('g', 't:0=0');
    run.stop();
    expect(await run.ended).toEqual({ code: 130, out: '', err: '' });
    expect(place.read('seen')).toBeUndefined();
    expect(await place.positions('g')).toBe('t:0=0');
  });

  test('begins with what has failed before, and ends with what fails', async () => {
    const place = await openNumbers();
    await place.spool('consume t -g g -n 2 --exec false');
    const fails = `${NOTE}; test $SPOOL_BATCH_ATTEMPT = 2`;
    const ran = await place.spool('consume t -g g -f --exec', fails);
    expect(ran).toMatchObject({ code: 6, err: expect.stringContaining('t:0:2-2, batch ') });
    expect(place.read('seen')).toBe('2 2 t:0:0-1: 1 2\n1 1 t:0:2-2: 3\n');
    expect(await place.positions('g')).toBe('t:0=2');
  });

  test('ends where --until is', async () => {
    const place = await openNumbers();
    const ran = await place.spool('consume t -g g -f --until 2 --exec', NOTE);
    expect(ran).toEqual(OK);
    expect(place.read('seen')).toBe('1 2 t:0:0-1: 1 2\n');
  });

  test('with --each, gives a partition to who comes, and not when all of its backlog is done', async () => {
    const place = new Place();
    await place.spool('topic create t -p 2');
    const values = Array.from({ length: 100 }, (_, at) => String(at));
    for (const partition of [0, 1]) {
      await appendValues(place.dataDir, { topic: 't', values, partition });
    }
    const command = (name: string): string => `echo ${name} >> $OUT/seen; echo > $OUT/${name}`;
    const first = await place.start('consume t -g g -f --each --exec', command('a'));
    await place.written('a', '\n');
    const second = await place.start('consume t -g g -f --each --exec', command('b'));
    await place.written('b', '\n');
    const byFirst = place
      .read('seen')!
      .split('\n')
      .filter((line) => line === 'a').length;
    first.stop();
    second.stop();
    expect([(await first.ended).code, (await second.ended).code]).toEqual([130, 130]);
    expect(byFirst).toBeLessThan(200);
  });
});
