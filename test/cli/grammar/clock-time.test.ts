import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseClockTime } from '../../../src/cli/grammar/clock-time.js';
import { setTimeZone } from './time-zone.js';

beforeAll(() => setTimeZone('America/New_York'));
afterAll(() => setTimeZone('UTC'));

const NOW = Date.parse('2026-11-22T02:00:00Z');

test('a time alone is today where its zone is: here it is still the 21st, in UTC the 22nd', () => {
  expect(parseClockTime('09:30', NOW)).toBe(Date.parse('2026-11-21T14:30:00Z'));
  expect(parseClockTime('09:30Z', NOW)).toBe(Date.parse('2026-11-22T09:30:00Z'));
});

test('agrees with the platform on every moment that toISOString can write', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }),
      (date) => {
        const iso = date.toISOString();
        expect(parseClockTime(iso, NOW)).toBe(date.getTime());
        const local = iso.slice(0, -1);
        expect(parseClockTime(local, NOW)).toBe(new Date(local).getTime());
      },
    ),
  );
});

test('never throws and never answers NaN', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('0', '1', '2', '9', '-', ':', 'T', '+', 'Z', '.', ' ') }),
      (text) => {
        expect(parseClockTime(text, NOW)).not.toBeNaN();
      },
    ),
  );
});
