/** Reading a topic that is damaged in the middle: `t` has the records 1 to 5, and 3 cannot be read. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Place } from '../support/in-process.js';

let place: Place;

beforeEach(async () => {
  place = new Place();
  await place.spool('topic create t');
  for (const value of ['1', '2', '3', '4', '5']) await place.produce('t', value);
  await place.spool('consume t -g behind');
  const path = join(place.dataDir, 'brokers/0/log/t-0/00000000000000000000.log');
  const bytes = readFileSync(path);
  bytes[(bytes.length / 5) * 3 - 2]! ^= 1;
  writeFileSync(path, bytes);
});

const WARNING = expect.stringMatching(
  /t:0: offsets 2 to 2 \(1\) are passed over: \S*\.log: damaged at byte \d+, offset 2: the checksum is wrong/,
);

test('what stands before it is given out; then exit 7 says where it is and what to do', async () => {
  const { code, out, err } = await place.spool('consume t');
  expect([code, out]).toEqual([7, '1\n2\n']);
  expect(err).toContain('offset 2: the checksum is wrong');
  expect(err).toContain('--skip-damaged');
});

test('--skip-damaged goes on behind it, and says what is missing', async () => {
  const ran = await place.spool('consume t --skip-damaged');
  expect(ran).toEqual({ code: 0, out: '1\n2\n4\n5\n', err: WARNING });
});

test('who begins behind it needs no permission', async () => {
  expect(await place.spool('consume t --from 3')).toEqual({ code: 0, out: '4\n5\n', err: '' });
});

describe('a group', () => {
  test('stops at it, and does not move', async () => {
    expect((await place.spool('consume t -g g --exec cat')).code).toBe(7);
    expect(await place.positions('g')).toBe('t:0=0');
  });

  test('goes past it with --skip-damaged, and its command is told', async () => {
    const script =
      'cat > $OUT/got; echo "$SPOOL_BATCH_RANGES without $SPOOL_BATCH_GAP" >> $OUT/got';
    const ran = await place.spool('consume t -g g --skip-damaged --exec', script);
    expect(ran).toMatchObject({ code: 0, err: WARNING });
    expect(ran.err.match(/passed over/g)).toHaveLength(1);
    expect(readFileSync(join(place.folder, 'got'), 'utf8')).toBe(
      '1\n2\n4\n5\nt:0:0-4 without t:0:2-2\n',
    );
    expect(await place.positions('g')).toBe('t:0=5');
  });

  test('that stood behind it stays there', async () => {
    expect(await place.spool('consume t -g behind')).toEqual({ code: 0, out: '', err: '' });
    await place.produce('t', '6');
    expect(await place.spool('consume t -g behind')).toMatchObject({ code: 0, out: '6\n' });
    expect(await place.positions('behind')).toBe('t:0=6');
  });
});
