import { expect, test } from '@jest/globals';
import { parseConfigPair } from '../../../src/cli/grammar/config-pair.js';

test.each([
  ['retention.ms=7d', 'retention.ms', '7d'],
  ['a=b=c', 'a', 'b=c'],
  ['a=', 'a', ''],
])('%s', (text, key, value) => {
  expect(parseConfigPair(text)).toStrictEqual({ key, value });
});

test.each([
  ['retention.ms:7d', 'did you mean retention.ms=7d?'],
  ['retention.ms 7d', 'did you mean retention.ms=7d?'],
  ['retention.ms', 'write it like retention.ms=7d'],
  ['=7d', 'write it like retention.ms=7d'],
  ['', 'write it like retention.ms=7d'],
])('%j is refused: %s', (text, suggestion) => {
  expect(() => parseConfigPair(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', suggestion }),
  );
});
