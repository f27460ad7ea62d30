import { expect, test } from '@jest/globals';
import { parseOutputFormat } from '../../../src/cli/grammar/output-format.js';

test.each(['value', 'pretty', 'json', 'kv', 'hex', 'base64', 'length', 'none'])(
  '%s is a format',
  (text) => {
    expect(parseOutputFormat(text)).toBe(text);
  },
);

test('anything with a brace is a template', () => {
  expect(parseOutputFormat('{offset}')).toStrictEqual([{ source: 'offset', filters: [] }]);
});

test.each([
  ['jsno', 'did you mean json?'],
  ['prety', 'did you mean pretty?'],
  [
    'xml',
    "known are value, pretty, json, kv, hex, base64, length, none, and templates like '{key} {value}'",
  ],
])('%s is refused: %s', (text, suggestion) => {
  expect(() => parseOutputFormat(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', suggestion }),
  );
});
