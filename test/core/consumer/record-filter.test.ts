import { expect, test } from '@jest/globals';

import type { ConsumedRecord } from '../../../src/core/consumer/consumed-record.js';
import { type RecordFilter, passes } from '../../../src/core/consumer/record-filter.js';

const RECORD = {
  key: Buffer.from('k1'),
  value: Buffer.from('grüße'),
  headers: [
    { key: Buffer.from('h'), value: Buffer.from('1') },
    { key: Buffer.from('empty'), value: null },
  ],
} as unknown as ConsumedRecord;

test.each<[RecordFilter, boolean]>([
  [{}, true],
  [{ key: Buffer.from('k1') }, true],
  [{ key: Buffer.from('k') }, false],
  [{ grep: /ü/ }, true],
  [{ grep: /^x/ }, false],
  [{ headers: [{ name: 'h', value: undefined }] }, true],
  [{ headers: [{ name: 'h', value: '1' }] }, true],
  [{ headers: [{ name: 'h', value: '2' }] }, false],
  [{ headers: [{ name: 'empty', value: '' }] }, true],
  [
    {
      headers: [
        { name: 'h', value: '1' },
        { name: 'x', value: undefined },
      ],
    },
    false,
  ],
  [{ key: Buffer.from('k1'), grep: /^x/ }, false],
])('%j passes: %p', (filter, isPassed) => {
  expect(passes(RECORD, filter)).toBe(isPassed);
});

test('a null key is no key, a null value is no text', () => {
  const bare = { key: null, value: null, headers: [] } as unknown as ConsumedRecord;
  expect(passes(bare, { key: new Uint8Array(0) })).toBe(false);
  expect([passes(bare, { grep: /./ }), passes(bare, { grep: /^$/ })]).toEqual([false, true]);
});
