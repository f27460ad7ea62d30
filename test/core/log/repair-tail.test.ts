import { describe, expect, test } from '@jest/globals';
import { freeOffset, indexedEnd, unfinishedPosition } from '../../../src/core/log/repair-tail.js';
import type { BadPlace, Salvage } from '../../../src/core/log/repair-salvage.js';
import type { ControlState } from '../../../src/core/log/control-file.js';
import { LOCATION, appendRaw, readerOf } from '../../support/log-fixture.js';
import { LOG, logOf, readBytes } from './verification.js';

const CONTROL = {
  activeBaseOffset: 100,
  syncedPosition: 1000,
  logStartOffset: 0,
  failedRanges: [],
  lostRanges: [],
} as unknown as ControlState;

const LAST: Salvage = {
  baseOffset: 100,
  sizeBytes: 1000,
  runs: [],
  badPlaces: [],
  mended: [],
  endOffset: 120,
  recordsPerByteMax: 0.5,
  leaderEpochs: [],
  refusal: undefined,
};

function tail(position: number, offsetCount?: number): BadPlace {
  return { position, endPosition: 1000, reason: '', offset: 120, offsetCount, isGhost: false };
}

describe('the offset that is certainly free', () => {
  const free = (
    changes: {
      last?: Partial<Salvage> | undefined;
      control?: Partial<ControlState>;
      indexedEnd?: number;
    } = {},
  ): number =>
    freeOffset({
      last:
        'last' in changes && changes.last === undefined ? undefined : { ...LAST, ...changes.last },
      control: { ...CONTROL, ...changes.control },
      recordsPerByteMax: 0.5,
      indexedEnd: changes.indexedEnd ?? 0,
    });

  test.each<[string, number, Parameters<typeof free>[0]]>([
    ['is the end of the last good batch', 120, {}],
    ['whatever the indexes of a whole log say', 120, { indexedEnd: 130 }],
    ['is past what a header claims', 127, { last: { badPlaces: [tail(900, 7)] } }],
    ['is past what unreadable bytes can have held', 170, { last: { badPlaces: [tail(900)] } }],
    ['is past what the indexes know', 999, { last: { badPlaces: [tail(900)] }, indexedEnd: 999 }],
    ['is past what is missing from the file', 220, { last: { sizeBytes: 800 } }],
    [
      'is past what was given up before',
      300,
      { control: { lostRanges: [{ firstOffset: 1, endOffset: 300 }] } },
    ],
    [
      'is past what was handed out and never synced',
      400,
      {
        last: { badPlaces: [tail(900)] },
        control: { failedRanges: [{ firstOffset: 1, endOffset: 400 }] },
      },
    ],
    ['is not before the log’s start', 500, { control: { logStartOffset: 500 } }],
    [
      'is past all of an active segment that is gone',
      600 + 500,
      { control: { activeBaseOffset: 600 } },
    ],
    ['is so without any segment', 100 + 500, { last: undefined }],
  ])('%s: %d', (_, offset, changes) => {
    expect(free(changes)).toBe(offset);
  });
});

test('an unfinished append begins where the last whole batch ends; damage is none', async () => {
  const fs = await logOf(3);
  const { length } = readBytes(fs, LOG);
  const position = (): number | undefined => {
    const log = fs.open(LOG, 'read');
    return unfinishedPosition(log, 0, readerOf(fs).tailContext(0));
  };
  expect(position()).toBeUndefined();
  appendRaw(fs, LOG, Buffer.from('torn'));
  expect(position()).toBe(length);
});

test('the indexes know of the last batch that they name', async () => {
  const fs = await logOf(3);
  expect(indexedEnd(fs, LOCATION.directory, 0)).toBe(6);
  expect(indexedEnd(await logOf(0), LOCATION.directory, 0)).toBe(0);
});
