import { expect, test } from '@jest/globals';
import { dumpTxnIndex } from '../../../src/core/segment/dump-txn-index.js';
import { entriesOf, fileOf } from './dumping.js';

function entry(...numbers: readonly (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(34);
  numbers.forEach((number, at) => bytes.writeBigInt64BE(BigInt(number), 2 + 8 * at));
  return bytes;
}

test('aborted transactions are told one by one', () => {
  const bytes = Buffer.concat([entry(13, 9, 17, 18), entry(15, 22, 30, 31)]);
  expect(entriesOf(dumpTxnIndex(fileOf(bytes)))).toEqual([
    {
      kind: 'aborted-txn',
      version: 0,
      producerId: 13,
      firstOffset: 9,
      lastOffset: 17,
      lastStableOffset: 18,
    },
    {
      kind: 'aborted-txn',
      version: 0,
      producerId: 15,
      firstOffset: 22,
      lastOffset: 30,
      lastStableOffset: 31,
    },
  ]);
});

test.each([
  ['ends inside of an entry', Buffer.concat([entry(1, 2, 3, 4), Buffer.alloc(5)]), 34],
  ['has an unknown version', Buffer.concat([entry(1, 2, 3, 4), Buffer.alloc(34, 1)]), 34],
  ['holds an impossible offset', entry(1, 2n ** 62n, 3, 4), 0],
])('an index that %s is damaged there', (_, bytes, position) => {
  expect(entriesOf(dumpTxnIndex(fileOf(bytes))).at(-1)).toMatchObject({ kind: 'damage', position });
});
