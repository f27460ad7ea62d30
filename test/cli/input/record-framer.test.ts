import { expect, test } from '@jest/globals';
import { INPUT_FORMATS, parseInputFormat } from '../../../src/cli/input/record-framer.js';
import { errorOf, recordsOf } from './recording.js';

test('every format is known by its name, others with a guess', () => {
  expect(INPUT_FORMATS.map(parseInputFormat)).toStrictEqual([...INPUT_FORMATS]);
  expect(errorOf(() => parseInputFormat('jsno'))).toMatchObject({
    code: 'INVALID_ARGUMENT',
    suggestion: 'did you mean json?',
  });
});

test.each([...INPUT_FORMATS])('%s: an empty input has no records', (format) => {
  expect(recordsOf([], { format }).records).toStrictEqual([]);
});

test.each(['lines', 'kv', 'hex', 'base64'] as const)(
  '%s: an empty delimiter is refused',
  (format) => {
    expect(errorOf(() => recordsOf([], { format, delimiter: Buffer.alloc(0) }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      suggestion: 'did you mean --whole, which makes each file one record?',
    });
  },
);
