import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteSink } from '../../../src/view/records/byte-sink.js';
import { jsonFormat } from '../../../src/view/records/json-format.js';
import { RecordPrinter } from '../../../src/view/records/record-printer.js';
import { cut, errorOf, recordsDespiteBad, recordsOf } from './recording.js';

const format = 'json';

test('what consume writes, produce reads: byte for byte, however the chunks are cut', () => {
  // Random bytes are seldom UTF-8, so half of them are text, with what is hard in text.
  const text = fc.string({
    unit: fc.constantFrom(
      'a',
      '"',
      '\\',
      '\n',
      '\0',
      '\x7f',
      '\x85',
      'é',
      '\u2028',
      '\ufeff',
      '\u202e',
      '😀',
    ),
  });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    text.map((string) => new Uint8Array(Buffer.from(string))),
  );
  const record = fc.record({
    topic: fc.constant('orders'),
    partition: fc.nat(99),
    offset: fc.maxSafeNat(),
    timestamp: fc.oneof(fc.constant(-1), fc.maxSafeNat()),
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.array(fc.record({ key: bytes, value: fc.option(bytes) }), { maxLength: 3 }),
  });
  const plain = (part: Uint8Array | null): string | null =>
    part && Buffer.from(part).toString('latin1');
  fc.assert(
    fc.property(fc.array(record, { maxLength: 4 }), fc.array(fc.nat(1000)), (records, places) => {
      const out = new ByteSink(1);
      const printer = new RecordPrinter(jsonFormat, Buffer.from('\n'));
      for (const each of records) printer.print(each, out);
      const { full } = recordsOf(cut(out.view(), places), { format });
      const essence = (each: Pick<(typeof records)[0], 'key' | 'value' | 'headers'>) => ({
        key: plain(each.key),
        value: plain(each.value),
        headers: each.headers.map(({ key, value }) => [plain(key), plain(value)]),
      });
      expect(full.map((each) => essence(each as (typeof records)[0]))).toStrictEqual(
        records.map(essence),
      );
      expect(full.map(({ timestamp }) => timestamp)).toStrictEqual(
        records.map(({ timestamp }) => timestamp),
      );
      expect(full.map(({ partition }) => partition)).toStrictEqual(
        records.map(({ partition }) => partition),
      );
    }),
    { numRuns: 500 },
  );
});

test('a bad line says why and what an envelope is', () => {
  expect(
    errorOf(() => recordsOf([Buffer.from('{"value":1}\n{"user":7}\n')], { format })),
  ).toMatchObject({
    code: 'INVALID_INPUT',
    message: 'line 2: unknown field "user"',
    suggestion:
      'an envelope is like {"key":"k","value":"v"}; to store JSON lines as they are, leave out -F json',
    details: { line: 2, reason: 'unknown field "user"', excerpt: '{"user":7}' },
  });
});

test('bad lines are put aside', () => {
  const input = Buffer.concat([
    Buffer.from('{"value":1}\n{\n"\xff"\n'),
    Buffer.of(0xff, 0x0a),
    Buffer.from('{"value":2}'),
  ]);
  const { records, errors, bad } = recordsDespiteBad([input], { format });
  expect(records).toStrictEqual([
    [null, '1'],
    [null, '2'],
  ]);
  expect(errors.map(({ details }) => details['line'])).toStrictEqual([2, 3, 4]);
  expect(errors[2]?.message).toBe('line 4: not UTF-8, so not JSON');
  expect(bad.equals(input.subarray(12, input.length - 11))).toBe(true);
});

test('the limit is on key, value and headers together, not on the line', () => {
  const line = (value: string): Buffer =>
    Buffer.from(`{"key":"k","headers":[["h","x"]],"value":"${value}"}`);
  expect(
    recordsOf([line('\\u0041'.repeat(7))], { format, maxRecordBytes: 10 }).records,
  ).toHaveLength(1);
  expect(
    errorOf(() => recordsOf([line('A'.repeat(8))], { format, maxRecordBytes: 10 })),
  ).toMatchObject({
    code: 'MESSAGE_TOO_LARGE',
    details: { line: 1 },
  });
});
