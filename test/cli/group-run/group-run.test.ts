import { describe, expect, jest, test } from '@jest/globals';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { appendValues, filesBelow } from '../../support/cli.js';
import { leaveBatchBehind, takePart } from '../../commands/group/taking-part.js';
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

/** A batch is a segment, so records can go one by one: 1, 2, 3 and 4. */
async function openSegments(): Promise<Place> {
  const place = new Place();
  await place.spool('topic create t -c internal.segment.bytes=100');
  await appendValues(place.dataDir, { topic: 't', values: ['1', '2', '3', '4'] });
  return place;
}

describe('while another run holds the group', () => {
  test.each([
    ['', 75],
    ['--if-busy fail', 75],
    ['--if-busy wait=100ms', 75],
    ['--if-busy skip', 0],
    ['--if-busy skip --fail-if-empty', 0],
  ])('%s ends with %i, and nothing is read', async (flags, code) => {
    const place = await openNumbers();
    await takePart({ dataDir: place.dataDir, group: 'g', topic: 't' }, async () => {
      const ran = await place.spool(`consume t -g g ${flags}`);
      expect(ran).toMatchObject({ code, out: '' });
      if (code === 0) expect(ran.err).toBe('');
      else {
        const holder = `consume \\(pid ${process.pid}\\) since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z`;
        expect(ran.err).toMatch(new RegExp(`^error: group g is at work: ${holder}\\n .*--if-busy`));
      }
      const json = await place.spool(`consume t -g g --json ${flags}`);
      if (code === 0) return;
      const { error } = JSON.parse(json.err) as { error: { code: string; details: object } };
      expect(error).toMatchObject({
        code: 'BUSY',
        details: { group: 'g', pid: process.pid, command: 'consume', childPid: null },
      });
    });
    expect(await place.spool('consume t -g g')).toEqual({ ...OK, out: '1\n2\n3\n' });
  });

  test('--if-busy wait goes on when it is free', async () => {
    const place = await openNumbers();
    let waiting: Promise<unknown> | undefined;
    await takePart({ dataDir: place.dataDir, group: 'g', topic: 't' }, async () => {
      const { ended } = await place.start('consume t -g g --if-busy wait');
      let isOver = false;
      waiting = ended.finally(() => (isOver = true));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(isOver).toBe(false);
    });
    expect(await waiting).toEqual({ ...OK, out: '1\n2\n3\n' });
  });

  test('a signal ends the waiting', async () => {
    const place = await openNumbers();
    await takePart({ dataDir: place.dataDir, group: 'g', topic: 't' }, async () => {
      const { ended, stop } = await place.start('consume t -g g --if-busy wait');
      setTimeout(stop, 100);
      expect(await ended).toEqual({ code: 130, out: '', err: '' });
    });
  });

  test('what a failed run has left is given up by one that runs no command', async () => {
    const place = await openNumbers();
    await leaveBatchBehind({ dataDir: place.dataDir, group: 'g', topic: 't' }, 2);
    expect(await place.spool('consume t -g g')).toMatchObject({ code: 0, out: '1\n2\n3\n' });
    const { out } = await place.spool('group describe g --json');
    expect(JSON.parse(out)).toMatchObject([{ pending: [] }]);
  });
});

describe('a position that nothing is kept at', () => {
  const GONE = '2 records \\(offsets 0 to 1\\) are gone that group g had not read';

  test.each([
    ['', 0, '3\n4\n', new RegExp(`^warning: t:0: ${GONE}; it goes on at 2\n$`), 4],
    ['--on-gap earliest', 0, '3\n4\n', new RegExp(`^warning: t:0: ${GONE}; it goes on at 2\n$`), 4],
    ['--on-gap latest', 0, '', new RegExp(`^warning: t:0: ${GONE}; it goes on at 4\n$`), 4],
    ['--on-gap fail', 3, '', /^error: 2 records of t:0 that group g has not read are gone/, 0],
  ])('below what is kept: %s', async (flags, code, out, err, position) => {
    const place = await openSegments();
    await place.spool('consume t -g g -n 0');
    await place.spool('topic trim t --before 2 -y');
    const ran = await place.spool(`consume t -g g ${flags}`);
    expect(ran).toEqual({ code, out, err: expect.stringMatching(err) });
    await place.produce('t', '5');
    const next = await place.spool('consume t -g g');
    const missed = position === 0 ? '3\n4\n5\n' : '5\n';
    expect(next.out).toBe(missed);
  });

  test.each([
    [
      '--on-gap earliest',
      0,
      '1\n2\n',
      /^warning: t:0: group g stood at 4, past the end \(2\); .* 0\n$/,
    ],
    ['--on-gap latest', 0, '', /^warning: t:0: group g stood at 4, past the end \(2\); .* 2\n$/],
    ['--on-gap fail', 3, '', /^error: group g stands at 4 of t:0, which ends at 2\n/],
  ])('above the end, in a topic that was put back: %s', async (flags, code, out, err) => {
    const place = new Place();
    await place.spool('topic create t');
    await appendValues(place.dataDir, { topic: 't', values: ['1', '2'] });
    const partition = place.partitionFolder('t-0');
    cpSync(partition, join(place.folder, 'backup'), { recursive: true });
    await appendValues(place.dataDir, { topic: 't', values: ['3', '4'] });
    await place.spool('consume t -g g');
    rmSync(partition, { recursive: true });
    cpSync(join(place.folder, 'backup'), partition, { recursive: true });
    const ran = await place.spool(`consume t -g g ${flags}`);
    expect(ran).toEqual({ code, out, err: expect.stringMatching(err) });
  });

  test('a gap is told by --peek too, and nothing moves', async () => {
    const place = await openSegments();
    await place.spool('consume t -g g -n 0');
    await place.spool('topic trim t --before 2 -y');
    const before = filesBelow(place.dataDir);
    const ran = await place.spool('consume t -g g --peek');
    expect(ran).toEqual({
      code: 0,
      out: '3\n4\n',
      err: expect.stringMatching(new RegExp(`^warning: t:0: ${GONE}`)),
    });
    expect(filesBelow(place.dataDir)).toEqual(before);
  });
});

describe('a topic that is another one now', () => {
  test('deleted and made anew: 3, said, and never gone on with', async () => {
    const place = await openNumbers();
    await place.spool('consume t -g g -n 2');
    await place.spool('topic delete t -y');
    expect(await place.spool('consume t -g g')).toMatchObject({ code: 3, out: '' });
    await place.produce('t', 'new');
    for (const flags of ['', '--peek', '--exec true', '--on-gap latest']) {
      const ran = await place.spool(`consume t -g g ${flags}`.trim());
      expect(ran).toMatchObject({ code: 3, out: '' });
      expect(ran.err).toMatch(
        /^error: topic t was deleted and made anew since group g stood at offset 2 of t:0\n.*group seek g t --to start/,
      );
    }
    await place.spool('group seek g t --to start -y');
    expect(await place.spool('consume t -g g')).toEqual({ ...OK, out: 'new\n' });
  });

  test('partitions that were added are read from their start, wherever the group began', async () => {
    const place = await openNumbers();
    await place.spool('consume t -g g --initial end');
    await place.spool('topic add-partitions t --to 3');
    await place.produce('t:2', 'early');
    expect(await place.spool('consume t -g g --initial end')).toEqual({ ...OK, out: 'early\n' });
    expect(await place.positions('g')).toBe('t:0=3 t:1=0 t:2=1');
  });
});
