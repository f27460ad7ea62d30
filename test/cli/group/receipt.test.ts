import { describe, expect, test } from '@jest/globals';
import { formatReceipt, parseReceipt } from '../../../src/cli/group/receipt.js';
import type { Receipt } from '../../../src/core/index.js';

const RANGE = { topic: 'orders', topicId: 'id', partition: 0, firstOffset: 12, endOffset: 15 };
const RECEIPT: Receipt = {
  clusterId: 'cluster',
  group: 'load',
  createdMs: 1_700_000_000_000,
  records: 3,
  ranges: [RANGE, { ...RANGE, partition: 1, endOffset: 12 }],
};

function parse(text: string): Receipt {
  return parseReceipt({ text, sourceName: 'r.json' });
}

test('what is written is read again', () => {
  const text = formatReceipt(RECEIPT);
  expect(text).toMatch(/^\{"kind":"spool-receipt","formatVersion":1,.*\}\n$/);
  expect(text.match(/\n/g)).toHaveLength(1);
  expect(parse(text)).toEqual(RECEIPT);
  expect(parse(formatReceipt({ ...RECEIPT, records: 0, ranges: [] })).ranges).toEqual([]);
});

test('fields of a later time are passed over', () => {
  const fields = JSON.parse(formatReceipt(RECEIPT));
  const ranges = [{ ...RANGE, colour: 'red' }];
  expect(parse(JSON.stringify({ ...fields, colour: 'red', ranges }))).toEqual({
    ...RECEIPT,
    ranges: [RANGE],
  });
});

describe('anything else is refused, with the reason', () => {
  const changed = (given: object): string =>
    JSON.stringify({ ...JSON.parse(formatReceipt(RECEIPT)), ...given });

  test.each([
    ['', 'it is empty'],
    ['orders,0,12\n', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['{}', 'its kind is not "spool-receipt"'],
    [formatReceipt(RECEIPT).slice(0, -3), 'not a JSON object'],
    [formatReceipt(RECEIPT).repeat(2), 'not a JSON object'],
    [changed({ formatVersion: 2 }), 'its format version is not 1'],
    [changed({ clusterId: undefined }), 'clusterId is missing'],
    [changed({ group: '' }), 'group is missing'],
    [changed({ createdMs: 'now' }), 'createdMs is not a time'],
    [changed({ records: -1 }), 'records is not a count'],
    [changed({ ranges: undefined }), 'ranges is missing'],
    [changed({ ranges: [{ ...RANGE, topic: 7 }] }), 'a range is not whole'],
    [changed({ ranges: [{ ...RANGE, topicId: undefined }] }), 'a range is not whole'],
    [changed({ ranges: [{ ...RANGE, partition: 0.5 }] }), 'a range is not whole'],
    [changed({ ranges: [{ ...RANGE, firstOffset: -1 }] }), 'a range is not whole'],
    [changed({ ranges: [{ ...RANGE, endOffset: 11 }] }), 'a range is not whole'],
    [changed({ ranges: [null] }), 'a range is not whole'],
    [changed({ ranges: [RANGE, RANGE] }), 'it names a partition twice'],
  ])('%j', (text, reason) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        message: `r.json is not a receipt: ${reason}`,
      }),
    );
  });
});
