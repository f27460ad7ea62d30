import { expect, test } from '@jest/globals';
import { parseRate } from '../../../src/cli/grammar/rate.js';

test.each([
  ['100/s', 100, 1000],
  ['5/m', 5, 60_000],
  ['10/500ms', 10, 500],
  ['1/1h30m', 1, 5_400_000],
])('%s is %d in %d ms', (text, count, periodMs) => {
  expect(parseRate(text)).toStrictEqual({ count, periodMs });
});

test.each([
  ['100', 'did you mean 100/s?'],
  ['0/s', undefined],
  ['100/', undefined],
  ['/s', undefined],
  ['1.5/s', undefined],
  ['1/0s', undefined],
  ['1/forever', undefined],
  ['1/parsec', undefined],
])('%s is refused, with the guess %j', (text, suggestion) => {
  expect(() => parseRate(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', suggestion }),
  );
});
