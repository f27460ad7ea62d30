import { describe, expect, test } from '@jest/globals';
import { parseEnvelope } from '../../../src/cli/input/envelope.js';
import { errorOf } from './recording.js';

const textOf = (bytes: Uint8Array | null): string | null =>
  bytes && Buffer.from(bytes).toString('latin1');
const valueOf = (json: string): string | null => textOf(parseEnvelope(json).value);

describe('value', () => {
  test.each([
    ['{"value":"v"}', 'v'],
    ['{"value":""}', ''],
    ['{"value":null}', null],
    ['{"value":"a\\n\\u0000\\u2028"}', 'a\n\0\xe2\x80\xa8'],
    ['{"value_b64":"/wA="}', '\xff\0'],
    ['{"value_b64":""}', ''],
    ['{"value":{"a" : 1.0, "b":[1e400]}}', '{"a" : 1.0, "b":[1e400]}'],
    ['{"value":12345678901234567890}', '12345678901234567890'],
    ['{ "value" : true , "key":"x" }', 'true'],
    ['{"value":[]}', '[]'],
    ['{"key":{"value":1},"value":{"value":2}}', '{"value":2}'],
    ['{"val\\u0075e":3}', '3'],
  ])('%s', (json, expected) => {
    expect(valueOf(json)).toBe(expected);
  });
});

test('everything else', () => {
  const record = parseEnvelope(
    '{"topic":"t","partition":3,"offset":9,"timestamp":1700000000000,"key_b64":"/w==","value":1,' +
      '"headers":[["n","v"],["n",null],[{"b64":"/w=="},{"b64":"AA=="}]]}',
  );
  expect(record).toMatchObject({ partition: 3, timestamp: 1_700_000_000_000 });
  expect(textOf(record.key)).toBe('\xff');
  expect(record.headers.map(({ key, value }) => [textOf(key), textOf(value)])).toStrictEqual([
    ['n', 'v'],
    ['n', null],
    ['\xff', '\0'],
  ]);
});

test('what is absent is no key, no headers, no timestamp and no partition', () => {
  const absent = { key: null, headers: [], timestamp: undefined, partition: undefined };
  expect(parseEnvelope('{"value":""}')).toMatchObject(absent);
  expect(parseEnvelope('{"value":"","key":null,"headers":null,"timestamp":null}')).toMatchObject(
    absent,
  );
  expect(parseEnvelope('{"value":"","timestamp":-1}').timestamp).toBe(-1);
});

test.each([
  ['{', /^not JSON: /],
  ['', /^not JSON: an empty line/],
  ['[]', /^not a JSON object/],
  ['1', /^not a JSON object/],
  ['null', /^not a JSON object/],
  ['{}', /^there is no "value"/],
  ['{"key":"k"}', /^there is no "value"/],
  ['{"user":1}', /^unknown field "user"/],
  ['{"value":"","keyb64":"x"}', /^unknown field "keyb64"/],
  ['{"value":"","value_b64":""}', /^both "value" and "value_b64"/],
  ['{"value":"\\ud800"}', /^"value" has half a surrogate pair/],
  ['{"value":"","key":"\\udc00x"}', /^"key" has half a surrogate pair/],
  ['{"value_b64":"?"}', /^"value_b64" is not base64/],
  ['{"value_b64":1}', /^"value_b64" is not base64/],
  ['{"value":"","timestamp":"2026"}', /^"timestamp" is not a whole number/],
  ['{"value":"","timestamp":-2}', /^"timestamp" is not a whole number/],
  ['{"value":"","partition":-1}', /^"partition" is not a whole number/],
  ['{"value":"","headers":{"a":"b"}}', /^"headers" is not a list/],
  ['{"value":"","headers":["a"]}', /is not a header$/],
  ['{"value":"","headers":[["a",1]]}', /is not a header$/],
  ['{"value":"","headers":[[null,"a"]]}', /is not a header$/],
  ['{"value":"","headers":[["a",{"b64":1}]]}', /^"b64" is not base64/],
])('%s is refused', (json, message) => {
  expect(errorOf(() => parseEnvelope(json)).message).toMatch(message);
});
