import { describe, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { appendValues, filesBelow } from '../../support/cli.js';
import { takePart } from '../../commands/group/taking-part.js';
import { Place } from '../../support/in-process.js';

jest.setTimeout(30_000);

const OK = { code: 0, err: '' };

/** A topic `t` of one partition that holds 1, 2, 3. */
async function openNumbers(): Promise<Place> {
  const place = new Place();
  await place.spool('topic create t');
  await appendValues(place.dataDir, { topic: 't', values: ['1', '2', '3'] });
  return place;
}

describe('reading without moving', () => {
  test('--peek changes nothing, of a new group and of one that others are at', async () => {
    const place = await openNumbers();
    const before = filesBelow(place.dataDir);
    expect(await place.spool('consume t -g g --peek')).toEqual({ ...OK, out: '1\n2\n3\n' });
    expect(filesBelow(place.dataDir)).toEqual(before);
    await place.spool('consume t -g g -n 1');
    const moved = filesBelow(place.dataDir);
    expect(await place.spool('consume t -g g --peek -n 1')).toEqual({ ...OK, out: '2\n' });
    expect(filesBelow(place.dataDir)).toEqual(moved);
    await takePart({ dataDir: place.dataDir, group: 'g', topic: 't' }, async () => {
      expect(await place.spool('consume t -g g --peek')).toEqual({ ...OK, out: '2\n3\n' });
    });
    expect(await place.spool('consume t -g g --peek --grep x --fail-if-empty')).toMatchObject({
      code: 4,
    });
  });

  test('--receipt moves when it is committed, up to what was read then', async () => {
    const place = await openNumbers();
    const receipt = join(place.folder, 'r.json');
    const output = join(place.folder, 'batch');
    const ran = await place.spool('consume t -g g --initial 1 --receipt', receipt, '-o', output);
    expect(ran).toEqual({ ...OK, out: '' });
    expect(place.read('batch')).toBe('2\n3\n');
    await place.produce('t', '4');
    expect(await place.positions('g')).toBe('t:0=1');
    expect(await place.spool('group commit g -y --receipt', receipt)).toMatchObject(OK);
    expect(await place.positions('g')).toBe('t:0=3');
  });

  test('--receipt of nothing is one too, and keeps the first place of a group', async () => {
    const place = await openNumbers();
    const receipt = join(place.folder, 'r.json');
    await place.spool('consume t -g g --initial end --receipt', receipt);
    await place.produce('t', '4');
    expect(await place.spool('group commit g -y --receipt', receipt)).toMatchObject({ code: 0 });
    expect(await place.spool('consume t -g g')).toEqual({ ...OK, out: '4\n' });
  });

  test('--receipt that is outdated is refused: 4, and what has moved', async () => {
    const place = await openNumbers();
    const receipt = join(place.folder, 'r.json');
    await place.spool('consume t -g g -n 2 --receipt', receipt);
    await place.spool('consume t -g g -n 1');
    const late = await place.spool('group commit g -y --receipt', receipt);
    expect(late).toMatchObject({ code: 4, out: '' });
    expect(late.err).toMatch(/^error: .*\bt:0\b.*\b0\b.*\b1\b/);
    expect(await place.positions('g')).toBe('t:0=1');
  });

  test('--receipt that cannot be written: 1, and nothing has moved', async () => {
    const place = await openNumbers();
    const ran = await place.spool('consume t -g g --receipt', join(place.folder, 'no/r.json'));
    expect(ran).toMatchObject({ code: 1 });
    expect(await place.positions('g')).toBe('t:0=0');
  });

  test('--dry-run says what would be done, and does nothing', async () => {
    const place = await openNumbers();
    const before = filesBelow(place.dataDir);
    const fresh = await place.spool('consume t -g g --dry-run');
    expect(fresh).toEqual({ code: 0, out: '', err: 'would take 3 records: t:0:0-2\n' });
    expect(filesBelow(place.dataDir)).toEqual(before);
    await place.spool('consume t -g g');
    const none = await place.spool('consume t -g g --dry-run --fail-if-empty');
    expect(none).toEqual({ code: 4, out: '', err: 'would take nothing\n' });
  });
});
