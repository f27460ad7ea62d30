import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonMember } from '../../../src/view/records/json-member.js';

test.each([
  ['{"a":1.0}', 'a', '1.0'],
  ['{"a":12345678901234567890}', 'a', '12345678901234567890'],
  [' { "a" : { "b" : [1, "}"] } , "c":2 } ', 'a', '{ "b" : [1, "}"] }'],
  [' { "a" : { "b" : [1, "}"] } , "c" : 2 } ', 'c', '2'],
  ['{"a":"x\\"}","b":true}', 'b', 'true'],
  ['{"\\u0061":null}', 'a', 'null'],
  ['{"a":1,"a":2}', 'a', '2'],
  ['{"x":{"a":1}}', 'a', undefined],
  ['{}', 'a', undefined],
  ['[1,[2,3],"4"]', '1', '[2,3]'],
  ['[1,[2,3],"4"]', '2', '"4"'],
  ['[]', '0', undefined],
  ['"a"', '0', undefined],
  ['1', '0', undefined],
])('%s . %s is %s', (json, name, expected) => {
  expect(jsonMember(json, name)).toBe(expected);
});

test('agrees with JSON.parse on every member of any JSON', () => {
  const space = fc.constantFrom(undefined, 1, '\t');
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), space, (object, indent) => {
      const json = JSON.stringify(object, undefined, indent);
      const parsed = JSON.parse(json) as Record<string, unknown>;
      for (const name of Object.keys(parsed)) {
        expect(JSON.parse(jsonMember(json, name) ?? '')).toStrictEqual(parsed[name]);
      }
    }),
    { numRuns: 300 },
  );
});
