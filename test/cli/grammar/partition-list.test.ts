import { expect, test } from '@jest/globals';
import { parsePartitionList } from '../../../src/cli/grammar/partition-list.js';

test.each([
  ['0', [0]],
  ['0,2', [0, 2]],
  ['0-3', [0, 1, 2, 3]],
  ['10,2-4,3', [2, 3, 4, 10]],
  ['1, 2', [1, 2]],
])('%s', (text, partitions) => {
  expect(parsePartitionList(text)).toStrictEqual(partitions);
});

test.each([
  ['3-1', 'did you mean 1-3?'],
  ['', 'write it like 0,2 or 0-3'],
  ['a', 'write it like 0,2 or 0-3'],
  ['1,', 'write it like 0,2 or 0-3'],
  ['-1', 'write it like 0,2 or 0-3'],
  ['0-999999999', undefined],
])('%j is refused: %j', (text, suggestion) => {
  expect(() => parsePartitionList(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', suggestion }),
  );
});
