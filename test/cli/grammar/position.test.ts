import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describePosition, parsePosition } from '../../../src/cli/grammar/position.js';
import { setTimeZone } from './time-zone.js';

beforeAll(() => setTimeZone('Europe/Berlin'));
afterAll(() => setTimeZone('UTC'));

// A Sunday in winter, 15:04:05.678 in Berlin.
const NOW = Date.parse('2026-11-22T14:04:05.678Z');

function momentOf(text: string, now = NOW): string {
  const position = parsePosition(text, { now });
  if (position.kind !== 'time') throw new Error(`${text} is a ${position.kind}`);
  return new Date(position.timestampMs).toISOString();
}

describe('places', () => {
  test.each([
    ['start', { kind: 'start' }],
    ['beginning', { kind: 'start' }],
    ['earliest', { kind: 'start' }],
    ['end', { kind: 'end' }],
    ['latest', { kind: 'end' }],
    ['0', { kind: 'offset', offset: 0 }],
    ['47', { kind: 'offset', offset: 47 }],
    ['9007199254740991', { kind: 'offset', offset: Number.MAX_SAFE_INTEGER }],
    ['-20', { kind: 'fromEnd', count: 20 }],
    ['-0', { kind: 'fromEnd', count: 0 }],
    ['group', { kind: 'group', group: undefined }],
    ['group:load', { kind: 'group', group: 'load' }],
    ['group:a:b c', { kind: 'group', group: 'a:b c' }],
  ])('%s', (text, expected) => {
    expect(parsePosition(text, { now: NOW })).toStrictEqual(expected);
  });
});

describe('moments, in Berlin', () => {
  test.each([
    ['now', '2026-11-22T14:04:05.678Z'],
    ['-1h', '2026-11-22T13:04:05.678Z'],
    ['-2d12h', '2026-11-20T02:04:05.678Z'],
    ['-0s', '2026-11-22T14:04:05.678Z'],
    ['hour', '2026-11-22T14:00:00.000Z'],
    ['day', '2026-11-21T23:00:00.000Z'],
    ['today', '2026-11-21T23:00:00.000Z'],
    ['yesterday', '2026-11-20T23:00:00.000Z'],
    ['@1700000000', '2023-11-14T22:13:20.000Z'],
    ['@1700000000000', '2023-11-14T22:13:20.000Z'],
    ['@0', '1970-01-01T00:00:00.000Z'],
    ['2026-11-22', '2026-11-21T23:00:00.000Z'],
    ['2026-07-22', '2026-07-21T22:00:00.000Z'],
    ['2026-11-22Z', '2026-11-22T00:00:00.000Z'],
    ['2026-11-22T09:30', '2026-11-22T08:30:00.000Z'],
    ['2026-11-22 09:30', '2026-11-22T08:30:00.000Z'],
    ['2026-11-22t09:30:15', '2026-11-22T08:30:15.000Z'],
    ['2026-11-22T09:30:15.25', '2026-11-22T08:30:15.250Z'],
    ['2026-11-22T09:30:15.000000001Z', '2026-11-22T09:30:15.001Z'],
    ['2026-11-22T09:30Z', '2026-11-22T09:30:00.000Z'],
    ['2026-11-22T09:30+02:00', '2026-11-22T07:30:00.000Z'],
    ['2026-11-22T09:30-0530', '2026-11-22T15:00:00.000Z'],
    ['09:30', '2026-11-22T08:30:00.000Z'],
    ['9:30', '2026-11-22T08:30:00.000Z'],
    ['23:59', '2026-11-22T22:59:00.000Z'],
    ['09:30Z', '2026-11-22T09:30:00.000Z'],
    ['09:30+14:00', '2026-11-22T19:30:00.000Z'],
    ['2024-02-29', '2024-02-28T23:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(momentOf(text)).toBe(expected);
  });
});

describe('when the clocks change', () => {
  test.each([
    // Forward on 29 March, 02:00 to 03:00; back on 25 October, 03:00 to 02:00.
    ['2026-03-29T01:59', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T02:30', '2026-03-29T01:30:00.000Z'],
    ['2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T09:30', '2026-03-29T07:30:00.000Z'],
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T02:30+01:00', '2026-10-25T01:30:00.000Z'],
    ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(momentOf(text)).toBe(expected);
  });

  test('the second 02:30 of the autumn night is in the second hour', () => {
    expect(momentOf('hour', Date.parse('2026-10-25T01:30:00Z'))).toBe('2026-10-25T01:00:00.000Z');
  });

  test('a day is one of the calendar, not 24 hours', () => {
    const afterChange = Date.parse('2026-10-26T12:00:00Z');
    expect(momentOf('yesterday', afterChange)).toBe('2026-10-24T22:00:00.000Z');
    expect(momentOf('today', afterChange)).toBe('2026-10-25T23:00:00.000Z');
    expect(momentOf('-1d', afterChange)).toBe('2026-10-25T12:00:00.000Z');
  });
});

describe('in a zone with half an hour', () => {
  beforeAll(() => {
    setTimeZone('Asia/Kolkata');
  });
  afterAll(() => {
    setTimeZone('Europe/Berlin');
  });

  test('hour, today and the echo follow local time', () => {
    expect(momentOf('hour')).toBe('2026-11-22T13:30:00.000Z');
    expect(momentOf('today')).toBe('2026-11-21T18:30:00.000Z');
    expect(describePosition(parsePosition('09:30', { now: NOW }))).toBe(
      '2026-11-22T09:30:00+05:30',
    );
  });
});

describe('what is no position', () => {
  test.each([
    ['1h', 'did you mean -1h?'],
    ['strat', 'did you mean start?'],
    ['Yesterday', 'did you mean yesterday?'],
    ['2026-2-3', 'did you mean 2026-02-03?'],
    ['2026/02/03', 'did you mean 2026-02-03?'],
    ['2026-11', 'did you mean 2026-11-01?'],
    ['1969-12-31', 'did you mean start?'],
    ['-99999w', 'did you mean start?'],
    ['-forever', 'did you mean start?'],
    ['@99999999999999999', 'did you mean end?'],
    ['9007199254740992', 'did you mean end?'],
  ])('%s is refused: %s', (text, suggestion) => {
    expect(() => parsePosition(text, { now: NOW })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', suggestion }),
    );
  });

  test.each([
    '',
    '2026-02-30',
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-11-00',
    '2026-11-22T24:00',
    '2026-11-22T09:60',
    '2026-11-22T09:30:60',
    '2026-11-22T',
    '2026-11-2209:30',
    'T09:30',
    '2026-11-22T09:30+25:00',
    '2026-11-22-05',
    '+47',
    '4.7',
    '--1h',
    'group:',
    '@',
    '@-1',
    '@1.5',
    ' 47',
    '47 ',
    '0x10',
    '1e3',
    'Z',
    '-1x',
    '२',
  ])('%j', (text) => {
    expect(() => parsePosition(text, { now: NOW })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('describePosition', () => {
  test.each([
    ['2026-11-22T09:00', '2026-11-22T09:00:00+01:00'],
    ['2026-07-22', '2026-07-22T00:00:00+02:00'],
    ['now', '2026-11-22T15:04:05.678+01:00'],
    ['start', 'start'],
    ['earliest', 'start'],
    ['47', 'offset 47'],
    ['-20', 'the last 20 of each partition'],
    ['group', 'where the group stands'],
    ['group:load', 'where group load stands'],
  ])('%s was understood as %s', (text, expected) => {
    expect(describePosition(parsePosition(text, { now: NOW }))).toBe(expected);
  });
});
